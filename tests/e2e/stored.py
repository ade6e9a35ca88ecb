"""What a node's own disk holds, read by its own store once the node has ended."""

from collections.abc import Callable
from typing import TypeVar

from deploy.demo.exchange import Exchange
from node.assembly import open_database, open_keystore
from node.config import load
from node.metrics import Metrics
from node.notice import native
from node.notice.notice import Notice
from node.store import drafts, quarantine, received
from node.store.database import Transaction
from valija.ids import Desk

_Found = TypeVar("_Found")
_ALL = 1_000_000


def arrivals(exchange: Exchange, desk: str) -> tuple[received.Arrival, ...]:
    """Return everything that a desk received, in the order it came."""
    found = _read(exchange, desk, lambda tx: received.page(tx, Desk.parse(desk), limit=_ALL))
    return found[::-1]


def aside(exchange: Exchange, desk: str) -> int:
    """Return how many deliveries a desk could not verify."""
    return len(_read(exchange, desk, lambda tx: quarantine.open_suspects(tx, Desk.parse(desk))))


def notices(exchange: Exchange, desk: str) -> list[Notice]:
    """Return a desk's drafts."""

    def find(tx: Transaction) -> list[Notice]:
        lines = drafts.page(tx, Desk.parse(desk), None, _ALL)
        return [native.parse(drafts.content(tx, line.notice)) for line in lines]

    return _read(exchange, desk, find)


def _read(exchange: Exchange, desk: str, work: Callable[[Transaction], _Found]) -> _Found:
    config = load(exchange.home / desk.partition("/")[0] / "node.toml")
    database = open_database(config, open_keystore(config), Metrics())
    try:
        return database.read_now(work)
    finally:
        database.close()
