"""The straight line over PostgreSQL, with a restart of both nodes in the middle."""

from pathlib import Path

from node.inbox import Person
from node.store import received
from tests.node.exchange import Exchange, until
from tests.node.sample import decided, whole
from tests.services.postgres import Postgres


async def test_the_line_runs_on_postgresql_and_goes_on_after_a_restart(
    tmp_path: Path, postgres: Postgres
) -> None:
    exchange = Exchange(tmp_path, store_url=lambda _member: postgres.database())
    br = exchange.state("BR").desk
    notices = [decided(exchange, {br: whole()}) for _ in range(3)]
    async with exchange.broker():
        async with exchange.node("AR") as argentina:
            await exchange.is_founded(argentina)
            await argentina.outbox.publish_all(notices[:2])
        async with exchange.node("AR") as argentina, exchange.node("BR") as brazil:
            await argentina.outbox.publish(notices[2])

            def kept() -> tuple[received.Arrival, ...]:
                return brazil.parts.database.read_now(
                    lambda tx: received.in_state(tx, br, received.KEPT)
                )

            await until(lambda: len(kept()) == 3, 40)
            assert [each.notice for each in kept()] == [each.notice for each in notices]
            person = Person("an.account", "liaison")
            opened = await brazil.inbox.open_notice(
                br, kept()[0].label, person, "criminal_investigation"
            )
            assert set(opened.facts) == set(whole())
