"""One exchange founded for all tests of the node, and a copy of it for each."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.node import exchange as exchanges
from tests.node.exchange import Exchange
from tests.node.offices import OFFICES, Bureau, open_bureau


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Exchange:
    """Three states and two brokers, as on their first day."""
    folder = tmp_path_factory.mktemp("founded")
    return Exchange(folder, members=("AR", "BR", "CO"), brokers=("@b1", "@b2"))


@pytest.fixture
def exchange(founded: Exchange, tmp_path: Path) -> Exchange:
    """Return an exchange of one's own."""
    return founded.moved(tmp_path)


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Exchange:
    """Four states of three desks each, as Argentina's node has verified them."""
    folder = tmp_path_factory.mktemp("learned")
    with patch.dict(exchanges._TERMS, {"id": "UNTOC"}):
        found = Exchange(folder, members=("AR", "BR", "CO", "MX"), offices=OFFICES)

    async def learn() -> None:
        async with found.broker(), found.node("AR") as node:
            await found.is_founded(node)

    asyncio.run(learn())
    return found


@pytest.fixture
async def bureau(learned: Exchange, tmp_path: Path) -> AsyncIterator[Bureau]:
    """Return Argentina's node with everybody who works in it."""
    async with open_bureau(learned.moved(tmp_path)) as found:
        yield found
