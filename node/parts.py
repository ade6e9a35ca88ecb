"""What outbox and inbox of one node stand on, handed to them as one thing.

It promises nothing of its own: it saves each of them five arguments. `node.assembly` makes
it, once a process.
"""

from dataclasses import dataclass

from node.keystore import Keystore
from node.knowledge import Knowledge
from node.metrics import Metrics
from node.store.database import Database
from valija.clock import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that every task of a node shares.

    Attributes:
        database: Its store.
        knowledge: What it knows of the log: anchor, directory, newest checkpoint.
        keystore: Its private keys, behind calls.
        clock: The one clock.
        metrics: What it counts.
    """

    database: Database
    knowledge: Knowledge
    keystore: Keystore
    clock: Clock
    metrics: Metrics
