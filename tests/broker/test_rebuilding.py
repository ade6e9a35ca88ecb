"""What follows from the log can be thrown away; what does not follow from it stops a broker."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from broker.exchange import Exchange, Setting
from broker.index import Index
from tests.broker.support import B2, World, exchange_of, police, setting
from tests.services.postgres import Postgres
from valija.errors import (
    MalformedError,
    SplitViewError,
    UnavailableError,
    VerificationError,
)
from valija.ids import Digest

BR = police("BR")


async def fill(exchange: Exchange, world: World, count: int = 8, start: int = 0) -> None:
    """Admit some notices, some of them void in the log, and wait for the index."""
    for number in range(count):
        notice = world.notice("AR", BR, police("MX"), number=start + number)
        await exchange.admission.admit(world.actor("AR").sign(notice))
    doubled = [world.actor("MX").draft(world.notice("MX", BR, number=n)) for n in (70, 71)]
    both = map(exchange.admission.admit, doubled)
    await asyncio.gather(*both, return_exceptions=True)
    size = await exchange.spool.end()
    await exchange.follower.kept.until(lambda: exchange.follower.indexed >= size)


async def digest_of(base: Setting) -> Digest:
    async with exchange_of(base) as exchange:
        return await exchange.index.digest()


async def test_a_deleted_index_is_made_again_to_the_same_digest(
    founded: Path, world: World
) -> None:
    base = setting(founded)
    async with exchange_of(base) as exchange:
        await fill(exchange, world)
        before = await exchange.index.digest()
    _delete_index(founded)
    assert before == await digest_of(setting(founded))


async def test_an_index_goes_on_from_where_it_stands(founded: Path, world: World) -> None:
    async with exchange_of(setting(founded)) as exchange:
        await fill(exchange, world, 2)
    async with exchange_of(setting(founded, B2)) as other:
        await fill(other, world, 3, 100)
        expected = await other.index.digest()
    assert expected == await digest_of(setting(founded))


async def test_postgresql_holds_the_same_index(
    founded: Path, world: World, postgres: Postgres
) -> None:
    base = setting(founded)
    async with exchange_of(base) as exchange:
        await fill(exchange, world)
        before = await exchange.index.digest()
    config = replace(base.config, index=postgres.database())
    elsewhere = replace(setting(founded), config=config)
    async with exchange_of(elsewhere) as exchange:
        assert before == await exchange.index.digest()
        await exchange.index.keep_cursor(BR, 3)
        await exchange.index.keep_cursor(BR, 4)
        assert {str(BR): 4} == await exchange.index.cursors()
    async with exchange_of(elsewhere) as exchange:
        assert before == await exchange.index.digest()


async def test_an_index_of_another_broker_is_refused(founded: Path) -> None:
    await digest_of(setting(founded))
    (founded / "@b1.db").rename(founded / "@b2.db")
    with pytest.raises(VerificationError):
        await digest_of(setting(founded, B2))


async def test_an_index_that_holds_more_than_the_log_stops_the_broker(
    founded: Path, world: World, template: Path
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        await fill(exchange, world, 1)
    _roll_back(founded, template)
    with pytest.raises(SplitViewError):
        await digest_of(setting(founded))


async def test_a_log_that_does_not_lead_to_the_checkpoint_stops_the_broker(
    founded: Path, world: World, template: Path
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        await fill(exchange, world, 1)
        note = (await exchange.heads.covering(exchange.tree.size - 1)).note
    _roll_back(founded, template)
    _delete_index(founded)
    async with setting(founded).spool as spool:
        await spool.append_checkpoint(note)
    with pytest.raises(SplitViewError, match="signed"):
        await digest_of(setting(founded))


async def test_a_gap_in_the_log_halts_a_running_broker(founded: Path) -> None:
    async with exchange_of(setting(founded)) as exchange:
        with sqlite3.connect(founded / "spool.db") as file:
            file.execute("INSERT INTO log SELECT max(number) + 2, x'00' FROM log")
        file.close()
        assert exchange.halted is not None
        async with asyncio.timeout(90):
            with pytest.raises(SplitViewError):
                await exchange.halted


async def test_a_record_that_is_none_halts_a_running_broker(founded: Path) -> None:
    async with exchange_of(setting(founded)) as exchange:
        await exchange.spool.append_record(b"no record")
        assert exchange.halted is not None
        async with asyncio.timeout(90):
            with pytest.raises(SplitViewError):
                await exchange.halted


async def test_one_desk_runs_once_on_a_machine(founded: Path) -> None:
    async with exchange_of(setting(founded)):
        with pytest.raises(UnavailableError, match="another process"):
            await digest_of(setting(founded))


async def test_a_stopped_index_says_that_it_may_work_later(founded: Path) -> None:
    index = Index(f"sqlite:///{founded / 'index.db'}")
    await index.start(b"whose")
    await index.stop()
    with pytest.raises(UnavailableError):
        await index.cursors()


async def test_an_index_without_a_database_is_unavailable(tmp_path: Path) -> None:
    index = Index(f"sqlite:///{tmp_path / 'no folder' / 'index.db'}")
    with pytest.raises(UnavailableError):
        await index.start(b"whose")
    await index.stop()


async def test_a_damaged_index_says_that_it_is_made_again_once_deleted(founded: Path) -> None:
    (founded / "@b1.db").write_bytes(b"no database" * 1000)
    with pytest.raises(MalformedError, match="delete it"):
        await digest_of(setting(founded))
    _delete_index(founded)
    assert await digest_of(setting(founded))


@pytest.mark.parametrize("address", ["nonsense", "postgresql+psycopg://a:b@h:port/x"])
def test_an_address_that_is_none_is_no_index(address: str) -> None:
    with pytest.raises(MalformedError, match="address"):
        Index(address)


def _delete_index(founded: Path) -> None:
    for file in founded.glob("@b1.db*"):
        file.unlink()


def _roll_back(founded: Path, template: Path) -> None:
    for file in founded.glob("spool.db*"):
        file.unlink()
    (founded / "spool.db").write_bytes((template / "spool.db").read_bytes())
