"""What a broker, an originator or a thief might hand to an inbox, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from node import states
from node.assembly import Assembly
from node.client import DELIVER, SUBMIT, Stream
from node.inbox import Person
from node.inbox.storing import ASK_TIMES
from node.store import batches, peers, quarantine, received
from node.workshop import Job, Piece, Workshop, seal_all
from tests.node.exchange import ORIGIN, Exchange, fault_finding, until
from tests.node.sample import decided, whole
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.clock import day_of, minute_of
from valija.errors import SplitViewError, ValijaError
from valija.ids import Desk, Digest, Kind
from valija.logged import Delivery
from valija.wire.deliver import (
    DeliverResponse,
    deliver_response_bytes,
    parse_deliver_response,
)
from valija.wire.submit import parse_submit_response, submit_response_bytes

OFFICER = Person("an.account", "liaison")
PURPOSE = "criminal_investigation"
Alter = Callable[[DeliverResponse], DeliverResponse]


@contextmanager
def between(node: Assembly, path: str, alter: Callable[[bytes], bytes]) -> Iterator[None]:
    """Let whoever stands between node and broker alter the bytes of one kind of stream."""
    plain = node.client.stream

    class Altered(Stream):
        async def receive(self) -> bytes:
            return alter(await super().receive())

    @asynccontextmanager
    async def stream(wanted: str) -> AsyncIterator[Stream]:
        async with plain(wanted) as opened:
            yield Altered(opened._call) if wanted == path else opened

    node.client.stream = stream  # type: ignore[method-assign]
    yield
    node.client.stream = plain  # type: ignore[method-assign]


def hostile(node: Assembly, alter: Alter) -> AbstractContextManager[None]:
    """Let whoever stands between node and broker alter what is delivered."""

    def rewrite(data: bytes) -> bytes:
        return deliver_response_bytes(alter(parse_deliver_response(data)))

    return between(node, DELIVER, rewrite)


def labels(change: Callable[[Delivery], Delivery], times: int = 1 << 30) -> Alter:
    """Return what changes each label delivered, so many times."""
    left = times

    def one(delivery: Delivery) -> Delivery:
        nonlocal left
        if delivery.logged.item.kind is not Kind.LABEL or not left:
            return delivery
        left -= 1
        return change(delivery)

    def alter(response: DeliverResponse) -> DeliverResponse:
        return replace(response, deliveries=tuple(one(each) for each in response.deliveries))

    return alter


def other_terms(delivery: Delivery) -> Delivery:
    return replace(delivery, terms=flipped(delivery.terms))


def other_signature(delivery: Delivery) -> Delivery:
    signature = delivery.logged.signature
    logged = replace(
        delivery.logged, signature=replace(signature, value=flipped(signature.value))
    )
    return replace(delivery, logged=logged)


def other_place(delivery: Delivery) -> Delivery:
    proof = delivery.logged.proof
    moved = replace(proof, leaf_index=type(proof.leaf_index)(proof.leaf_index - 1))
    return replace(delivery, logged=replace(delivery.logged, proof=moved))


def other_minute(delivery: Delivery) -> Delivery:
    proof = delivery.logged.proof
    late = replace(proof, logged=type(proof.logged)(proof.logged + 1))
    return replace(delivery, logged=replace(delivery.logged, proof=late))


def other_pair_number(delivery: Delivery) -> Delivery:
    assert delivery.stanza is not None
    return replace(delivery, stanza=replace(delivery.stanza, pair_sequence=9))


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def aside(node: Assembly, desk: Desk) -> Sequence[quarantine.Suspect]:
    return node.parts.database.read_now(lambda tx: quarantine.open_suspects(tx, desk))


def inbox(node: Assembly, desk: Desk) -> tuple[received.Arrival, ...]:
    return node.parts.database.read_now(lambda tx: received.page(tx, desk))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (other_terms, "ProofError"),
        (other_signature, "ProofError"),
        (other_place, "ProofError"),
        (other_minute, "ProofError"),
        (other_pair_number, "ProofError"),
    ],
)
async def test_an_altered_delivery_is_kept_aside_and_the_next_one_goes_on(
    exchange: Exchange, change: Callable[[Delivery], Delivery], error: str
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        with hostile(brazil, labels(change, times=ASK_TIMES)):
            serving = asyncio.ensure_future(brazil.serve())
            await exchange.is_founded(argentina)
            await exchange.is_founded(brazil)
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: [s.seen for s in aside(brazil, br)] == [ASK_TIMES], 40)
            assert [s.error for s in aside(brazil, br)] == [error]
            assert inbox(brazil, br) == ()
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: inbox(brazil, br), 40)
            assert [each.pair_sequence for each in inbox(brazil, br)] == [2]
            holes = brazil.parts.database.read_now(lambda tx: peers.holes(tx, br))
            assert [(peer, number) for peer, number, _ in holes] == [
                (exchange.state("AR").desk, 1)
            ]
            serving.cancel()


async def test_what_was_altered_once_is_asked_for_again_and_arrives(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        with hostile(brazil, labels(other_terms, times=1)):
            serving = asyncio.ensure_future(brazil.serve())
            await exchange.is_founded(argentina)
            await exchange.is_founded(brazil)
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: inbox(brazil, br), 40)
            assert aside(brazil, br) == ()
            serving.cancel()


async def test_two_roots_for_one_size_stop_the_node(exchange: Exchange) -> None:
    def forge(response: DeliverResponse) -> DeliverResponse:
        size = int(response.checkpoint.split(b"\n")[1])
        other = Checkpoint(ORIGIN, size, Digest(bytes(32)))
        note = sign_checkpoint(other, exchange._log, exchange.clock)
        return replace(response, checkpoint=note, consistency=(), deliveries=())

    async with exchange.broker():
        async with exchange.node("BR") as brazil:
            await exchange.is_founded(brazil)
        async with exchange.state("BR").open(exchange.clock) as brazil:
            with hostile(brazil, forge), pytest.raises(SplitViewError):
                await asyncio.wait_for(brazil.serve(), 20)


async def test_a_key_wrapped_for_nobody_is_unusable_and_the_originator_learns_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def seal_badly(_self: Workshop, jobs: Sequence[Job]) -> list[Piece]:
        pieces = seal_all(jobs)
        return [
            replace(
                piece,
                parcel=replace(
                    piece.parcel,
                    wrapped=tuple(
                        replace(each, sealed=flipped(each.sealed))
                        for each in piece.parcel.wrapped
                    ),
                ),
            )
            for piece in pieces
        ]

    monkeypatch.setattr(Workshop, "seal", seal_badly)
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)
        today = day_of(minute_of(exchange.now))

        def codes() -> list[str]:
            found = argentina.parts.database.read_now(
                lambda tx: states.of_notice(tx, notice.notice, today)
            )
            return [each.code for each in found]

        await until(lambda: codes() == ["unusable"], 40)
        assert [each.state for each in inbox(brazil, br)] == [received.UNUSABLE]


async def test_a_store_altered_behind_the_nodes_back_opens_nothing(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        for _ in range(2):
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
        await until(lambda: [a.state for a in inbox(brazil, br)] == [received.KEPT] * 2, 40)
        second, first = inbox(brazil, br)
        swap = text("UPDATE received SET delivery = :d WHERE number = :n")
        brazil.parts.database.write_now(
            "attack",
            lambda tx: tx.connection.execute(swap, {"d": first.delivery, "n": second.number}),
        )
        with pytest.raises(ValijaError):
            await brazil.inbox.open_notice(br, second.label, OFFICER, PURPOSE)
        await brazil.inbox.open_notice(br, first.label, OFFICER, PURPOSE)


async def test_a_broker_that_keeps_a_key_back_delays_and_hides_nothing(
    exchange: Exchange,
) -> None:
    ar, br = exchange.state("AR").desk, exchange.state("BR").desk
    kept_back: set[bytes] = set()

    def keep_back(response: DeliverResponse) -> DeliverResponse:
        """Leave the keys of AR's desk out, the first time they would come."""
        kept = []
        for each in response.deliveries:
            item = each.logged.item
            theirs = item.kind is Kind.KEY and getattr(item.body, "desk", None) == ar
            if theirs and item.payload not in kept_back:
                kept_back.add(item.payload)
            else:
                kept.append(each)
        return replace(response, deliveries=tuple(kept))

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        with hostile(brazil, keep_back):
            serving = asyncio.ensure_future(brazil.serve())
            await until(lambda: inbox(brazil, br), 40)
            assert kept_back
            await until(lambda: aside(brazil, br) == (), 40)
            serving.cancel()


