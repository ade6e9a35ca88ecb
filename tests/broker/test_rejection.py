"""No number of a broker's own desk is signed twice, whatever breaks in between."""

from pathlib import Path
from typing import NoReturn

import pytest

from broker.candidate import RejectedError
from broker.rejection import OwnBatch
from tests.broker.support import B1, World, exchange_of, police, realm, setting
from valija.batch import Batch
from valija.errors import MalformedError, UnavailableError


def unlawful(world: World, number: int = 0) -> Batch:
    """Return a batch whose signature holds and whose label has long expired."""
    envelope = world.envelope("AR", police("BR"), number=number)
    batch: Batch = world.actor("AR").sign(realm.relabelled(envelope, expires=1))
    return batch


async def lost(_value: bytes) -> NoReturn:
    raise UnavailableError("the spool is away")


async def test_what_a_lost_spool_kept_from_the_log_goes_first_and_unchanged(
    founded: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnBatch(founded / "state", B1)
    async with exchange_of(setting(founded)) as exchange:
        with monkeypatch.context() as broken:
            broken.setattr(exchange.spool, "append_record", lost)
            with pytest.raises(UnavailableError):
                await exchange.admission.admit(unlawful(world))
        kept = own.load()
        assert kept is not None
        with pytest.raises(RejectedError):
            await exchange.admission.admit(unlawful(world, 1))
        assert exchange.tree.fold.known_head(kept.head_digest) is not None
        assert 2 == exchange.tree.fold.chain(B1).sequence
        assert () == exchange.tree.fold.alarms(realm.Minute(world.minute + 60))


async def test_what_a_crash_kept_from_the_log_is_logged_at_the_next_start(
    founded: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = unlawful(world)
    async with exchange_of(setting(founded)) as exchange:
        monkeypatch.setattr(exchange.spool, "append_record", lost)
        with pytest.raises(UnavailableError):
            await exchange.admission.admit(batch)
    async with exchange_of(setting(founded)) as again:
        assert again.tree.fold.rejected(batch.head_digest)
        assert 1 == again.tree.fold.chain(B1).sequence


async def test_a_lost_file_loses_no_number(founded: Path, world: World) -> None:
    async with exchange_of(setting(founded)) as exchange:
        with pytest.raises(RejectedError):
            await exchange.admission.admit(unlawful(world))
    (founded / "state" / "b1.batch").unlink()
    async with exchange_of(setting(founded)) as again:
        with pytest.raises(RejectedError):
            await again.admission.admit(unlawful(world, 1))
        assert 2 == again.tree.fold.chain(B1).sequence


def test_a_file_of_two_batches_is_no_own_batch(tmp_path: Path, world: World) -> None:
    own = OwnBatch(tmp_path, B1)
    own.store(unlawful(world))
    path = tmp_path / "b1.batch"
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(MalformedError):
        own.load()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, world: World) -> None:
    (tmp_path / "state").write_bytes(b"a file stands where the folder should")
    own = OwnBatch(tmp_path / "state", B1)
    with pytest.raises(UnavailableError):
        own.store(unlawful(world))
    with pytest.raises(UnavailableError):
        own.load()
