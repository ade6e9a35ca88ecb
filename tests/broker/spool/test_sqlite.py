"""What the embedded spool promises beyond the contract."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.spool.sqlite import SqliteSpool
from broker.spool.sqlite_file import connect
from broker.spool.sqlite_tables import CHECKPOINTS, LOG
from broker.spool.sqlite_writer import GroupWriter
from valija.clock import SystemClock
from valija.errors import MalformedError, UnavailableError, VerificationError

_CLOCK = SystemClock(lambda: datetime(2031, 5, 4, 12, tzinfo=UTC))


async def test_the_file_itself_refuses_to_change_or_delete_what_is_logged(
    tmp_path: Path,
) -> None:
    async with SqliteSpool(tmp_path / "spool.db", _CLOCK) as spool:
        await spool.append_record(b"logged")
        await spool.append_checkpoint(b"note")
        await spool.append_contents([(b"key", b"sealed")])
    file = sqlite3.connect(tmp_path / "spool.db")
    for change in (
        "DELETE FROM log",
        "UPDATE log SET value = x'00'",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET value = x'00'",
        "UPDATE content SET value = x'00'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            file.execute(change)
    file.close()


async def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    file = sqlite3.connect(tmp_path / "other.db")
    file.execute("CREATE TABLE theirs (x)")
    file.close()
    with pytest.raises(VerificationError, match="another program"):
        async with SqliteSpool(tmp_path / "other.db", _CLOCK):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(MalformedError):
        async with SqliteSpool(tmp_path / "text.db", _CLOCK):
            pass


async def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        async with SqliteSpool(tmp_path / "absent" / "spool.db", _CLOCK):
            pass


async def test_every_commit_is_flushed_to_the_disk(tmp_path: Path) -> None:
    file = connect(tmp_path / "spool.db")
    asked = "PRAGMA journal_mode", "PRAGMA synchronous"
    assert [file.execute(one).fetchone()[0] for one in asked] == ["wal", 2]
    file.close()


async def test_a_full_disk_refuses_and_leaves_no_hole(tmp_path: Path) -> None:
    async with SqliteSpool(tmp_path / "spool.db", _CLOCK) as spool:
        assert await spool.append_record(b"before") == 0
        assert spool._writer is not None
        writing = spool._writer._connection
        (pages,) = writing.execute("PRAGMA page_count").fetchone()
        writing.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(UnavailableError):
            await spool.append_record(bytes(1_000_000))
        writing.execute("PRAGMA max_page_count = 1000000")
        assert await spool.append_record(b"after") == 1


async def test_a_group_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    def write(file: sqlite3.Connection) -> int:
        return file.execute("INSERT INTO log VALUES (0, x'00')").rowcount

    def fail(file: sqlite3.Connection) -> int:
        raise sqlite3.OperationalError(str(file.in_transaction))

    groups = 0

    def committed() -> None:
        nonlocal groups
        groups += 1

    writer = GroupWriter(connect(tmp_path / "spool.db"))
    writes = (writer.do(each, committed) for each in (write, fail))
    answers = await asyncio.gather(*writes, return_exceptions=True)
    await writer.stop()
    file = connect(tmp_path / "spool.db")
    kept = file.execute("SELECT count(*) FROM log").fetchone()[0]
    file.close()
    assert kept == groups == sum(answer == 1 for answer in answers)
    assert isinstance(answers[1], UnavailableError)


async def test_appends_at_once_share_their_flushes(tmp_path: Path) -> None:
    async with SqliteSpool(tmp_path / "spool.db", _CLOCK) as spool:
        assert spool._writer is not None
        commit, groups = spool._writer._commit, []

        def count(group: list[object]) -> list[int]:
            groups.append(len(group))
            return commit(group)

        spool._writer._commit = count
        await asyncio.gather(*(spool.append_record(b"x") for _ in range(1000)))
    assert sum(groups) == 1000
    assert len(groups) < 100


async def test_who_follows_a_table_is_not_woken_for_another(tmp_path: Path) -> None:
    async with SqliteSpool(tmp_path / "spool.db", _CLOCK) as spool:
        log, checkpoints = (asyncio.Event() for _ in range(2))
        with spool._news[LOG].heard_by(log), spool._news[CHECKPOINTS].heard_by(checkpoints):
            await spool.append_contents([(b"key", b"value")])
            assert not log.is_set()
            await spool.append_record(b"record")
            assert log.is_set()
            assert not checkpoints.is_set()
            await spool.append_checkpoint(b"note")
            assert checkpoints.is_set()


async def test_a_cancelled_append_takes_no_other_with_it(tmp_path: Path) -> None:
    async with SqliteSpool(tmp_path / "spool.db", _CLOCK) as spool:
        appends = [asyncio.create_task(spool.append_record(b"x")) for _ in range(10)]
        await asyncio.sleep(0)
        appends[3].cancel()
        leaves = await asyncio.gather(*appends, return_exceptions=True)
        assert await spool.end() == 10
    assert [leaf for leaf in leaves if not isinstance(leaf, BaseException)] == [
        0,
        1,
        2,
        4,
        5,
        6,
        7,
        8,
        9,
    ]


async def test_what_was_under_way_at_the_stop_is_kept(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "spool.db", _CLOCK)
    await spool.start()
    appends = [asyncio.create_task(spool.append_record(b"x")) for _ in range(50)]
    await asyncio.sleep(0)
    await spool.stop()
    assert await asyncio.gather(*appends) == list(range(50))
    await spool.start()
    assert await spool.end() == 50
    await spool.stop()
