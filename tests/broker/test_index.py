"""A commit of the index whose answer was lost is no fault, and other rows are one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.index import Index, Rows
from tests.broker.support import World, exchange_of, police, setting
from valija.errors import SplitViewError, UnavailableError

LOCAL, REAL = "sqlite", "postgresql"
BR = police("BR")


@pytest.fixture(name="url", params=[LOCAL, REAL])
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == REAL:
        return str(request.getfixturevalue("postgres").database())
    return f"sqlite:///{tmp_path / 'index.db'}"


@pytest.fixture(name="index")
async def _index(url: str) -> AsyncIterator[Index]:
    index = Index(url)
    await index.start(b"whose")
    yield index
    await index.stop()


def rows(*leaves: int, record: bytes = b"r", places: bytes = b"\0") -> Rows:
    kept: dict[str, Any] = {"entry": b"e", "error": "", "void_items": b"", "record": record}
    inbox: dict[str, Any] = {"desk": str(BR), "places": places, "urgent": b""}
    return Rows([{"leaf": n} | kept for n in leaves], [{"leaf": n} | inbox for n in leaves])


async def test_a_commit_whose_answer_was_lost_does_not_stop_the_broker(
    founded: Path, world: World, url: str
) -> None:
    base = setting(founded)
    base = replace(base, config=replace(base.config, index=url))
    async with exchange_of(base) as exchange:
        kept, lost = exchange.index.append, list[str]()

        async def unheard(lines: Rows) -> None:
            await kept(lines)
            if not lost:
                lost.append("the answer")
                raise UnavailableError("the link broke after the commit")

        exchange.index.__dict__["append"] = unheard
        batch = world.actor("AR").sign(world.notice("AR", BR, number=0))
        taken = await exchange.admission.admit(batch)
        async with asyncio.timeout(60):
            assert taken.leaf < (await exchange.heads.covering(taken.leaf)).size
        assert ["the answer"] == lost
        assert [taken.leaf] == list(await exchange.index.records([taken.leaf]))


async def test_leaves_that_stand_already_are_kept_once_and_the_next_ones_too(
    index: Index,
) -> None:
    await index.append(rows(0, 1))
    await index.append(rows(0, 1, 2))
    await index.append(rows(0, 1, 2))
    assert [0, 1, 2] == [post.leaf for post in await index.inbox(BR, range(9), 9)]
    assert [0, 1, 2] == list(await index.records([0, 1, 2]))


@pytest.mark.parametrize("other", [rows(1, record=b"x"), rows(1, places=b"\1"), rows(0)])
async def test_other_rows_at_the_same_leaf_are_an_alarm(index: Index, other: Rows) -> None:
    await index.append(rows(1))
    with pytest.raises(SplitViewError, match="other rows"):
        await index.append(other)
    assert {1: b"r"} == await index.records([0, 1])
