"""Brokers that halt, fall silent or claim too much: a node goes on at the next one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from broker.admission import Admission
from broker.assembly import Assembly as Broker
from broker.candidate import Candidate
from broker.reader import Reader
from broker.spool import Place
from broker.submission import Submission
from node.assembly import Assembly
from node.client import DELIVER, Stream
from node.inbox import listening
from node.outbox import confirming, conversation
from node.store import batches
from tests.node.exchange import Exchange, until
from tests.node.liar import Behave, liar, silence, split
from tests.node.sample import decided, whole
from tests.node.test_brokers import codes, kept
from valija.address import Address
from valija.batch import Batch, Item
from valija.clock import Minute
from valija.envelope import Envelope
from valija.ids import Kind
from valija.record import record_of
from valija.wire.label import label_bytes
from valija.wire.log import log_record_bytes


@asynccontextmanager
async def bad_first(exchange: Exchange, behave: Behave) -> AsyncIterator[Address]:
    """Let every node ask a bad broker first, and an honest one next."""
    async with exchange.broker("@b1") as honest, liar(exchange, "@b2", behave) as at:
        exchange.addresses = []
        exchange.reach(at, honest.address)
        yield at


def troubles(node: Assembly) -> str:
    return " ".join(node.client.faults.sentences())


async def test_a_broker_that_says_the_log_is_split_and_shows_nothing_stops_no_node(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        bad_first(exchange, split) as at,
        exchange.node("AR") as argentina,
        exchange.node("BR"),
    ):
        notice = decided(exchange, {br: whole()})
        await until(lambda: str(at) in troubles(argentina), 60)
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(notice)
        await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
        assert b'node_broker_faults_total{fault="halted"}' in argentina.parts.metrics.page()


def altered(item: Item) -> Item:
    """Return a notice as a broker alters it beside the leaf: the leaf's root is another's."""
    assert isinstance(item.body, Envelope)
    label = replace(item.body.label, urgent=not item.body.label.urgent)
    body = replace(item.body, label=label, label_bytes=label_bytes(label))
    return replace(item, payload=label_bytes(label), body=body)


def void_notices(broker: Broker, *, days_ahead: int = 0) -> list[bytes]:
    """Let a broker log every notice so that it is void, and prove it truthfully."""
    admission, done = broker.exchange.admission, list[bytes]()
    plain = admission._append

    async def lie(candidate: Candidate, places: Sequence[Place]) -> None:
        batch = candidate.batch
        if all(item.kind is not Kind.LABEL for item in batch.items):
            await plain(candidate, places)
            return
        record = record_of(batch, Minute(admission._now() + days_ahead * 1440), places)
        if not days_ahead:
            record = replace(record, items=tuple(map(altered, record.items)))
        data = log_record_bytes(record)
        logged = admission._way.follower.expect(batch.head_digest, record, data)
        await admission._way.spool.append_record(data)
        taken = await logged
        assert taken.outcome.error is not None
        candidate.accept(taken)
        done.append(batch.head_digest)

    admission._append = lie  # type: ignore[method-assign]
    return done


@pytest.mark.parametrize("days_ahead", [0, 30])
async def test_a_notice_that_a_broker_logs_as_void_is_not_admitted_and_goes_by_the_next(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, days_ahead: int
) -> None:
    monkeypatch.setattr(confirming, "ASK_AFTER", 1.0)
    br = exchange.state("BR").desk
    async with exchange.broker("@b1") as bad, exchange.broker("@b2") as honest:
        done = void_notices(bad, days_ahead=days_ahead)
        exchange.addresses = []
        exchange.reach(bad.address, honest.address)
        async with exchange.node("AR") as argentina, exchange.node("BR") as brazil:
            await exchange.is_founded(argentina)
            notice = decided(exchange, {br: whole()})
            await argentina.outbox.publish(notice)

            await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
            assert 1 <= len(done)
            assert [notice.notice] == [each.notice for each in kept(brazil)]
            faulty = b'node_broker_faults_total{fault="voided"}'
            assert bool(days_ahead) == (faulty in argentina.parts.metrics.page())
            assert bool(days_ahead) == (str(bad.address) in troubles(argentina))


async def test_of_two_brokers_one_proof_admits_nothing_and_the_second_does(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirming, "ASK_AFTER", 3600.0)
    br = exchange.state("BR").desk
    async with exchange.broker("@b1"), exchange.broker("@b2"), exchange.node("AR") as node:
        await exchange.is_founded(node)
        notice = decided(exchange, {br: whole()})
        await node.outbox.publish(notice)
        waits = node.outbox._submitter.confirming
        await until(lambda: waits.is_waiting, 60)
        durable = (batches.READY, batches.DURABLE)
        found = node.parts.database.read_now(
            lambda tx: [each for state in durable for each in batches.in_state(tx, state)]
        )
        assert 1 == len(found)
        assert {br: "ready"} == codes(node, notice.notice)
        waits._pause = 0.0
        await until(lambda: codes(node, notice.notice) == {br: "admitted"}, 60)
        assert not waits.is_waiting


async def test_what_its_recipient_answered_needs_no_second_broker(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirming, "ASK_AFTER", 3600.0)
    br = exchange.state("BR").desk
    async with (
        exchange.broker("@b1"),
        exchange.broker("@b2"),
        exchange.node("AR") as argentina,
        exchange.node("BR"),
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)
        await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
        open_ = argentina.outbox._submitter.open_batches
        await until(lambda: not argentina.outbox._submitter.confirming.is_waiting, 60)
        assert () == await open_()


async def test_a_broker_that_listens_and_says_nothing_is_left_and_named(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "GREETING_S", 1.0)
    async with bad_first(exchange, silence) as at, exchange.node("AR") as argentina:
        await until(lambda: str(at) in troubles(argentina), 60)
        await exchange.is_founded(argentina)


async def test_a_broker_that_answers_no_batch_is_left_and_the_next_one_takes_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "ANSWER_S", 1.0)
    br, taken = exchange.state("BR").desk, list[bytes]()

    async def answer(stream: Submission, batch: Batch, size: int) -> None:
        """Lose every batch that comes while the first broker is asked."""
        if stream._counter.admission is not mute[0]:
            await plain(stream, batch, size)
        taken.append(batch.head_digest)

    plain, mute = Submission.answer, list[Admission]()
    monkeypatch.setattr(Submission, "answer", answer)
    async with exchange.broker("@b1") as bad, exchange.broker("@b2") as honest:
        mute.append(bad.exchange.admission)
        exchange.addresses = []
        exchange.reach(bad.address, honest.address)
        async with exchange.node("AR") as argentina, exchange.node("BR"):
            notice = decided(exchange, {br: whole()})
            await until(lambda: str(bad.address) in troubles(argentina) and taken, 60)
            await exchange.is_founded(argentina)
            await argentina.outbox.publish(notice)
            await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)


async def test_a_broker_that_falls_silent_while_the_log_grows_is_left_and_named(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "QUIET_S", 3.0)
    br = exchange.state("BR").desk
    async with exchange.broker("@b1") as bad, exchange.broker("@b2") as honest:
        delivery = bad.exchange.delivery
        plain = delivery.messages

        async def fall_silent(reader: Reader) -> AsyncGenerator[tuple[bytes, int], None]:
            """Deliver what founded the exchange, and nothing that comes after."""
            async with aclosing(plain(reader)) as messages:
                async for each in messages:
                    if reader.done > len(exchange.genesis):
                        await asyncio.Event().wait()
                    yield each

        delivery.messages = fall_silent  # type: ignore[method-assign]
        exchange.addresses = []
        exchange.reach(bad.address, honest.address)
        async with exchange.node("AR") as argentina, exchange.node("BR") as brazil:
            await exchange.is_founded(argentina)
            await exchange.is_founded(brazil)
            notice = decided(exchange, {br: whole()})
            await argentina.outbox.publish(notice)
            await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
            silent = b'node_broker_faults_total{fault="silent"}'
            assert silent in argentina.parts.metrics.page()


async def test_a_quiet_log_is_no_fault_and_its_stream_is_opened_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "QUIET_S", 0.2)
    opened = list[str]()
    async with exchange.broker("@b1"), exchange.state("BR").open(exchange.clock) as node:
        plain = node.client.stream

        @asynccontextmanager
        async def stream(path: str) -> AsyncIterator[Stream]:
            opened.append(path)
            async with plain(path) as found:
                yield found

        node.client.stream = stream  # type: ignore[method-assign]
        serving = asyncio.ensure_future(node.serve())
        await exchange.is_founded(node)
        seen = opened.count(DELIVER)
        await until(lambda: opened.count(DELIVER) >= seen + 3, 60)
        assert "" == troubles(node)
        assert not node.client.is_lost
        serving.cancel()
