"""The council's verbs, off line: make a key, name members, endorse, adopt the treaty layer.

It promises that a member is named only by what its own ROOT key proposed, that every key of a
request goes with it, and that each council member has a folder and a chain of its own.

Source: docs/envelope.md, section 5 (Genesis 1 and 3).
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from node.genesis import council
from node.genesis.joining import PROPOSAL_NUMBER
from node.genesis.signing import Desktop
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.store.database import Database
from node.store.migration import migrate
from node.terminal import batchfile
from policies.folder import load as load_law
from valija.clock import Clock, day_of, minute_of
from valija.errors import MalformedError
from valija.ids import ZERO_DIGEST, Desk, Member, Office
from valija.statement import BundleStatement, Role

_TREATY = Member("@treaty")
Record = dict[str, object]


def run(typed: Namespace, clock: Clock) -> Record:
    """Do one of the council's verbs.

    Raises:
        ValijaError: What was refused, and why.
    """
    return _ACTS[typed.act](typed, clock)


def _new(typed: Namespace, clock: Clock) -> Record:
    keystore = Keystore.create(_key_file(typed))
    desk = Desk(Member(typed.desk), Office.STATE)
    keystore.generate([(desk, Role.SIGNING)], clock.now())
    part = council.anchor_part([keystore])
    path = batchfile.write_bytes(
        typed.folder / f"{typed.desk.removeprefix('@')}.part.json", part
    )
    return {"part": str(path), "next": "bring the part to whoever assembles the anchor"}


def _name(typed: Namespace, clock: Clock) -> Record:
    requests = [batchfile.read(path) for path in typed.files]
    proposals = [council.proposal_in(request) for request in requests]
    keys = [
        batch
        for request in requests
        for batch in request
        if batch.head.sequence != PROPOSAL_NUMBER
    ]
    with _desktop(typed, clock) as desktop:
        named = council.name_members(desktop, _desk(desktop), proposals)
    path = batchfile.write(typed.out, [named])
    carried = batchfile.write(typed.out.with_suffix(".keys"), keys)
    return {
        "memberships": str(path),
        "keys": str(carried),
        "members": [proposal.member for proposal in proposals],
        "next": "others of the council endorse the memberships; the operator appends "
        "memberships, endorsements, keys, in this order",
    }


def _treaty(typed: Namespace, clock: Clock) -> Record:
    bundle = BundleStatement(
        member=_TREATY,
        bundle=load_law(typed.policies).bundles["treaty"].digest,
        since=day_of(minute_of(clock.now())),
        replaces=ZERO_DIGEST,
        widens=False,
    )
    with _desktop(typed, clock) as desktop:
        batch = council.adopt_treaty(desktop, _desk(desktop), bundle)
    path = batchfile.write(typed.out, [batch])
    return {"bundle": str(path), "digest": bundle.bundle.hex()}


def _endorse(typed: Namespace, clock: Clock) -> Record:
    shown = [batch for path in typed.files for batch in batchfile.read(path)]
    with _desktop(typed, clock) as desktop:
        batch = council.endorse_council(desktop, _desk(desktop), shown)
    return {"endorsements": str(batchfile.write(typed.out, [batch]))}


def _desk(desktop: Desktop) -> Desk:
    return desktop.keystore.held(role=Role.SIGNING)[-1].desk


@contextmanager
def _desktop(typed: Namespace, clock: Clock) -> Iterator[Desktop]:
    keystore = Keystore.load(_key_file(typed))
    database = Database(f"sqlite:///{typed.folder.absolute() / 'council.db'}", keystore.vault())
    try:
        migrate(database)
        yield Desktop(database, keystore, clock)
    finally:
        database.close()


def _key_file(typed: Namespace) -> KeyFile:
    folder: Path = typed.folder
    return KeyFile(KeyFolder(folder), _first_line(typed.passphrase_file))


def _first_line(path: Path) -> bytes:
    try:
        line = path.read_bytes().split(b"\n")[0].strip()
    except OSError as cause:
        raise MalformedError(f"{path}: the passphrase file cannot be read") from cause
    if not line:
        raise MalformedError(f"{path}: the passphrase file is empty")
    return line


_ACTS: dict[str, Callable[[Namespace, Clock], Record]] = {
    "new": _new,
    "name": _name,
    "treaty": _treaty,
    "endorse": _endorse,
}
