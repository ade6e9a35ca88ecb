"""What another hand than a broker's may have put into the spool, and what becomes of it."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from broker.candidate import RejectedError
from broker.spool.sqlite import SqliteSpool
from tests.broker.support import (
    World,
    clock_at,
    exchange_of,
    police,
    real_clock,
    realm,
    setting,
)
from tests.broker.test_delivery import Post, verified
from valija.batch import Batch
from valija.delivery import Reader as Verifying
from valija.delivery import verify_delivery
from valija.envelope import VerifiedEnvelope
from valija.errors import (
    MalformedError,
    ProofError,
    SignatureError,
    SplitViewError,
    UnavailableError,
)
from valija.ids import digest
from valija.record import LogRecord, record_of
from valija.verifier import HeadVerifier
from valija.wire.deliver import DeliverResponse
from valija.wire.envelope import envelope_bytes
from valija.wire.log import log_record_bytes

BR = police("BR")
_NOBODYS_PLACE = 9_999


@contextmanager
def behind_its_back(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the spool's file as a thief of the disk would, its triggers taken away."""
    with closing(sqlite3.connect(folder / "spool.db", isolation_level=None)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            file.execute(f"DROP TRIGGER {name}")
        yield file


def forget_index(folder: Path) -> None:
    for file in folder.glob("@b1.db*"):
        file.unlink()


def notice(world: World, number: int) -> Batch:
    batch: Batch = world.actor("AR").sign(world.notice("AR", BR, number=number))
    return batch


def verify(post: Post, response: DeliverResponse, at: int) -> VerifiedEnvelope:
    today = realm.day_of(post.world.minute)
    reading = Verifying(
        BR, post.exchange.tree.fold.directory, HeadVerifier(), lambda _: None, today
    )
    found = verify_delivery(response.deliveries[at], verified(response), reading)
    assert isinstance(found, VerifiedEnvelope)
    return found


def other_bytes(_good: bytes, _other: bytes) -> bytes:
    return b"\xff" * 300


def cut_off(good: bytes, _other: bytes) -> bytes:
    return good[:-1]


def another_notice(_good: bytes, other: bytes) -> bytes:
    return other


def nothing(_good: bytes, _other: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [other_bytes, cut_off, another_notice, nothing])
async def test_a_content_that_is_damaged_or_anothers_stops_no_inbox(
    founded: Path, world: World, damage: Callable[[bytes, bytes], bytes]
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        post = Post(exchange, world)
        first = await post.send(BR)
        await post.send(BR, number=1)
    other = envelope_bytes(world.envelope("AR", police("MX"), number=7))
    with behind_its_back(founded) as file:
        (good,) = file.execute("SELECT value FROM content ORDER BY place LIMIT 1").fetchone()
        file.execute(
            "UPDATE content SET value = ? WHERE place = (SELECT min(place) FROM content)",
            (damage(good, other),),
        )
    async with exchange_of(setting(founded)) as exchange:
        post = Post(exchange, world)
        response = await post.next(post.reader(BR, cursor=first))
        assert [first, first + 1] == [d.logged.proof.leaf_index for d in response.deliveries]
        assert (b"", b"") == (response.deliveries[0].terms, response.deliveries[0].content)
        with pytest.raises(ProofError):
            verify(post, response, 0)
        verify(post, response, 1)
        assert first + 2 == response.done


async def test_a_record_whose_content_lies_nowhere_stops_no_inbox(
    founded: Path, world: World
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        post, lost = Post(exchange, world), notice(world, 0)
        record = record_of(lost, world.minute, (_NOBODYS_PLACE,))
        first = await exchange.spool.append_record(log_record_bytes(record))
        await post.send(BR, number=1)
        response = await post.next(post.reader(BR, cursor=first))
        with pytest.raises(ProofError):
            verify(post, response, 0)
        verify(post, response, 1)


def doubled(record: LogRecord) -> LogRecord:
    return record


def forged(record: LogRecord) -> LogRecord:
    value = record.value[:-1] + bytes([record.value[-1] ^ 1])
    return replace(record, value=value)


@pytest.mark.parametrize("change", [doubled, forged])
async def test_a_record_that_is_doubled_or_forged_counts_for_nothing(
    founded: Path, world: World, change: Callable[[LogRecord], LogRecord]
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        post, batch = Post(exchange, world), notice(world, 0)
        first = await post.admit(batch)
        record = change(record_of(batch, world.minute, (0,)))
        void = await exchange.spool.append_record(log_record_bytes(record))
        await post.send(BR, number=1)
        response = await post.next(post.reader(BR, cursor=first))
        leaves = [each.logged.proof.leaf_index for each in response.deliveries]
        assert [first, first + 2] == leaves
        assert void == first + 1
        assert void + 2 == response.done


def no_record(_record: LogRecord) -> bytes:
    return b"\xff" * 40


def no_entry(record: LogRecord) -> bytes:
    return log_record_bytes(replace(record, entry=bytes(172)))


def no_place(record: LogRecord) -> bytes:
    return log_record_bytes(replace(record, places=()))


def a_place_of_any_size(record: LogRecord) -> bytes:
    return log_record_bytes(replace(record, places=(2**64 - 1,)))


@pytest.mark.parametrize("change", [no_record, no_entry, no_place, a_place_of_any_size])
async def test_a_record_that_no_broker_writes_halts_and_is_never_passed_over(
    founded: Path, world: World, change: Callable[[LogRecord], bytes]
) -> None:
    before = len(world.batches)
    async with exchange_of(setting(founded)) as exchange:
        record = record_of(notice(world, 0), world.minute, (0,))
        await exchange.spool.append_record(change(record))
        async with asyncio.timeout(90):
            with pytest.raises((SplitViewError, MalformedError)):
                await exchange.halting()
        with pytest.raises(UnavailableError, match="stops"):
            await exchange.admission.admit(notice(world, 1))
        assert before == exchange.tree.size == exchange.heads.newest.size
    with pytest.raises((SplitViewError, MalformedError)):
        await start(founded)


async def start(folder: Path) -> None:
    async with exchange_of(setting(folder)):
        pass


async def test_a_record_moved_in_the_file_does_not_lead_to_what_was_signed(
    founded: Path, world: World
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        post = Post(exchange, world)
        await post.send(BR)
        await post.send(BR, number=1)
    last = len(world.batches) + 1
    with behind_its_back(founded) as file:
        for old, new in ((last, -1), (last - 1, last), (-1, last - 1)):
            file.execute("UPDATE log SET number = ? WHERE number = ?", (new, old))
    forget_index(founded)
    with pytest.raises(SplitViewError, match="signed"):
        await start(founded)


async def test_a_record_taken_out_of_the_file_is_a_hole(founded: Path) -> None:
    with behind_its_back(founded) as file:
        file.execute("DELETE FROM log WHERE number = 3")
    with pytest.raises(SplitViewError, match="hole"):
        await start(founded)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
async def test_a_spool_cut_short_on_the_disk_is_said_to_be_damaged(
    founded: Path, keep: float
) -> None:
    path = founded / "spool.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises((MalformedError, SplitViewError, UnavailableError)):
        await read_all(path)


async def read_all(path: Path) -> None:
    async with SqliteSpool(path, real_clock()) as spool:
        end, start = await spool.end(), 0
        async for run in spool.records(0):
            start = run[-1][0] + 1
            if start >= end:
                return


@pytest.mark.parametrize(
    ("minutes", "error"),
    [(8 * realm.MINUTES_A_DAY, RejectedError), (-11, SignatureError)],
)
async def test_a_batch_of_another_time_is_refused_and_one_of_now_goes(
    founded: Path, world: World, minutes: int, error: type[Exception]
) -> None:
    wrong = clock_at(realm.Minute(world.minute + minutes))
    async with exchange_of(setting(founded, clock=wrong)) as exchange:
        batch = notice(world, 0)
        with pytest.raises(error):
            await exchange.admission.admit(batch)
        assert exchange.tree.fold.docket.logged(digest(batch.items[0].payload)) is None
    async with exchange_of(setting(founded)) as exchange:
        await Post(exchange, world).send(BR, number=1)
