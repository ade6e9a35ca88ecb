"""Two faces of one log halt a broker; noise halts nobody."""

import asyncio
from pathlib import Path

import pytest

from tests.broker.support import World, exchange_of, police, real_clock, realm, setting
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.errors import ProofError, SplitViewError
from valija.ids import Digest
from valija.signature import LogSecret


def note(size: int, secret: LogSecret | None = None) -> bytes:
    """Return a checkpoint over a tree that nobody has."""
    checkpoint = Checkpoint(realm.ORIGIN, size, Digest(b"\7" * 32))
    return sign_checkpoint(checkpoint, secret or realm.log_secret(), real_clock())


@pytest.mark.parametrize("ahead", [0, 1])
async def test_a_signed_checkpoint_of_another_tree_halts_the_broker(
    founded: Path, world: World, ahead: int
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        await exchange.spool.append_checkpoint(note(exchange.tree.size + ahead))
        if ahead:
            batch = world.actor("AR").sign(world.notice("AR", police("BR")))
            await exchange.admission.admit(batch)
        assert exchange.halted is not None
        async with asyncio.timeout(90):
            with pytest.raises(SplitViewError):
                await exchange.halted


async def test_what_the_log_did_not_sign_halts_nobody(founded: Path, world: World) -> None:
    async with exchange_of(setting(founded)) as exchange:
        for noise in (
            b"no note",
            note(3, LogSecret.generate()),
            note(9_999, LogSecret.generate()),
        ):
            await exchange.spool.append_checkpoint(noise)
        batch = world.actor("AR").sign(world.notice("AR", police("BR")))
        await exchange.heads.covering((await exchange.admission.admit(batch)).leaf)
        assert exchange.halted is not None
        assert not exchange.halted.done()


async def test_noise_at_the_end_of_the_checkpoints_stops_no_start(
    founded: Path, world: World
) -> None:
    async with exchange_of(setting(founded)) as exchange:
        size = exchange.heads.newest.size
        for noise in (b"no note", note(3, LogSecret.generate())):
            await exchange.spool.append_checkpoint(noise)
    async with exchange_of(setting(founded)) as exchange:
        assert size == exchange.heads.newest.size
        batch = world.actor("AR").sign(world.notice("AR", police("BR")))
        await exchange.heads.covering((await exchange.admission.admit(batch)).leaf)


async def test_checkpoints_that_are_noise_alone_are_no_checkpoints(founded: Path) -> None:
    async with setting(founded).spool as spool:
        for _ in range(64):
            await spool.append_checkpoint(b"no note")
    with pytest.raises(ProofError, match="none of the newest"):
        async with exchange_of(setting(founded)):
            pass
