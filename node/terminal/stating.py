"""A state's statements for everybody: agreements, endorsements, and which law it brings.

It promises that what is signed lies in a file before anybody is told, for the operator or any
member to carry to the log; and that a law which opens more than the one in force says so, and
then waits for the state's data-protection authority (`node.terminal.overseer`).

Source: docs/envelope.md, section 5 (Agreements and bundles follow the same way).
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from node import assembly
from node.config import Config, load
from node.genesis import statements
from node.genesis.lawchange import law_change
from node.genesis.signing import Desktop
from node.knowledge import Knowledge
from node.metrics import Metrics
from node.terminal import batchfile
from node.terminal.agreement import read_agreement
from node.terminal.overseer import shelf_of
from valija.batch import Item
from valija.clock import Clock, day_of, minute_of
from valija.directory import Directory
from valija.errors import AbsentError
from valija.ids import ZERO_DIGEST, Desk, Kind, digest
from valija.statement import BundleStatement

Record = dict[str, object]


def agree(typed: Namespace, clock: Clock) -> Record:
    """Sign an agreement for a desk; the signer is the first party that endorses it."""
    agreement = read_agreement(typed.file, typed.text, day_of(minute_of(clock.now())))
    with _opened(typed, clock) as (desktop, directory, _):
        batch = statements.agree(desktop, directory, Desk.parse(typed.desk), agreement)
    return {
        "agreement": str(batchfile.write(typed.out, [batch])),
        "next": "every other party endorses it; it is in force once all have",
    }


def endorse(typed: Namespace, clock: Clock) -> Record:
    """Endorse the agreements in batch files, for each desk of this node that is a party."""
    shown = [
        item for path in typed.files for batch in batchfile.read(path) for item in batch.items
    ]
    batches = []
    with _opened(typed, clock) as (desktop, directory, config):
        desks = [Desk.parse(text) for text in typed.desk] or list(config.desks)
        wanted = [(desk, one) for one in shown for desk in desks if _concerns(one, desk)]
        if not wanted:
            raise AbsentError("there is nothing here that these desks endorse")
        for desk, one in wanted:
            name = digest(one.payload)
            batches.append(statements.endorse(desktop, directory, desk, name))
    return {"endorsements": str(batchfile.write(typed.out, batches))}


def bundle(typed: Namespace, clock: Clock) -> Record:
    """Sign which law decides for this state, beside the law that it replaces."""
    with _opened(typed, clock) as (desktop, directory, config):
        now, member = minute_of(clock.now()), config.member
        replaced = statements.law_replaced(directory, member, now)
        change = law_change(
            member, shelf_of(typed, typed.policies or config.policies), replaced
        )
        if change.widens:
            statements.check_overseen(directory, member, now)
        statement = BundleStatement(
            member, change.bundle, day_of(now), ZERO_DIGEST, change.widens
        )
        desk = Desk.parse(typed.desk) if typed.desk else config.desks[0]
        batch = statements.bring_bundle(desktop, directory, desk, statement)
    path = batchfile.write(typed.out, [batch])
    return {
        "bundle": str(path),
        "digest": change.bundle.hex(),
        "widens": change.widens,
        "opens": change.told(),
        "next": _WIDENS.format(member=member) if change.widens else _NARROWS,
    }


_NARROWS = "it opens nothing: in force once it is in the log"
_WIDENS = (
    "it opens more, so it is not in force until {member}/oversight, the data-protection "
    "authority, endorses it: python -m node oversight endorse FOLDER FILE --policies LAW"
)


def _concerns(item: Item, desk: Desk) -> bool:
    """Tell whether a desk's word counts: it is a party of this agreement."""
    return item.kind is Kind.AGREEMENT and desk in getattr(item.body, "parties", ())


@contextmanager
def _opened(typed: Namespace, clock: Clock) -> Iterator[tuple[Desktop, Directory, Config]]:
    config = load(typed.config)
    keystore = assembly.open_keystore(config)
    database = assembly.open_database(config, keystore, Metrics())
    try:
        knowledge = Knowledge.load(assembly.read_anchor(config), database)
        yield Desktop(database, keystore, clock), knowledge.directory, config
    finally:
        database.close()


VERBS: dict[str, Callable[[Namespace, Clock], Record]] = {
    "agree": agree,
    "endorse": endorse,
    "bundle": bundle,
}
