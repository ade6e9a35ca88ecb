"""A name in a notice is found in no log line, metric, error or file of node and broker."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from node.inbox import Person
from node.logs import configure
from node.store import received
from tests.node.exchange import Exchange, until
from tests.node.sample import NAME, decided, whole

PURPOSE = "criminal_investigation"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure(stream=stream, level="DEBUG")
    yield stream
    structlog.reset_defaults()


def holding(folder: Path, words: bytes, names: str = "**/*") -> set[str]:
    files = [path for path in folder.glob(names) if path.is_file()]
    return {path.name for path in files if words in path.read_bytes()}


async def test_a_name_in_a_notice_is_nowhere_but_in_the_opened_notice(
    exchange: Exchange, tmp_path: Path, lines: io.StringIO
) -> None:
    br = exchange.state("BR").desk
    pages = b""
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        notice = decided(exchange, {br: whole()})
        await argentina.outbox.publish(notice)

        def kept() -> tuple[received.Arrival, ...]:
            return brazil.parts.database.read_now(
                lambda tx: received.in_state(tx, br, received.KEPT)
            )

        await until(kept)
        person = Person("an.account", "liaison")
        opened = await brazil.inbox.open_notice(br, kept()[0].label, person, PURPOSE)
        assert any(NAME.encode() in fact.value for fact in opened.facts)
        pages += argentina.parts.metrics.page() + brazil.parts.metrics.page()
    canary = NAME.encode()
    assert canary not in pages
    assert NAME not in lines.getvalue()
    assert "batch_signed" in lines.getvalue()
    assert holding(tmp_path, b"SQLite format 3") >= {"n.db", "spool.db"}
    assert holding(tmp_path, canary) == set()


async def test_an_account_stands_in_the_journal_and_in_nothing_that_is_sent(
    exchange: Exchange, tmp_path: Path
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))

        def kept() -> tuple[received.Arrival, ...]:
            return brazil.parts.database.read_now(
                lambda tx: received.in_state(tx, br, received.KEPT)
            )

        await until(kept)
        person = Person("canary.account", "liaison")
        await brazil.inbox.open_notice(br, kept()[0].label, person, PURPOSE)
        await until(lambda: b'kind="receipt"} 2.0' in argentina.parts.metrics.page())
    assert holding(tmp_path / "BR", b"canary.account")
    assert holding(tmp_path / "AR", b"canary.account") == set()
    assert holding(tmp_path, b"canary.account", "spool.db*") == set()
