"""What every spool promises, asked of each engine in the same words."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

import pytest

from broker.spool import ENTRY_MAX_BYTES, Place, Spool, place_at, split_place
from tests.contract.spool_engines import TOMORROW, Engine, KafkaEngine, SqliteEngine
from valija.errors import AbsentError, LimitError, SplitViewError, UnavailableError

_ROOT = Path(__file__).parents[2]


_KAFKA = pytest.param("kafka", marks=pytest.mark.xdist_group("kafka"))


@pytest.fixture(params=["sqlite", _KAFKA])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return SqliteEngine(tmp_path / "spool.db")
    made = KafkaEngine(request.getfixturevalue("kafka"), f"valija.{token_hex(4)}")
    await made.make()
    return made


@pytest.fixture
async def spool(engine: Engine) -> AsyncIterator[Spool]:
    async with engine.open() as opened:
        yield opened


async def test_the_first_record_is_leaf_zero_and_each_next_one_more(spool: Spool) -> None:
    assert [await spool.append_record(value) for value in (b"a", b"b", b"c")] == [0, 1, 2]
    assert await spool.end() == 3


async def test_an_empty_spool_ends_at_zero(spool: Spool) -> None:
    assert await spool.end() == 0
    assert [] == await spool.last_checkpoints(3)
    assert await spool.append_contents([]) == []


async def test_records_come_back_in_order_from_any_leaf_on(spool: Spool) -> None:
    for number in range(5):
        await spool.append_record(b"record %d" % number)
    assert await _read(spool, 2, 3) == [(2, b"record 2"), (3, b"record 3"), (4, b"record 4")]


async def test_a_follower_sees_what_is_appended_after_it_reached_the_end(spool: Spool) -> None:
    following = asyncio.create_task(_read(spool, 0, 2))
    await spool.append_record(b"first")
    await asyncio.sleep(0.1)
    assert not following.done()
    await spool.append_record(b"second")
    assert await asyncio.wait_for(following, 90) == [(0, b"first"), (1, b"second")]


async def test_two_followers_read_the_same(spool: Spool) -> None:
    followers = [asyncio.create_task(_read(spool, 0, 30)) for _ in range(2)]
    await asyncio.gather(*(spool.append_record(b"%d" % number) for number in range(30)))
    one, other = await asyncio.gather(*followers)
    assert one == other


async def test_appends_at_once_get_one_place_each_and_none_is_lost(spool: Spool) -> None:
    values = [b"value %d" % number for number in range(400)]
    leaves = await asyncio.gather(*map(spool.append_record, values))
    assert list(range(400)) == sorted(leaves)
    assert sorted(zip(leaves, values, strict=True)) == await _read(spool, 0, 400)


async def test_records_outlive_the_spool_that_wrote_them(engine: Engine) -> None:
    async with engine.open() as spool:
        await spool.append_record(b"kept")
        (place,) = await spool.append_contents([(b"key", b"sealed")])
        await spool.append_checkpoint(b"note")
    async with engine.open() as spool:
        assert await _read(spool, 0, 1) == [(0, b"kept")]
        assert await spool.content(place) == b"sealed"
        assert [b"note"] == await spool.last_checkpoints(3)
        assert await spool.append_record(b"next") == 1


async def test_a_content_is_found_by_its_place(spool: Spool) -> None:
    items = [(b"%032d" % number, b"content %d" % number) for number in range(50)]
    places = await spool.append_contents(items)
    assert len(set(places)) == 50
    wanted = places[::-3]
    expected = {place: items[places.index(place)][1] for place in wanted}
    assert expected == await spool.contents(wanted)
    assert await spool.content(places[7]) == b"content 7"


async def test_contents_interleaved_with_reads_keep_their_places(spool: Spool) -> None:
    seen: dict[Place, bytes] = {}
    for number in range(20):
        value = b"%d" % number * 1000
        (place,) = await spool.append_contents([(b"%032d" % (number % 3), value)])
        seen[place] = value
        assert value == await spool.content(place)
    assert seen == await spool.contents(seen)


async def test_a_place_that_never_was_is_absent(spool: Spool) -> None:
    (place,) = await spool.append_contents([(b"key", b"value")])
    partition, offset = split_place(place)
    beyond = place_at(partition, offset + 1)
    with pytest.raises(AbsentError):
        await spool.content(beyond)
    with pytest.raises(AbsentError):
        await spool.content(place_at(4000, 0))
    assert {place: b"value"} == await spool.contents([beyond, place])


async def test_an_expired_content_is_absent_and_its_place_is_not_given_again(
    engine: Engine, spool: Spool
) -> None:
    (old,) = await spool.append_contents([(b"key", b"old")])
    await engine.expire_all(old)
    (young,) = await spool.append_contents([(b"key", b"young")])
    assert old != young
    assert {young: b"young"} == await spool.contents([old, young])
    with pytest.raises(AbsentError):
        await spool.content(old)


async def test_what_is_of_today_does_not_expire(spool: Spool) -> None:
    (place,) = await spool.append_contents([(b"key", b"value")])
    await spool.expire(type(TOMORROW)(TOMORROW - 1))
    assert await spool.content(place) == b"value"


async def test_the_largest_entry_goes_in_and_comes_out_whole(spool: Spool) -> None:
    record = bytes(range(256)) * (ENTRY_MAX_BYTES // 256)
    record += b"x" * (ENTRY_MAX_BYTES - len(record))
    await spool.append_record(b"small")
    await spool.append_record(record)
    (place,) = await spool.append_contents([(b"k" * 32, record[32:])])
    assert [(1, record)] == await _read(spool, 1, 1)
    assert record[32:] == await spool.content(place)


async def test_one_byte_over_the_limit_is_refused_and_leaves_nothing(spool: Spool) -> None:
    over = bytes(ENTRY_MAX_BYTES + 1)
    with pytest.raises(LimitError):
        await spool.append_record(over)
    with pytest.raises(LimitError):
        await spool.append_contents([(b"", b"small"), (b"k", over[1:])])
    with pytest.raises(LimitError):
        await spool.append_checkpoint(over)
    assert await spool.end() == 0
    assert await spool.append_record(b"small") == 0


async def test_a_missing_leaf_stops_whoever_reads_over_it(engine: Engine, spool: Spool) -> None:
    await spool.append_record(b"before")
    await engine.skip_leaf()
    await spool.append_record(b"after")
    with pytest.raises(SplitViewError):
        await _read(spool, 0, 4)


async def test_a_log_shorter_than_what_was_read_stops_whoever_goes_on(spool: Spool) -> None:
    await spool.append_record(b"only")
    with pytest.raises(SplitViewError):
        await _read(spool, 2, 1)


async def test_checkpoints_are_numbered_and_followed(spool: Spool) -> None:
    assert [await spool.append_checkpoint(note) for note in (b"one", b"two")] == [0, 1]
    assert [b"two"] == await spool.last_checkpoints(1)
    assert [b"two", b"one"] == await spool.last_checkpoints(3)
    batches = spool.checkpoints(1)
    assert await anext(batches) == [(1, b"two")]


async def test_a_stopped_spool_says_so(engine: Engine) -> None:
    spool = engine.open()
    async with spool:
        pass
    with pytest.raises(UnavailableError):
        await spool.append_record(b"late")
    with pytest.raises(UnavailableError):
        await spool.end()


async def test_two_processes_share_one_order_without_holes(
    engine: Engine, spool: Spool
) -> None:
    one, other = [await _writer(engine, 150, name) for name in ("one", "other")]
    promised = [*await _promises(one, "one"), *await _promises(other, "other")]
    assert list(range(300)) == sorted(leaf for leaf, _ in promised)
    assert sorted(promised) == await _read(spool, 0, 300)


async def test_what_a_killed_process_was_promised_is_there(
    engine: Engine, spool: Spool
) -> None:
    await spool.end()
    process = await _writer(engine, 100_000, "killed")
    assert process.stdout is not None
    lines = [await process.stdout.readline() for _ in range(100)]
    process.send_signal(signal.SIGKILL)
    lines += (await process.communicate())[0].splitlines(keepends=True)
    promised = [_promise(line, "killed") for line in lines if line.endswith(b"\n")]
    end = await spool.end()
    found = await _read(spool, 0, end)
    assert len(promised) >= 100
    assert set(promised) <= set(found)
    assert end == await spool.append_record(b"next")


async def _read(spool: Spool, start: int, count: int) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    async with asyncio.timeout(60):  # Far more than it takes: no test hangs.
        async for batch in spool.records(start):
            found += batch
            if len(found) >= count:
                break
    return found


async def _writer(engine: Engine, count: int, name: str) -> Process:
    words = ["-m", "tests.contract.spool_writer", str(count), name, *engine.words]
    return await asyncio.create_subprocess_exec(sys.executable, *words, cwd=_ROOT, stdout=PIPE)


async def _promises(process: Process, name: str) -> list[tuple[int, bytes]]:
    lines = (await process.communicate())[0].splitlines(keepends=True)
    assert process.returncode == 0
    return [_promise(line, name) for line in lines]


def _promise(line: bytes, name: str) -> tuple[int, bytes]:
    leaf, number = line.decode().split()
    return int(leaf), f"{name}:{number}".encode()
