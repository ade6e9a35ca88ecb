"""Laws of the small exchange: the treaty layer, each state's own, and another one later."""

from pathlib import Path

from node import assembly
from node.genesis import council, oversight
from node.genesis.lawchange import Shelf, law_change
from node.genesis.signing import Desktop
from node.genesis.statements import bring_bundle, law_replaced
from policies.folder import HOME, read_folder
from valija.anchor import Anchor
from valija.batch import Batch
from valija.clock import Minute, day_of, minute_of
from valija.directory import Directory
from valija.fold import Fold
from valija.ids import ZERO_DIGEST, Desk, Member
from valija.record import record_of
from valija.statement import TREATY, BundleStatement


def folded(anchor: Anchor, batches: list[Batch], minute: Minute) -> Directory:
    """Return what a log of these batches says."""
    fold = Fold(anchor)
    for offset, batch in enumerate(batches):
        outcome = fold.apply(offset, record_of(batch, minute, ()))
        assert outcome.counts, outcome.void
    return fold.directory


def treaty_layer(desktop: Desktop, signer: Desk) -> Batch:
    """Return the council's word on the treaty layer that comes with the program."""
    layer = assembly.load(HOME).bundles["treaty"].digest
    today = day_of(minute_of(desktop.clock.now()))
    law = BundleStatement(TREATY, layer, today, ZERO_DIGEST, widens=True)
    return council.adopt_treaty(desktop, signer, law)


def bring(
    state: Desktop, overseer: Desktop, desk: Desk, directory: Directory, folders: list[Path]
) -> tuple[Batch, ...]:
    """Return what brings a state's law: its statement, and the oversight's word if it opens.

    Args:
        state: The node's keys and store.
        overseer: The oversight's.
        desk: Who signs for the state.
        directory: What the log says.
        folders: The law to bring, and the one in force if there is one.
    """
    now, member = minute_of(state.clock.now()), Member(desk.member)
    files = [read_folder(folder) for folder in folders]
    replaced = law_replaced(directory, member, now)
    change = law_change(member, Shelf(files[0], *files[1:]), replaced)
    law = BundleStatement(member, change.bundle, day_of(now), ZERO_DIGEST, change.widens)
    batch = bring_bundle(state, directory, desk, law)
    if not change.widens:
        return (batch,)
    brought = oversight.brought([batch], member)
    return batch, oversight.endorse(overseer, brought, change)
