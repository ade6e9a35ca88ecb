"""Brokers come, go and refuse: nothing is lost or doubled, and what is refused follows."""

from contextlib import AsyncExitStack

from node import states
from node.assembly import Assembly
from node.store import batches, received, sent
from node.store.database import Transaction
from tests.node.exchange import Exchange, fault_finding, until
from tests.node.sample import decided, whole
from valija.clock import day_of, minute_of
from valija.ids import Desk, NoticeId


def codes(node: Assembly, notice: NoticeId) -> dict[Desk, str]:
    today = day_of(minute_of(node.parts.clock.now()))
    found = node.parts.database.read_now(lambda tx: states.of_notice(tx, notice, today))
    return {each.recipient: each.code for each in found}


def kept(node: Assembly) -> list[received.Arrival]:
    desk = node.config.desks[0]
    rows = node.parts.database.read_now(lambda tx: received.page(tx, desk, limit=500))
    return [row for row in reversed(rows) if row.state == received.KEPT]


async def test_nodes_move_to_the_other_broker_and_nothing_is_lost_or_doubled(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with AsyncExitStack() as stack:
        first = AsyncExitStack()
        await first.enter_async_context(exchange.broker("@b1"))
        await stack.enter_async_context(exchange.broker("@b2"))
        argentina = await stack.enter_async_context(exchange.node("AR"))
        brazil = await stack.enter_async_context(exchange.node("BR"))
        await exchange.is_founded(argentina)
        early = [decided(exchange, {br: whole()}) for _ in range(5)]
        await argentina.outbox.publish_all(early)
        await until(lambda: kept(brazil))
        await first.aclose()
        late = [decided(exchange, {br: whole()}) for _ in range(5)]
        await argentina.outbox.publish_all(late)
        await until(lambda: len(kept(brazil)) == 10, 40)
        assert [each.notice for each in kept(brazil)] == [n.notice for n in (*early, *late)]
        await until(
            lambda: all(codes(argentina, n.notice) == {br: "delivered"} for n in late), 40
        )
        assert argentina.client.broker == exchange.addresses[1]


async def test_what_no_broker_takes_waits_and_goes_when_one_comes(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
    async with exchange.node("AR") as argentina:
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)
        await until(
            lambda: b"node_broker_moves_total 0.0" not in argentina.parts.metrics.page()
        )
        assert codes(argentina, notice.notice) == {br: "ready"}
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await until(lambda: kept(brazil), 40)
        await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 40)


async def test_a_refused_notice_is_withdrawn_and_sealed_again(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    async with (
        fault_finding(exchange, 1),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)
        await until(lambda: kept(brazil), 40)
        await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 40)
        (arrival,) = kept(brazil)
        assert (arrival.pair_sequence, arrival.version) == (2, 1)
        old, new = argentina.parts.database.read_now(
            lambda tx: sent.passages(tx, notice.notice)
        )
        assert (old.batch, old.replaced) == (batches.REPLACED, new.envelope)
        assert new.label == arrival.label


async def test_a_notice_that_is_refused_twice_is_given_up_and_says_so(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with fault_finding(exchange, 2), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)

        def replaced(tx: Transaction) -> bool:
            return len(batches.in_state(tx, batches.REPLACED)) == 2

        await until(lambda: argentina.parts.database.read_now(replaced), 40)
        assert codes(argentina, notice.notice) == {br: "rejected"}
        again = decided(exchange, {br: whole()}, notice=notice.notice, revision=2)
        published = await argentina.outbox.publish(again)
        assert (published.sent, published.unchanged) == ((br,), ())
        await until(lambda: codes(argentina, notice.notice) == {br: "admitted"}, 40)
        good = decided(exchange, {br: whole()})
        await argentina.outbox.publish(good)
        await until(lambda: codes(argentina, good.notice) == {br: "admitted"}, 40)
