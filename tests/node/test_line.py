"""The straight line: from a decided notice in one state to its facts in another, and back."""

from dataclasses import replace

import pytest

from node import states
from node.assembly import Assembly
from node.inbox import Person
from node.store import batches, decisions, journal, outbox, received
from node.store.database import Transaction
from tests.node.exchange import Exchange, until
from tests.node.sample import decided, part, whole
from valija.batch import Item
from valija.clock import day_of, minute_of
from valija.errors import AbsentError, BarredError, DuplicateError, MalformedError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, NoticeId, digest
from valija.statement import BundleStatement
from valija.wire.item import item

OFFICER = Person("an.account", "liaison")
PURPOSE = "criminal_investigation"


def arrivals(node: Assembly, desk: Desk, state: str = received.KEPT) -> list[received.Arrival]:
    return list(
        node.parts.database.read_now(lambda tx: received.in_state(tx, desk, state, 1000))
    )


def codes(node: Assembly, notice: NoticeId) -> dict[Desk, str]:
    today = day_of(minute_of(node.parts.clock.now()))
    found = node.parts.database.read_now(lambda tx: states.of_notice(tx, notice, today))
    return {each.recipient: each.code for each in found}


def proven(node: Assembly) -> tuple[batches.Signed, ...]:
    return node.parts.database.read_now(lambda tx: batches.in_state(tx, batches.PROVEN))


def open_batches(node: Assembly) -> bool:
    def find(tx: Transaction) -> bool:
        states = (batches.READY, batches.DURABLE)
        return any(batches.in_state(tx, state) for state in states) or bool(outbox.desks(tx))

    return node.parts.database.read_now(find)


def open_batches_of(node: Assembly, desk: Desk) -> bool:
    return any(
        batch.desk == desk
        for state in (batches.READY, batches.DURABLE)
        for batch in node.parts.database.read_now(
            lambda tx, state=state: batches.in_state(tx, state)
        )
    )


def lines(node: Assembly, act: str) -> list[journal.Row]:
    rows = node.parts.database.read_now(journal.page)
    return [row for row in rows if row.act == act]


async def test_a_notice_goes_from_one_state_to_another_and_its_receipts_come_back(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        published = await argentina.outbox.publish(notice)
        assert (published.sent, published.unchanged) == ((br,), ())
        await until(lambda: arrivals(brazil, br))
        (arrival,) = arrivals(brazil, br)
        assert (arrival.type, arrival.purpose, arrival.version) == ("network", PURPOSE, 1)
        opened = await brazil.inbox.open_notice(br, arrival.label, OFFICER, PURPOSE)
        assert set(opened.facts) == set(whole())
        assert opened.terms.duties == ("no_onward",)
        await until(lambda: codes(argentina, notice.notice) == {br: "opened"})
        (row,) = lines(brazil, "opened")
        assert (row.who, row.object) == ("an.account", arrival.label.hex())


async def test_two_states_see_two_views_of_one_commitment(exchange: Exchange) -> None:
    br, co = exchange.state("BR").desk, exchange.state("CO").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
        exchange.node("CO") as colombia,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole(), co: part()})
        published = await argentina.outbox.publish(notice)
        assert len(published.envelopes) == 2
        await until(lambda: arrivals(brazil, br) and arrivals(colombia, co))
        first, second = arrivals(brazil, br)[0], arrivals(colombia, co)[0]
        seen = await brazil.inbox.open_notice(br, first.label, OFFICER, PURPOSE)
        less = await colombia.inbox.open_notice(co, second.label, OFFICER, PURPOSE)
        assert seen.label.commitment == less.label.commitment
        assert (set(seen.facts), set(less.facts)) == (set(whole()), set(part()))
        with pytest.raises(AbsentError):
            await colombia.inbox.open_notice(co, first.label, OFFICER, PURPOSE)


async def test_an_update_goes_only_to_whom_it_changes_something(exchange: Exchange) -> None:
    br, co = exchange.state("BR").desk, exchange.state("CO").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        first = decided(exchange, {br: part(), co: part()})
        await argentina.outbox.publish(first)
        second = decided(exchange, {br: whole(), co: part()}, notice=first.notice, revision=2)
        published = await argentina.outbox.publish(second)
        assert (published.sent, published.unchanged) == ((br,), (co,))
        await until(lambda: len(arrivals(brazil, br)) == 2)
        assert [each.version for each in arrivals(brazil, br)] == [1, 2]
        assert [each.pair_sequence for each in arrivals(brazil, br)] == [1, 2]


async def test_a_revision_is_published_once(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)
        again = decided(exchange, {br: part()}, notice=notice.notice)
        with pytest.raises(DuplicateError):
            await argentina.outbox.publish(again)


