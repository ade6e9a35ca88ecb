"""Paths that no log serves: absent for everybody, whatever they try to reach."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.exchange import Exchange
from broker.pages import Pages
from tests.broker.support import exchange_of, police, realm, setting
from valija.anchor import AUDITOR
from valija.errors import AbsentError

BR = police("BR")
PATHS = [
    "",
    "/",
    "checkpoint/",
    "checkpoint\0",
    "Checkpoint",
    "../keys/log.keys",
    "tile/../../keys/log.keys",
    "tile/0/../checkpoint",
    "tile/%2e%2e/checkpoint",
    "anchor.json/..",
    "tile/0/000/",
    "tile/00/000",
    "tile/0/x000/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
    "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    "tile/63/x999/x999/x999/x999/x999/x999/999.p/255",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/999",
    "tile/entries/999",
    "records/999",
    "records/000.p/0",
    "records/../checkpoint",
    "records/x999/x999/x999/x999/x999/x999/999",
    "tile/0/\u0660\u0660\u0660",
    "\ud800",
]


@pytest.fixture(name="pages")
async def _pages(founded: Path) -> AsyncIterator[Pages]:
    async with exchange_of(setting(founded)) as exchange:
        yield pages_of(exchange)


def pages_of(exchange: Exchange) -> Pages:
    return Pages(realm.anchor(), exchange.tree, exchange.heads, exchange.index)


async def test_a_path_that_leads_elsewhere_leads_nowhere(pages: Pages) -> None:
    for path in PATHS:
        for reader in (AUDITOR, BR):
            with pytest.raises(AbsentError):
                await pages.read(path, reader)


@given(path=st.text(max_size=30) | st.from_regex(r"(tile|records)/[0-9x/.pe]*", fullmatch=True))
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_path_is_a_page_or_absent(pages: Pages, path: str) -> None:
    with suppress(AbsentError):
        assert (await pages.read(path, AUDITOR)).body
