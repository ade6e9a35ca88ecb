"""Sign statements in the order of a desk's chain, and keep them before they are shown.

It promises what the outbox promises: no number is signed twice. The batch stands READY in the
store when the call returns, so that a node which is admitted later submits it by itself, and
the same bytes can be carried to the broker in a file by anybody before.

Source: docs/envelope.md, section 3.2 (No number is signed twice) and section 5 (Genesis).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.keystore import Keystore
from node.store import batches
from node.store.database import Database, Transaction
from valija.batch import Batch, Item, Signer, sign_batch
from valija.clock import Clock, minute_of
from valija.head import ChainPoint
from valija.wire.submit import submit_request_bytes


@dataclass(frozen=True, slots=True)
class Desktop:
    """What somebody signs with, off line or beside a running node.

    Attributes:
        database: Where chains and batches are kept.
        keystore: The private keys.
        clock: The one clock.
    """

    database: Database
    keystore: Keystore
    clock: Clock


def sign_and_keep(desktop: Desktop, signer: Signer, items: Sequence[Item]) -> Batch:
    """Return the next batch of a desk, signed and stored.

    Raises:
        AbsentError: The key is not held here.
        MalformedError: There are no items, or more than 64.
        DuplicateError: Another process used the number; nothing was signed away.
    """
    now = minute_of(desktop.clock.now())

    def sign(tx: Transaction) -> Batch:
        chain = batches.counter(tx, signer.desk)
        point = ChainPoint(chain.sequence, chain.last)
        batch = sign_batch(signer, point, items, desktop.keystore.sign_head)
        signed = batches.Signed(
            desk=signer.desk,
            sequence=batch.head.sequence,
            head_digest=batch.head_digest,
            submission=submit_request_bytes(batch),
            items=len(items),
            signed=now,
        )
        batches.add(tx, signed, {})
        return batch

    return desktop.database.write_now("genesis.sign", sign)
