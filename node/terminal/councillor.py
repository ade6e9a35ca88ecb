"""The council's verbs, off line: make a key, name members, endorse, adopt the treaty layer.

It promises that a member is named only by what its own ROOT key proposed, that every key of a
request goes with it, and that each council member has a folder and a chain of its own.

Source: docs/envelope.md, section 5 (Genesis 1 and 3).
"""

from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager

from node.genesis import council
from node.genesis.joining import PROPOSAL_NUMBER
from node.genesis.lawchange import check_statement, law_change
from node.genesis.oversight import brought
from node.genesis.signing import Desktop
from node.keystore import Keystore
from node.terminal import batchfile, folder
from node.terminal.overseer import compared, shelf_of
from valija.batch import Batch
from valija.clock import Clock, day_of, minute_of
from valija.errors import AbsentError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, Member, Office, digest
from valija.statement import TREATY, BundleStatement, Role
from valija.wire.statement import statement_bytes

_LAYER = "treaty"
Record = dict[str, object]


def run(typed: Namespace, clock: Clock) -> Record:
    """Do one of the council's verbs.

    Raises:
        ValijaError: What was refused, and why.
    """
    return _ACTS[typed.act](typed, clock)


def _new(typed: Namespace, clock: Clock) -> Record:
    keystore = Keystore.create(folder.key_file(typed.folder, typed.passphrase_file))
    desk = Desk(Member(typed.desk), Office.STATE)
    keystore.generate([(desk, Role.SIGNING)], clock.now())
    part = council.anchor_part([keystore])
    path = batchfile.write_bytes(
        typed.folder / f"{typed.desk.removeprefix('@')}.part.json", part
    )
    return {"part": str(path), "next": "bring the part to whoever assembles the anchor"}


def _name(typed: Namespace, clock: Clock) -> Record:
    out = folder.out_of(typed.out)
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
    path = batchfile.write(out, [named])
    carried = batchfile.write(out.with_suffix(".keys"), keys)
    return {
        "memberships": str(path),
        "keys": str(carried),
        "members": [proposal.member for proposal in proposals],
        "next": "others of the council endorse the memberships; the operator appends "
        "memberships, endorsements, keys, in this order",
    }


def _treaty(typed: Namespace, clock: Clock) -> Record:
    out, replaced = folder.out_of(typed.out), None
    if typed.before is not None:
        replaced = brought(batchfile.read(typed.before), TREATY)
    elif typed.anew or typed.old is not None:
        raise AbsentError("name the statement of the treaty layer in force with --before")
    change = law_change(_LAYER, shelf_of(typed, typed.policies), replaced)
    bundle = BundleStatement(
        member=TREATY,
        bundle=change.bundle,
        since=day_of(minute_of(clock.now())),
        replaces=Digest(digest(statement_bytes(replaced))) if replaced else ZERO_DIGEST,
        widens=change.widens,
    )
    with _desktop(typed, clock) as desktop:
        batch = council.adopt_treaty(desktop, _desk(desktop), bundle)
    path = batchfile.write(out, [batch])
    return {
        "bundle": str(path),
        "digest": bundle.bundle.hex(),
        "widens": bundle.widens,
        "opens": change.told(),
        "next": "others of the council compare and endorse it; in force once a quorum has",
    }


def _endorse(typed: Namespace, clock: Clock) -> Record:
    out = folder.out_of(typed.out)
    shown = [batch for path in typed.files for batch in batchfile.read(path)]
    opens = _compared(shown, typed)
    with _desktop(typed, clock) as desktop:
        batch = council.endorse_council(desktop, _desk(desktop), shown)
    return {"endorsements": str(batchfile.write(out, [batch])), "opens": opens}


def _compared(shown: list[Batch], typed: Namespace) -> list[str]:
    """Return what the treaty layer opens that is to be endorsed, if one is, compared here."""
    kinds = {each.kind for batch in shown for each in batch.items}
    if Kind.BUNDLE not in kinds:
        return []
    statement = brought(shown, TREATY)
    change = compared(statement, typed)
    check_statement(statement, change)
    return change.told()


def _desk(desktop: Desktop) -> Desk:
    held = desktop.keystore.held(role=Role.SIGNING)
    if not held:
        raise AbsentError("this folder holds no key of a council")
    return held[-1].desk


def _desktop(typed: Namespace, clock: Clock) -> AbstractContextManager[Desktop]:
    return folder.opened(typed.folder, typed.passphrase_file, clock)


_ACTS: dict[str, Callable[[Namespace, Clock], Record]] = {
    "new": _new,
    "name": _name,
    "treaty": _treaty,
    "endorse": _endorse,
}
