"""REJECTED receipts: this broker's signed word that a batch was refused for ever.

It promises that no number of this desk is signed twice: the signed bytes are on disk before
they go to the spool, and after a crash the same bytes go again. One refusal is signed at a
time. Whether a batch is to be refused, `broker.admission` says.

Source: docs/envelope.md, section 3.2 (no number is signed twice) and 3.5, step 5.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import structlog

from broker.follower import Follower
from broker.logs import REJECTION_LOGGED
from broker.metrics import Metrics
from broker.spool import Spool
from broker.tree import LogTree
from valija.batch import Batch, Signer, sign_batch
from valija.clock import Clock, minute_of
from valija.errors import MalformedError, UnavailableError
from valija.head import ChainPoint
from valija.ids import Desk, Digest, key_id
from valija.receipt import Event, Receipt
from valija.record import record_of
from valija.signature import BATCH_CONTEXT, CompositeSecret
from valija.wire.item import item
from valija.wire.log import log_record_bytes
from valija.wire.submit import batch_file_bytes, parse_batch_file

_SALT_BYTES = 16


class OwnBatch:
    """The last batch that this desk signed, in one file that is replaced whole."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self._path = folder / f"{desk.member.removeprefix('@')}.batch"

    def load(self) -> Batch | None:
        """Return it, or None where this desk signed nothing yet.

        Raises:
            MalformedError: The file is no single batch.
            UnavailableError: It cannot be read.
        """
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise UnavailableError("the broker's own batch cannot be read") from cause
        batches = parse_batch_file(data)
        if len(batches) != 1:
            raise MalformedError("the broker's own file holds one batch")
        return batches[0]

    def store(self, batch: Batch) -> None:
        """Put a newer one in its place, durably.

        Raises:
            UnavailableError: It cannot be written; the older one stands.
        """
        fresh = self._path.with_suffix(".fresh")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(batch_file_bytes([batch]))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            _flush_folder(self._path.parent)
        except OSError as cause:
            raise UnavailableError("the broker's own batch cannot be kept") from cause


@dataclass(frozen=True, slots=True)
class Notary:
    """Who signs refusals.

    Attributes:
        desk: This broker's.
        secret: Its SIGNING key.
        own: Where its last batch is kept.
        clock: Dates its receipts.
    """

    desk: Desk
    secret: CompositeSecret
    own: OwnBatch
    clock: Clock

    def sign(self, point: ChainPoint, receipt: Receipt) -> Batch:
        """Return the next batch of this desk, which holds one receipt."""
        signer = Signer(self.desk, key_id(self.secret.public))
        items = [item(receipt, (receipt.desk,))]
        return sign_batch(
            signer, point, items, lambda head: self.secret.sign(head, BATCH_CONTEXT)
        )


class Rejections:
    """Logs refusals, one after the other."""

    def __init__(
        self, notary: Notary, tree: LogTree, spool: Spool, follower: Follower, metrics: Metrics
    ) -> None:
        self._notary = notary
        self._tree = tree
        self._spool = spool
        self._follower = follower
        self._metrics = metrics
        self._last_logged: Digest | None = None
        self._turn = asyncio.Lock()
        self._log = structlog.get_logger()

    async def resume(self) -> None:
        """Append the batch that a crash or a lost spool kept from the log, byte for byte.

        Raises:
            UnavailableError: The spool does not take it.
        """
        last = await asyncio.to_thread(self._notary.own.load)
        if last is not None and not self._is_logged(last):
            await self._append(last)

    async def log(self, refused: Batch, ground: str) -> None:
        """Return once the log says that a batch was refused.

        Args:
            refused: A batch whose signature holds over these items.
            ground: From the closed list of `valija.receipt`.

        Raises:
            UnavailableError: Not logged, or not yet; the same call may work later.
        """
        async with self._turn:
            head = refused.head_digest
            if self._tree.fold.rejected(head):
                return
            await self.resume()
            notary, signer = self._notary, refused.head.signer
            at, salt = minute_of(notary.clock.now()), token_bytes(_SALT_BYTES)
            receipt = Receipt(Event.REJECTED, head, signer, at, ground, salt=salt)
            batch = await asyncio.to_thread(notary.sign, self._point(), receipt)
            await asyncio.to_thread(notary.own.store, batch)
            await self._append(batch)
            self._metrics.rejected.inc()
            self._log.warning(REJECTION_LOGGED, head=head, member=signer.member, ground=ground)

    def _is_logged(self, own: Batch) -> bool:
        if own.head_digest == self._last_logged:
            return True
        return self._tree.fold.chain(own.head.signer).sequence >= own.head.sequence

    def _point(self) -> ChainPoint:
        """Return where this desk's chain stands: whichever of file and log knows more."""
        last = self._notary.own.load()
        logged = self._tree.fold.chain(self._notary.desk)
        kept = last.head.next_point() if last is not None else logged
        return max(kept, logged, key=lambda point: point.sequence)

    async def _append(self, batch: Batch) -> None:
        head, minute = batch.head_digest, minute_of(self._notary.clock.now())
        record = record_of(batch, minute, ())
        data = log_record_bytes(record)
        logged = self._follower.expect(head, record, data)
        await self._spool.append_record(data)
        await logged
        self._last_logged = head


def _flush_folder(folder: Path) -> None:
    """Make the new name durable too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
