"""A log as a broker serves it, written to a folder for tests of the audit."""

from pathlib import Path

from tests.valija.realm import ORIGIN, Realm, log_secret, relabelled, seed, state_desk
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.clock import SystemClock, instant_of
from valija.ids import Digest, LabelId
from valija.publication import ANCHOR, publish
from valija.wire.log import log_record_bytes

BR = state_desk("BR")


def grow(realm: Realm, count: int) -> None:
    """Log so many more notices, one a batch."""
    envelope, actor = realm.envelope("AR", BR), realm.actor("AR")
    for number in range(count):
        name = LabelId(seed(f"{realm.tree.size}/{number}", 16))
        realm.count(actor.sign(relabelled(envelope, id=name)))


def note(realm: Realm, root: Digest | None = None, size: int | None = None) -> bytes:
    """Return the log's checkpoint of this size, or one that says something else."""
    held = Checkpoint(
        ORIGIN, realm.tree.size if size is None else size, root or realm.tree.root()
    )
    clock = SystemClock(lambda: instant_of(realm.minute))
    return sign_checkpoint(held, log_secret(), clock)


def write(realm: Realm, folder: Path, since: int = 0) -> None:
    """Write what a log that grew from `since` serves."""
    records = [log_record_bytes(record) for record in realm.records]
    for path, data in publish(realm.tree, records, note(realm), since):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / ANCHOR).write_bytes(realm.anchor.to_bytes())
