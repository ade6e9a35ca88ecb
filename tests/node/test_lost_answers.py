"""A store that did its work and lost the answer: what is known is what is kept, and no less."""

import asyncio
from collections.abc import Callable

import pytest

from node.assembly import Assembly
from node.knowledge import kept
from node.store import log
from node.store.database import Result, Transaction
from tests.node.exchange import Exchange, until
from tests.node.sample import decided, whole
from tests.node.test_brokers import codes
from valija.errors import UnavailableError


def lose_answers(node: Assembly, which: str, times: int, reads: int = 0) -> list[str]:
    """Let the link break after so many commits, and while so many times all is read again."""
    database, left = node.parts.database, list[str]()
    write, read = database.write_now, database.read_now

    def written(step: str, work: Callable[[Transaction], Result]) -> Result:
        result = write(step, work)
        if step == which and len(left) < times:
            left.append(step)
            raise UnavailableError("the link broke after the commit")
        return result

    def seen(work: Callable[[Transaction], Result]) -> Result:
        nonlocal reads
        if work is kept and reads:
            reads -= 1
            raise UnavailableError("the link is still broken")
        return read(work)

    database.write_now = written  # type: ignore[method-assign]
    database.read_now = seen  # type: ignore[method-assign]
    return left


@pytest.mark.parametrize("reads", [0, 3])
async def test_after_a_lost_answer_of_the_store_the_directory_is_what_it_keeps(
    exchange: Exchange, reads: int
) -> None:
    br = exchange.state("BR").desk
    async with (
        exchange.broker(),
        exchange.node("BR"),
        exchange.state("AR").open(exchange.clock) as node,
    ):
        lost = lose_answers(node, "inbox.store", times=2, reads=reads)
        serving = asyncio.ensure_future(node.serve())
        knowledge = node.parts.knowledge
        known = sum(len(batch.items) for batch in exchange.genesis)
        await until(lambda: len(lost) == 2 and not knowledge.is_behind, 60)
        stored = node.parts.database.read_now(log.entries)
        assert known == len(stored)
        assert {(one.leaf_index, one.place) for one in stored} == knowledge.learned
        notice = decided(exchange, {br: whole()})
        await node.outbox.publish(notice)
        await until(lambda: codes(node, notice.notice) == {br: "delivered"}, 60)
        serving.cancel()
