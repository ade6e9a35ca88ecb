"""What all tests of the broker share: silence, and a spool in which the exchange is founded."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from broker.logs import configure
from tests.broker.support import B1, World, exchange_of, found, setting


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    configure(level="CRITICAL")
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", name="template")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose spool holds what founded the exchange."""
    folder = tmp_path_factory.mktemp("founded")

    async def make() -> None:
        async with exchange_of(setting(folder)) as exchange:
            await found(exchange, World())

    asyncio.run(make())
    (folder / f"{B1.member}.db").unlink()
    return folder


@pytest.fixture(name="founded")
def _founded(template: Path, tmp_path: Path) -> Path:
    """A folder of one's own with such a spool, and no index."""
    shutil.copyfile(template / "spool.db", tmp_path / "spool.db")
    return tmp_path


@pytest.fixture(name="world")
def _world() -> World:
    return World()
