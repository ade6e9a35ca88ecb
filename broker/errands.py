"""What an operator asks of a broker at the command line: append batches, say where it stands.

It promises that a batch file goes the way of every batch, whether or not the broker runs at
the same time, and that each batch in it is answered by name. `broker.__main__` prints.

Source: docs/envelope.md, section 5 (genesis, 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from broker.assembly import load_anchor, spool_of
from broker.config import Config
from broker.exchange import Exchange, Setting, owner_of
from broker.heads import newest_signed
from broker.index import Index
from broker.lock import DeskLock
from valija.batch import Batch
from valija.clock import Clock
from valija.errors import DuplicateError, UnavailableError, ValijaError


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one batch of a file.

    Attributes:
        place: In the file, from 0.
        head: Digest of its head, hexadecimal.
        answer: `admitted`, `duplicate`, or the name of the error.
        leaf_index: Where it stands in the log; None where it does not.
        reason: The error's sentence; empty where it stands.
    """

    place: int
    head: str
    answer: str
    leaf_index: int | None = None
    reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether the log holds it."""
        return self.leaf_index is not None

    def __str__(self) -> str:
        """Return it as a person reads it."""
        where = f"leaf {self.leaf_index}" if self.stands else self.reason
        return f"batch {self.place} {self.head[:16]}: {self.answer}, {where}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a broker stands.

    Attributes:
        desk: Whose broker.
        records: Leaves in the log.
        indexed: Leaves in its index.
        checkpoint: Leaves under the newest checkpoint; 0 before the first.
        cursors: How far each desk said it got.
    """

    desk: str
    records: int
    indexed: int
    checkpoint: int
    cursors: dict[str, int]


async def append(setting: Setting, batches: Sequence[Batch]) -> list[Report]:
    """Put batches into the log in their order, and return what became of each.

    Where the broker runs at the same time, this is one more process on its spool: it keeps an
    index of its own for the while, and signs no refusal in the desk's name.

    Raises:
        UnavailableError: The spool does not answer.
        SplitViewError: The log does not lead to what was signed.
    """
    with TemporaryDirectory(prefix="valija-") as folder:
        beside = is_running(setting.config)
        index = Index(f"sqlite:///{Path(folder) / 'index.db'}") if beside else None
        exchange = Exchange(replace(setting, beside=beside), index)
        try:
            await exchange.start()
            return [
                await _append(exchange, place, batch) for place, batch in enumerate(batches)
            ]
        finally:
            await exchange.stop()


async def stand(config: Config, clock: Clock) -> Standing:
    """Return where a broker stands, from its spool and index.

    Raises:
        UnavailableError: One of them does not answer.
    """
    anchor = load_anchor(config.anchor)
    index = Index(config.index)
    try:
        async with spool_of(config, clock) as spool:
            kept = await newest_signed(spool, anchor.origin, anchor.log_key)
            size = 0 if kept is None else kept.size
            indexed = await index.start(owner_of(anchor, config.desk))
            records, cursors = await spool.end(), await index.cursors()
            return Standing(config.desk.member, records, indexed, size, cursors)
    finally:
        await index.stop()


def is_running(config: Config) -> bool:
    """Return whether a process of this machine runs the desk."""
    lock = DeskLock(config.state, config.desk)
    try:
        lock.take()
    except UnavailableError:
        return True
    lock.release()
    return False


async def _append(exchange: Exchange, place: int, batch: Batch) -> Report:
    head = batch.head_digest.hex()
    try:
        taken = await exchange.admission.admit(batch)
    except DuplicateError as error:
        return Report(place, head, "duplicate", error.leaf_index)
    except ValijaError as error:
        return Report(place, head, type(error).__name__, reason=str(error))
    return Report(place, head, "admitted", taken.leaf)