async def test_what_the_caller_adds_fails_the_whole_publication(exchange: Exchange) -> None:
    br = exchange.state("BR").desk

    def refuse(_tx: Transaction) -> None:
        raise MalformedError("the caller's own row does not fit")

    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        with pytest.raises(MalformedError):
            await argentina.outbox.publish(notice, also=refuse)
        assert codes(argentina, notice.notice) == {}
        await argentina.outbox.publish(notice)


async def test_nothing_is_sealed_for_a_desk_without_a_key_or_an_agreement(
    exchange: Exchange,
) -> None:
    br, nobody = exchange.state("BR").desk, Desk.parse("ZZ/police")
    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        stranger = decided(exchange, {br: whole(), nobody: whole()})
        with pytest.raises(AbsentError, match="ZZ/police has no sealing key"):
            await argentina.outbox.publish(stranger)
        notice = decided(exchange, {br: whole()})
        lawless = replace(notice.shares[0], agreement=digest(b"no agreement"))
        with pytest.raises(AbsentError, match="agreement"):
            await argentina.outbox.publish(replace(notice, shares=(lawless,)))


async def test_what_the_receivers_law_bars_is_refused_and_never_opened(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()}, purpose="immigration_enforcement")
        await argentina.outbox.publish(notice)
        await until(lambda: codes(argentina, notice.notice) == {br: "refused_intake"})
        (arrival,) = arrivals(brazil, br, received.REFUSED)
        with pytest.raises(BarredError):
            await brazil.inbox.open_notice(br, arrival.label, OFFICER, PURPOSE)
        with pytest.raises(AbsentError):
            brazil.parts.database.read_now(lambda tx: received.content_key(tx, arrival))
        assert lines(brazil, "refused")
        record = Digest(arrival.decision)
        assert brazil.parts.database.read_now(lambda tx: decisions.decision(tx, record))


async def test_a_receipt_of_opening_is_left_once_and_every_opening_is_in_the_journal(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        await until(lambda: arrivals(brazil, br))
        (arrival,) = arrivals(brazil, br)
        for account, role in (("one", "liaison"), ("two", "prosecutor"), ("one", "liaison")):
            person = Person(account, role)
            await brazil.inbox.open_notice(br, arrival.label, person, PURPOSE)
        assert [row.who for row in lines(brazil, "opened")] == ["one", "two", "one"]
        with pytest.raises(MalformedError):
            await brazil.inbox.open_notice(
                br, arrival.label, Person("three", "an.account"), PURPOSE
            )
        await until(lambda: not open_batches(brazil))
        signed = [s.items for s in proven(brazil) if s.desk == br and s.sequence > 3]
        assert sum(signed) == 2


async def test_many_notices_go_in_few_batches_and_none_is_lost_or_out_of_order(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notices = [decided(exchange, {br: whole()}) for _ in range(70)]
        await argentina.outbox.publish_all(notices)
        await until(lambda: b'outcome="kept"} 70.0' in brazil.parts.metrics.page(), 60)
        kept = arrivals(brazil, br)
        assert [each.notice for each in kept] == [each.notice for each in notices]
        assert [each.pair_sequence for each in kept] == [*range(1, 71)]
        assert sorted(s.items for s in proven(argentina) if s.sequence > 3) == [6, 64]


async def test_a_statement_that_is_left_is_signed_sent_and_learned(exchange: Exchange) -> None:
    ar = exchange.state("AR").desk
    today = day_of(minute_of(exchange.now))
    law = BundleStatement(ar.member, digest(b"law"), today, ZERO_DIGEST, widens=False)
    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        await argentina.outbox.leave(ar, [item(law)])

        def known() -> bool:
            return argentina.parts.knowledge.directory.last_bundle(ar.member) != ZERO_DIGEST

        await until(known)
        with pytest.raises(MalformedError):
            await argentina.outbox.leave(ar, [Item(Kind.LABEL, b"label", (), None)])
        await argentina.outbox.leave(Desk.parse("AR/central"), [item(law)])
        await until(lambda: not open_batches_of(argentina, ar))


async def test_much_work_is_sealed_in_processes_and_comes_back_in_order(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.workshop._MANY_WRAPS", 1)
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notices = [decided(exchange, {br: whole()}) for _ in range(3)]
        published = await argentina.outbox.publish_all(notices)
        assert [each.notice for each in published] == [each.notice for each in notices]
        await until(lambda: len(arrivals(brazil, br)) == 3)
        assert [a.notice for a in arrivals(brazil, br)] == [n.notice for n in notices]


async def test_credit_is_given_back_so_that_a_stream_never_dries_up(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.inbox.receiver.CREDIT", 4)
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish_all(
            [decided(exchange, {br: whole()}) for _ in range(12)]
        )
        await until(lambda: len(arrivals(brazil, br)) == 12, 40)
