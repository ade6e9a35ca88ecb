"""The verbs of a state's data-protection authority, off line: its key, and its word on a law.

It promises that the authority is told what a law opens before its word is of any use, and
that it endorses only the law that lies before it, beside the one that this replaces.

Source: docs/policy.md, section 11 (widening report); docs/guides/join.md, section 4.
"""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from node.genesis import oversight
from node.genesis.lawchange import LawChange, Shelf, law_change
from node.keystore import Keystore
from node.terminal import batchfile, folder
from policies.folder import read_folder
from valija.clock import Clock
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk, Kind, Member, Office
from valija.statement import TREATY, BundleStatement, KeyStatement, Role
from valija.wire.statement import parse_statement, statement_bytes

_LAYER = "treaty"
Record = dict[str, object]


def run(typed: Namespace, clock: Clock) -> Record:
    """Do one of the authority's verbs.

    Raises:
        ValijaError: What was refused, and why.
    """
    return _ACTS[typed.act](typed, clock)


def read_key(path: Path, member: Member) -> KeyStatement:
    """Return the key that a state's authority made, checked.

    Raises:
        MalformedError: The file cannot be read, or is none.
        VerificationError, SignatureError: It is not this state's, or signs not for itself.
    """
    try:
        statement = parse_statement(Kind.KEY, path.read_bytes())
    except OSError as cause:
        raise MalformedError(f"{path}: this file cannot be read") from cause
    if not isinstance(statement, KeyStatement):
        raise MalformedError(f"{path}: this is no key of an oversight")
    oversight.check_key(statement, member)
    return statement


def shelf_of(typed: Namespace, new: Path) -> Shelf:
    """Return the laws that somebody named on the command line.

    Raises:
        AbsentError: There is no such folder.
        MalformedError: Both the old law is shown, and said that it cannot be.
    """
    if typed.old is not None and typed.anew:
        raise MalformedError("either the old law is shown with --old, or --anew says it cannot")
    return Shelf(read_folder(new), read_folder(typed.old) if typed.old else None, typed.anew)


def compared(statement: BundleStatement, typed: Namespace) -> LawChange:
    """Return what a statement that somebody else signed changes, by the folders named.

    Raises:
        AbsentError, MalformedError, VerificationError: As `node.genesis.lawchange`.
    """
    replaced = None
    if not typed.anew:
        earlier = batchfile.read(typed.before) if typed.before else ()
        replaced = oversight.replaced_by(statement, earlier)
    name = _LAYER if statement.member == TREATY else statement.member
    return law_change(name, shelf_of(typed, typed.policies), replaced)


def _new(typed: Namespace, clock: Clock) -> Record:
    member = Desk(Member(typed.member), Office.OVERSIGHT).member
    keystore = Keystore.create(folder.key_file(typed.folder, typed.passphrase_file))
    with folder.desktop(keystore, typed.folder, clock) as desktop:
        made = oversight.make_key(desktop, member)
    path = batchfile.write_bytes(typed.folder / f"{member}.oversight", statement_bytes(made))
    return {
        "key": str(path),
        "next": "the state names it: python -m node init … --oversight FILE",
    }


def _endorse(typed: Namespace, clock: Clock) -> Record:
    out = folder.out_of(typed.out)
    with folder.opened(typed.folder, typed.passphrase_file, clock) as desktop:
        held = desktop.keystore.held(role=Role.SIGNING)
        if len(held) != 1:
            raise AbsentError("this folder holds no key of an authority, or more than one")
        shown = [batch for path in typed.files for batch in batchfile.read(path)]
        statement = oversight.brought(shown, held[0].desk.member)
        change = compared(statement, typed)
        batch = oversight.endorse(desktop, statement, change)
    return {
        "endorsement": str(batchfile.write(out, [batch])),
        "digest": statement.bundle.hex(),
        "opens": change.told(),
        "next": "the operator appends it after the law; from then on that law is in force",
    }


_ACTS: dict[str, Callable[[Namespace, Clock], Record]] = {"new": _new, "endorse": _endorse}
