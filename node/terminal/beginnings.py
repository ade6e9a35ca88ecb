"""The verb by which a state begins: its settings, its keys, its joining request.

It promises that the answer names every file with who is to carry it where, and that nothing
written before is overwritten. What is made is `node.genesis.founding`'s.

Source: docs/envelope.md, section 5 (Genesis 2); docs/guides/join.md.
"""

from argparse import Namespace
from pathlib import Path

from node import assembly
from node.config import load
from node.genesis.founding import found
from node.genesis.joining import Candidate
from node.keystore import ROOT_FILE
from node.terminal import batchfile, settings
from node.terminal.overseer import read_key
from valija.clock import Clock
from valija.errors import MalformedError
from valija.ids import Desk, Member, Office

_OWN_KEY = (
    "the oversight keeps its key away from the node: python -m node oversight new, "
    "then --oversight FILE; nothing was made"
)
Record = dict[str, object]


def init(typed: Namespace, clock: Clock) -> Record:
    """Make a state's settings, keys and joining request.

    Raises:
        DuplicateError: There are settings, keys or a request already.
        MalformedError: A desk, the anchor or the passphrase is none, or the oversight's key
            would lie among the node's.
        VerificationError: The oversight's key is not this state's.
    """
    folder: Path = typed.folder
    desks = tuple(Desk.parse(f"{typed.member}/{name}") for name in typed.desk)
    if any(desk.office is Office.OVERSIGHT for desk in desks):
        raise MalformedError(_OWN_KEY)
    member = Member(typed.member)
    overseer = read_key(typed.oversight, member) if typed.oversight else None
    candidate = Candidate(member, typed.name, desks, tuple(typed.host), overseer)
    path = settings.write(folder, typed)
    config = load(path)
    anchor = assembly.read_anchor(config)
    request = batchfile.write(
        folder / f"{typed.member}.request", found(config, candidate, clock)
    )
    return {
        "settings": str(path),
        "request": str(request),
        "root": str(config.keys / ROOT_FILE),
        "anchor_digest": anchor.digest.hex(),
        "next": "bring the request to the council; carry the root file away; "
        "compare the anchor's digest by voice",
    }
