"""A node killed at any step of outbox or inbox: one entry that counts, one stored notice."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from secrets import token_hex

import pytest
import pytest_asyncio

from node import states
from node.assembly import Assembly
from node.store import batches, outbox, receipts, received, sent
from node.store.database import Transaction
from tests.node.exchange import Exchange, until
from tests.node.sample import decided_by
from valija.clock import day_of, minute_of
from valija.errors import DuplicateError
from valija.ids import Desk, NoticeId
from valija.receipt import Event

Kill = Callable[[dict[str, str]], Awaitable[int]]
OUTBOX = [
    ("outbox.publish", "before"),
    ("outbox.publish", "after"),
    ("outbox.sign", "before"),
    ("outbox.sign", "after"),
    ("stream.send", "before"),
    ("stream.send", "after"),
    ("stream.receive", "after"),
    ("outbox.answer", "before"),
    ("outbox.answer", "after"),
]
INBOX = [
    ("inbox.store", "before"),
    ("inbox.store", "after"),
    ("inbox.keep", "before"),
    ("inbox.keep", "after"),
    ("outbox.sign", "after"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mortals() -> AsyncIterator[Process]:
    words = (sys.executable, "-m", "tests.node.mortal")
    process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)
    yield process
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def order(
    exchange: Exchange, member: str, step: tuple[str, str], notice: str
) -> dict[str, str]:
    return {
        "toml": str(exchange.state(member).write_toml()),
        "step": step[0],
        "when": step[1],
        "notice": notice,
        "to": "BR/police",
        "agreement": exchange.agreement.hex(),
    }


async def kill(process: Process, words: dict[str, str]) -> int:
    """Let a node live until it dies as told, and return how it ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(words).encode() + b"\n")
    await process.stdin.drain()
    ended = await process.stdout.readline()
    while not ended.strip().lstrip(b"-").isdigit():  # Log lines of the child.
        assert ended, "the process that runs the nodes is gone"
        ended = await process.stdout.readline()
    return int(ended)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("step", OUTBOX, ids=" ".join)
async def test_a_sender_killed_at_any_step_sends_exactly_once(
    exchange: Exchange, mortals: Process, step: tuple[str, str]
) -> None:
    ar, br = exchange.state("AR").desk, exchange.state("BR").desk
    notice = token_hex(16)
    async with exchange.broker(), exchange.node("BR") as brazil:
        ended = await kill(mortals, order(exchange, "AR", step, notice))
        assert ended == -signal.SIGKILL
        async with exchange.node("AR") as argentina:
            await exchange.is_founded(argentina)
            again = decided_by(ar, br, exchange.agreement, notice)
            if step == ("outbox.publish", "before"):
                await argentina.outbox.publish(again)
            else:
                with pytest.raises(DuplicateError):
                    await argentina.outbox.publish(again)
            await check_one(argentina, brazil, NoticeId(bytes.fromhex(notice)))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("step", INBOX, ids=" ".join)
async def test_a_recipient_killed_at_any_step_stores_and_receipts_exactly_once(
    exchange: Exchange, mortals: Process, step: tuple[str, str]
) -> None:
    ar, br = exchange.state("AR").desk, exchange.state("BR").desk
    notice = token_hex(16)
    async with exchange.broker(), exchange.node("AR") as argentina:
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided_by(ar, br, exchange.agreement, notice))
        ended = await kill(mortals, order(exchange, "BR", step, ""))
        assert ended == -signal.SIGKILL
        async with exchange.node("BR") as brazil:
            await check_one(argentina, brazil, NoticeId(bytes.fromhex(notice)))


async def check_one(argentina: Assembly, brazil: Assembly, notice: NoticeId) -> None:
    """Check that one notice is kept there once, delivered once, and counted once."""
    br = brazil.config.desks[0]
    await until(lambda: codes(argentina, notice) == {br: "delivered"}, 30)
    await until(lambda: kept(brazil))
    (arrival,) = kept(brazil)
    assert (arrival.notice, arrival.pair_sequence) == (notice, 1)
    (passage,) = argentina.parts.database.read_now(lambda tx: sent.passages(tx, notice))
    assert passage.label == arrival.label
    for node in (argentina, brazil):
        await until(lambda node=node: settled(node))
        check_chain(node)
    slips = argentina.parts.database.read_now(lambda tx: receipts.about(tx, [arrival.label]))
    assert [slip.event for slip in slips] == [Event.DELIVERED]


def check_chain(node: Assembly) -> None:
    """Check that a desk's numbers are whole, each proven at a leaf of its own."""
    desk = node.config.desks[0]

    def find(tx: Transaction) -> tuple[batches.Signed, ...]:
        return batches.in_state(tx, batches.PROVEN)

    proven = [each for each in node.parts.database.read_now(find) if each.desk == desk]
    assert [each.sequence for each in proven] == [*range(1, len(proven) + 1)]
    assert len({each.leaf_index for each in proven}) == len(proven)


def codes(node: Assembly, notice: NoticeId) -> dict[Desk, str]:
    today = day_of(minute_of(node.parts.clock.now()))
    found = node.parts.database.read_now(lambda tx: states.of_notice(tx, notice, today))
    return {each.recipient: each.code for each in found}


def kept(node: Assembly) -> tuple[received.Arrival, ...]:
    desk = node.config.desks[0]
    return node.parts.database.read_now(lambda tx: received.in_state(tx, desk, received.KEPT))


def settled(node: Assembly) -> bool:
    def find(tx: Transaction) -> bool:
        pending = (batches.READY, batches.DURABLE)
        return not outbox.desks(tx) and not any(batches.in_state(tx, s) for s in pending)

    return node.parts.database.read_now(find)