async def test_a_stolen_nodes_refused_head_raises_an_alarm_at_the_real_one(
    exchange: Exchange, tmp_path: Path
) -> None:
    br = exchange.state("BR").desk
    stolen = exchange.moved(tmp_path / "stolen")
    async with fault_finding(exchange, 1):
        stolen.reach(*exchange.addresses)
        async with stolen.node("AR") as thief:
            await exchange.is_founded(thief)
            await thief.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: b'answer="refused"' in thief.parts.metrics.page(), 40)
        with capture_logs() as alarms:
            async with exchange.node("AR") as argentina:
                await exchange.is_founded(argentina)
                await until(lambda: [a for a in alarms if a["event"] == "head_not_ours"], 40)


async def test_bytes_that_are_no_answer_change_nothing_and_are_asked_for_again(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    junk = iter([b"", b"\xff" * 40, bytes(2000), b"\x0a\x05short"])

    def spoil(data: bytes) -> bytes:
        return next(junk, data)

    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.state("BR").open(exchange.clock) as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        with between(brazil, DELIVER, spoil):
            serving = asyncio.ensure_future(brazil.serve())
            await until(lambda: inbox(brazil, br), 40)
            assert next(junk, None) is None
            assert aside(brazil, br) == ()
            serving.cancel()


async def test_a_batch_is_not_proven_by_a_proof_that_does_not_hold(exchange: Exchange) -> None:
    br = exchange.state("BR").desk
    lies = 3

    def lie(data: bytes) -> bytes:
        nonlocal lies
        answer = parse_submit_response(data)
        if not lies or answer.proof is None or not answer.checkpoint:
            return data
        lies -= 1
        moved = replace(answer.proof, logged=type(answer.proof.logged)(answer.proof.logged + 1))
        return submit_response_bytes(replace(answer, proof=moved))

    async with exchange.broker(), exchange.state("AR").open(exchange.clock) as argentina:
        with between(argentina, SUBMIT, lie):
            serving = asyncio.ensure_future(argentina.serve())
            await exchange.is_founded(argentina)
            notice = decided(exchange, {br: whole()})
            await argentina.outbox.publish(notice)

            def proven() -> tuple[batches.Signed, ...]:
                return argentina.parts.database.read_now(
                    lambda tx: batches.in_state(tx, batches.PROVEN)
                )

            await until(lambda: len(proven()) == 5, 40)
            assert lies == 0
            minutes = [each.logged for each in proven()]
            assert all(m is not None and m <= minute_of(exchange.now) for m in minutes)
            serving.cancel()
