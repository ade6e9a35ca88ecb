"""Brokers that halt, fall silent or claim too much: a node goes on at the next one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from node.assembly import Assembly
from tests.node.exchange import Exchange, until
from tests.node.liar import Behave, liar, split
from tests.node.sample import decided, whole
from tests.node.test_brokers import codes
from valija.address import Address


@asynccontextmanager
async def bad_first(exchange: Exchange, behave: Behave) -> AsyncIterator[Address]:
    """Let every node ask a bad broker first, and an honest one next."""
    async with exchange.broker("@b1") as honest, liar(exchange, "@b2", behave) as at:
        exchange.addresses = []
        exchange.reach(at, honest.address)
        yield at


def troubles(node: Assembly) -> str:
    return " ".join(node.client.faults.sentences())


async def test_a_broker_that_says_the_log_is_split_and_shows_nothing_stops_no_node(
    exchange: Exchange,
) -> None:
    br = exchange.state("BR").desk
    async with (
        bad_first(exchange, split) as at,
        exchange.node("AR") as argentina,
        exchange.node("BR"),
    ):
        notice = decided(exchange, {br: whole()})
        await until(lambda: str(at) in troubles(argentina), 60)
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(notice)
        await until(lambda: codes(argentina, notice.notice) == {br: "delivered"}, 60)
        assert b'node_broker_faults_total{fault="halted"}' in argentina.parts.metrics.page()
