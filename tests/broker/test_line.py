"""The straight line through one broker: submit, durable, proven, deliver."""

from pathlib import Path

from tests.broker.support import Client, Inbox, World, broker_of, police, realm, setting
from valija.checkpoint import verify_checkpoint
from valija.head import Entry
from valija.ids import Kind, digest
from valija.merkle import leaf_hash, verify_inclusion


async def test_a_notice_is_durable_then_proven_then_delivered(
    founded: Path, world: World
) -> None:
    async with broker_of(setting(founded)) as broker:
        batch = world.actor("AR").sign(world.notice("AR", police("BR")))
        async with Client(broker.address, "AR/police") as argentina:
            durable, proven = await argentina.submit(batch)
        assert durable.proof is not None
        assert () == durable.proof.path
        assert proven.proof is not None
        assert len(world.batches) == proven.proof.leaf_index
        note = verify_checkpoint(proven.checkpoint, realm.ORIGIN, [realm.anchor().log_key])
        entry = Entry(proven.proof.logged, batch.head_bytes, digest(batch.value))
        verify_inclusion(
            leaf_hash(entry.to_bytes()),
            proven.proof.leaf_index,
            note.checkpoint.size,
            proven.proof.path,
            note.checkpoint.root,
        )
        async with Client(broker.address, "BR/police") as brazil:
            inbox = Inbox(brazil, police("BR"))
            await inbox.ask()
            response = await inbox.read()
            inbox.close()
        kinds = [delivery.logged.item.kind for delivery in response.deliveries]
        assert Kind.LABEL == kinds[-1]
        assert len(world.batches) + 1 == response.done
