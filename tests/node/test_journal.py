"""Who did what when stands in the journal, in the words of a closed list."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.journal import Act, Journal
from node.store import journal
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.vault import Vault
from valija.clock import SystemClock
from valija.errors import AbsentError, MalformedError

NOW = datetime(2031, 5, 4, 12, 30, 1, 500_000, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'node.db'}", Vault(bytes(32)))
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def kept(database: Database) -> Journal:
    return Journal(database, SystemClock(lambda: NOW))


async def test_an_act_stands_with_its_instant_to_the_millisecond(kept: Journal) -> None:
    await kept.write(Act("officer", "liaison", "opened", b"\x01\x02", "prosecution"))
    expected = journal.Row(
        1, 1_935_664_201_500, "officer", "liaison", "opened", "0102", "prosecution"
    )
    assert await kept.page() == (expected,)
    assert await kept.verify() == 1


async def test_an_act_of_no_list_is_refused(kept: Journal) -> None:
    with pytest.raises(MalformedError):
        await kept.write(Act("officer", "liaison", "peeked"))
    assert await kept.page() == ()


async def test_an_act_and_its_line_fail_together(database: Database, kept: Journal) -> None:
    line = kept.line(Act("officer", "liaison", "published"))

    def publish(tx: Transaction) -> None:
        line(tx)
        raise AbsentError("the rest of it")

    with pytest.raises(AbsentError):
        await database.write("publish", publish)
    assert await kept.page() == ()


async def test_the_acts_upon_one_thing_are_found_by_it(kept: Journal) -> None:
    for thing in (b"a", b"b", b"a"):
        await kept.write(Act("officer", "liaison", "opened", thing))
    assert [row.number for row in await kept.page(about=b"a")] == [1, 3]
    assert [row.number for row in await kept.page(after=1, limit=1)] == [2]
