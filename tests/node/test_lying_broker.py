"""A broker that lies about counts, order and age: nothing is lost, doubled or half-stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.assembly import Assembly
from node.client import DELIVER, SUBMIT
from node.inbox.receiver import Receiver
from node.inbox.unsealing import verify_again
from node.outbox.answers import Answer, note_answer
from node.store import batches, log, quarantine, received
from node.store.database import Transaction
from node.trail import Trail
from tests.node.exchange import Exchange, fault_finding, until
from tests.node.sample import decided, whole
from tests.node.test_attacks import aside, between, hostile, inbox
from tests.node.test_brokers import codes
from valija.clock import Minute
from valija.errors import LimitError, ValijaError
from valija.ids import Desk, LabelId, LeafIndex, digest
from valija.logged import Delivery, LogProof
from valija.wire import strict
from valija.wire.deliver import DeliverResponse, parse_deliver_response
from valija.wire.label import label_bytes, parse_label
from valija.wire.submit import (
    Code,
    SubmitResponse,
    parse_submit_response,
    submit_response_bytes,
)


def cursor(node: Assembly, desk: Desk) -> int:
    return node.parts.database.read_now(lambda tx: log.cursor(tx, desk))


@pytest.mark.parametrize("beyond", [1, strict.MAX_COUNT])
async def test_a_cursor_beyond_the_log_is_not_believed_and_nothing_is_passed_over(
    exchange: Exchange, beyond: int
) -> None:
    br, lies = exchange.state("BR").desk, [0]

    def lie(response: DeliverResponse) -> DeliverResponse:
        if lies[0] == 3:
            return response
        lies[0] += 1
        done = min(int(response.checkpoint.split(b"\n")[1]) + beyond, strict.MAX_COUNT)
        return replace(response, deliveries=(), done=done)

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        with hostile(brazil, lie):
            serving = asyncio.ensure_future(brazil.serve())
            await until(lambda: lies == [3])
            assert 0 == cursor(brazil, br)
            await until(lambda: inbox(brazil, br), 40)
            await until(lambda: cursor(brazil, br) == brazil.parts.knowledge.size)
            serving.cancel()


async def test_what_is_delivered_twice_and_backwards_is_stored_once(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk

    def double(response: DeliverResponse) -> DeliverResponse:
        notices = [each for each in response.deliveries if each.stanza is not None]
        others = [each for each in response.deliveries if each.stanza is None]
        return replace(response, deliveries=(*others, *notices[::-1], *notices))

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        for _ in range(3):
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
        with hostile(brazil, double):
            serving = asyncio.ensure_future(brazil.serve())
            await until(lambda: len(inbox(brazil, br)) == 3, 40)
            assert () == aside(brazil, br)
            assert {1, 2, 3} == {each.pair_sequence for each in inbox(brazil, br)}
            serving.cancel()


async def test_an_older_checkpoint_shown_again_stores_nothing(exchange: Exchange) -> None:
    br, shown, rolled_back = exchange.state("BR").desk, list[bytes](), [0]

    def roll_back(response: DeliverResponse) -> DeliverResponse:
        shown.append(response.checkpoint)
        if len(set(shown)) == 1 or rolled_back[0] == 2:
            return response
        rolled_back[0] += 1
        return replace(response, checkpoint=shown[0], consistency=())

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        with hostile(brazil, roll_back):
            serving = asyncio.ensure_future(brazil.serve())
            await exchange.is_founded(brazil)
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: inbox(brazil, br), 40)
            assert [2] == rolled_back
            sizes = [int(note.split(b"\n")[1]) for note in set(shown)]
            assert max(sizes) <= brazil.parts.knowledge.size
            serving.cancel()


async def test_answers_that_are_none_change_no_batch_and_it_is_proven_once(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    junk = [b"", b"\xff" * 40, bytes(2000), b"\x0a\x20" + bytes(32)]

    def proven(node: Assembly) -> int:
        return len(
            node.parts.database.read_now(lambda tx: batches.in_state(tx, batches.PROVEN))
        )

    async with (
        exchange.broker() as broker,
        exchange.state("AR").open(exchange.clock) as argentina,
    ):
        with between(argentina, SUBMIT, lambda data: junk.pop() if junk else data):
            serving = asyncio.ensure_future(argentina.serve())
            await exchange.is_founded(argentina)
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: proven(argentina) == 5 and not junk, 40)
            assert broker.exchange.tree.size == len(exchange.genesis) + 1
            serving.cancel()


async def test_the_word_durable_does_not_bury_a_notice_that_the_log_refused(
    exchange: Exchange,
) -> None:
    br, lies = exchange.state("BR").desk, list[SubmitResponse]()

    def lie(data: bytes) -> bytes:
        """Say of the first refused batch, once, that it is durable at some leaf."""
        answer = parse_submit_response(data)
        if answer.refused is None or answer.refused.code is not Code.REJECTED or lies:
            return data
        lies.append(SubmitResponse(answer.head, LogProof(LeafIndex(3), Minute(1), ())))
        return submit_response_bytes(lies[0])

    async with (
        fault_finding(exchange, 1),
        exchange.state("AR").open(exchange.clock) as argentina,
        exchange.node("BR") as brazil,
    ):
        with between(argentina, SUBMIT, lie):
            serving = asyncio.ensure_future(argentina.serve())
            await exchange.is_founded(argentina)
            notice = decided(exchange, {br: whole()})
            await argentina.outbox.publish(notice)
            await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
            assert 1 == len(lies)
            assert [2] == [each.pair_sequence for each in inbox(brazil, br)]
            serving.cancel()


@pytest.mark.parametrize("state", [batches.PROVEN, *batches.STATES[3:]])
async def test_an_answer_that_proves_nothing_moves_a_ready_batch_alone(
    exchange: Exchange, state: str
) -> None:
    desk = exchange.state("AR").desk
    proof = LogProof(LeafIndex(3), Minute(30_000_000), ())
    async with exchange.state("AR").open(exchange.clock) as node:
        database = node.parts.database
        number = database.read_now(lambda tx: batches.counter(tx, desk)).sequence + 1
        batch = batches.Signed(desk, number, digest(b"head"), b"bytes", 1, proof.logged)

        def stored(tx: Transaction) -> str:
            note_answer(tx, Answer(batch, proof, None, None))
            return batches.by_head(tx, batch.head_digest).state

        database.write_now("sign", lambda tx: batches.add(tx, batch, {}))
        assert batches.DURABLE == database.write_now("answer", stored)
        database.write_now("go on", lambda tx: batches.change(tx, batch, state=state))
        assert state == database.write_now("answer", stored)


@dataclass(frozen=True)
class Overheard:
    """A node that reads nothing by itself, and what a broker once told it."""

    node: Assembly
    receiver: Receiver
    messages: list[bytes]


@pytest.fixture
async def overheard(exchange: Exchange, tmp_path: Path) -> AsyncIterator[Overheard]:
    br, messages = exchange.state("BR").desk, list[bytes]()
    twin = exchange.moved(tmp_path / "twin")

    def note(data: bytes) -> bytes:
        messages.append(data)
        return data

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        with between(brazil, DELIVER, note):
            serving = asyncio.ensure_future(brazil.serve())
            await until(lambda: inbox(brazil, br), 40)
            serving.cancel()
    async with twin.state("BR").open(twin.clock) as node:
        yield Overheard(node, node.inbox._receivers[br], messages)


@given(data=st.data())
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_damage_to_what_is_delivered_is_an_error_of_ours_and_stores_nothing_unproven(
    overheard: Overheard, data: st.DataObject
) -> None:
    node, receiver = overheard.node, overheard.receiver
    br = receiver._desk
    whole_ = bytearray(data.draw(st.sampled_from(overheard.messages)))
    for _ in range(data.draw(st.integers(1, 3))):
        whole_[data.draw(st.integers(0, len(whole_) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(ValijaError):
        await receiver.take(parse_deliver_response(bytes(whole_)), Trail(node.parts.knowledge))
    database, size = node.parts.database, node.parts.knowledge.size
    assert cursor(node, br) <= size
    for each in inbox(node, br):
        noted = database.read_now(partial(log.checkpoint, size=each.tree_size))
        assert each.label == verify_again(node.parts, each, noted).label_digest
    kept = database.read_now(log.entries)
    assert {(one.leaf_index, one.place) for one in kept} == node.parts.knowledge.learned


async def test_a_broker_that_invents_notices_without_end_fills_no_disk(
    overheard: Overheard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_ASIDE", 5)
    node, receiver = overheard.node, overheard.receiver
    true = [parse_deliver_response(message) for message in overheard.messages]
    (notice,) = [d for each in true for d in each.deliveries if d.stanza is not None]
    label = parse_label(notice.logged.item.payload)

    def invented(number: int) -> Delivery:
        other = replace(label, id=LabelId(number.to_bytes(16)))
        item = replace(notice.logged.item, payload=label_bytes(other), body=other)
        return replace(notice, logged=replace(notice.logged, item=item))

    trail = Trail(node.parts.knowledge)
    for each in true:
        await receiver.take(each, trail)
    await receiver.take(replace(true[-1], deliveries=tuple(map(invented, range(3)))), trail)
    with pytest.raises(LimitError):
        await receiver.take(
            replace(true[-1], deliveries=tuple(map(invented, range(3, 6)))), trail
        )
    assert 3 == len(aside(node, receiver._desk))
    assert not (await receiver.take(true[-1], trail)).ask_again
    assert 1 == len(inbox(node, receiver._desk))


async def test_after_all_damage_the_true_messages_are_taken(overheard: Overheard) -> None:
    node, receiver = overheard.node, overheard.receiver
    for message in overheard.messages:
        with suppress(ValijaError):
            await receiver.take(
                parse_deliver_response(message[:-1]), Trail(node.parts.knowledge)
            )
        with suppress(ValijaError):
            await receiver.take(
                replace(parse_deliver_response(message), checkpoint=b"no note"),
                Trail(node.parts.knowledge),
            )
    assert () == inbox(node, receiver._desk)
    trail = Trail(node.parts.knowledge)
    for message in overheard.messages:
        await receiver.take(parse_deliver_response(message), trail)
    assert [received.STORED] == [each.state for each in inbox(node, receiver._desk)]
    suspects = node.parts.database.read_now(
        lambda tx: quarantine.open_suspects(tx, receiver._desk)
    )
    assert () == suspects
