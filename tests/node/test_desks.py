"""A node with several desks: each has its inbox and numbers, all share one directory."""

from pathlib import Path

from node.assembly import Assembly
from node.store import batches, log, received
from tests.node.exchange import Exchange, desk, until
from tests.node.sample import decided, part, whole
from valija.ids import Desk, Office


def kept(node: Assembly, own: Desk) -> tuple[received.Arrival, ...]:
    return node.parts.database.read_now(lambda tx: received.in_state(tx, own, received.KEPT))


async def test_two_desks_of_one_node_receive_each_its_own(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path, offices=(Office.POLICE, Office.JUDICIAL))
    police, judges = desk("BR"), desk("BR", Office.JUDICIAL)
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        both = decided(exchange, {police: whole(), judges: part()})
        published = await argentina.outbox.publish(both)
        assert len(published.envelopes) == 2
        await until(lambda: kept(brazil, police) and kept(brazil, judges))
        first, second = kept(brazil, police)[0], kept(brazil, judges)[0]
        assert first.notice == second.notice == both.notice
        assert first.label != second.label
        assert (first.pair_sequence, second.pair_sequence) == (1, 1)
        entries = brazil.parts.database.read_now(log.entries)
        assert len(entries) == len({(each.leaf_index, each.place) for each in entries})
        assert [e.leaf_index for e in entries] == sorted(e.leaf_index for e in entries)

        def receipted() -> bool:
            signed = brazil.parts.database.read_now(
                lambda tx: batches.in_state(tx, batches.PROVEN)
            )
            # Keys, agreement and, by the police, the law came before.
            last = {(batch.desk, batch.sequence) for batch in signed}
            return {(police, 4), (judges, 3)} <= last

        await until(receipted)
