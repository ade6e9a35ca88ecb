"""A state's statements for everybody: agreements, endorsements, and which law it brings.

It promises that what is signed lies in a file before anybody is told, for the operator or any
member to carry to the log.

Source: docs/envelope.md, section 5 (Agreements and bundles follow the same way).
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from node import assembly
from node.config import Config, load
from node.genesis import statements
from node.genesis.signing import Desktop
from node.knowledge import Knowledge
from node.metrics import Metrics
from node.terminal import batchfile
from node.terminal.agreement import read_agreement
from policies.folder import load as load_law
from valija.batch import Item
from valija.clock import Clock, day_of, minute_of
from valija.directory import Directory
from valija.errors import AbsentError
from valija.ids import ZERO_DIGEST, Desk, Kind, digest
from valija.statement import BundleStatement

_ENDORSED = frozenset({Kind.AGREEMENT, Kind.BUNDLE})
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
    """Endorse the agreements and bundles in batch files, for each desk named."""
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
    """Sign which law decides for this state: the digest of its bundle in the law's folder."""
    with _opened(typed, clock) as (desktop, directory, config):
        law = load_law(config.policies)
        if config.member not in law.bundles:
            raise AbsentError(f"there is no law of {config.member}: it can receive, not send")
        statement = BundleStatement(
            member=config.member,
            bundle=law.bundles[config.member].digest,
            since=day_of(minute_of(clock.now())),
            replaces=ZERO_DIGEST,
            widens=False,
        )
        desk = Desk.parse(typed.desk) if typed.desk else config.desks[0]
        batch = statements.bring_bundle(desktop, directory, desk, statement)
    path = batchfile.write(typed.out, [batch])
    return {"bundle": str(path), "digest": statement.bundle.hex()}


def _concerns(item: Item, desk: Desk) -> bool:
    """Tell whether a desk's word counts: it is a party, or its state's oversight."""
    parties = getattr(item.body, "parties", None)
    return item.kind in _ENDORSED and (parties is None or desk in parties)


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
