"""What this node knows of the log: the anchor, the directory, the newest checkpoint.

It promises that the directory holds verified statements only, rebuilt at each start from the
ones that the store keeps, and that two roots for one size are noticed whichever stream shows
them. It follows no stream; `node.trail` does, one each.

Source: docs/envelope.md, sections 4 and 5 (all else follows from anchor and log).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from node.store import log
from node.store.database import Database, Transaction
from valija.anchor import Anchor
from valija.authority import apply_statement
from valija.checkpoint import VerifiedCheckpoint, verify_checkpoint
from valija.directory import Directory
from valija.errors import ProofError, SplitViewError
from valija.ids import Digest, LeafIndex
from valija.quorum import TlogPolicy, parse_policy
from valija.statement import VerifiedStatement
from valija.verifier import HeadVerifier
from valija.wire.statement import parse_statement

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store keeps of the log.

    Attributes:
        entries: Every statement of the directory, in log order.
        newest: The largest checkpoint; None before the first.
        read: Below which leaf every statement was taken in.
    """

    entries: tuple[log.Entry, ...]
    newest: log.Noted | None
    read: int


def kept(tx: Transaction) -> Kept:
    """Return what the store keeps of the log."""
    return Kept(tuple(log.entries(tx)), log.newest(tx), log.furthest(tx))


class Knowledge:
    """One node's view of the log, shared by all of its streams.

    Attributes:
        anchor: Where all trust begins.
        policy: Which cosignatures a checkpoint needs, from the anchor.
        verifier: Remembers heads that were verified.
        directory: What the log says of keys, members, agreements and bundles.
        learned: Leaf and place of each statement that the directory holds.
        newest: The largest checkpoint that was verified; None before the first.
        read: Below which leaf every statement was taken in, from whichever stream.
        is_sure: Whether this is all that the store keeps; not after a commit whose answer was
            lost, until it was taken over again.
        lock: Held by whoever verifies and stores, so that the directory grows in one line.
    """

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor
        self.policy: TlogPolicy = parse_policy(anchor.policy)
        self.verifier = HeadVerifier()
        self.directory = Directory.of(anchor)
        self.learned: set[tuple[int, int]] = set()
        self.newest: VerifiedCheckpoint | None = None
        self.read = 0
        self.is_sure = True
        self.lock = asyncio.Lock()
        self._seen: OrderedDict[int, VerifiedCheckpoint] = OrderedDict()
        self._witnessed = 0

    @classmethod
    def load(cls, anchor: Anchor, database: Database) -> "Knowledge":
        """Return what a node knew when it stopped.

        Raises:
            ValijaError: What is stored does not follow from this anchor: another's store,
                or an altered one.
        """
        knowledge = cls(anchor)
        knowledge.take_over(database.read_now(kept))
        return knowledge

    def take_over(self, known: Kept) -> None:
        """Know again all that the store keeps: at the start, and after a lost answer.

        Raises:
            ValijaError: As `load`.
        """
        directory = Directory.of(self.anchor)
        for entry in known.entries:
            directory = apply_statement(directory, _statement(entry))
        if known.newest is not None:
            self.verified(known.newest)
        self.learn(directory, known.entries, known.newest)
        self.read = max(self.read, known.read)
        self.is_sure = True

    @property
    def size(self) -> int:
        """Size of the newest checkpoint that was verified; 0 before the first."""
        return 0 if self.newest is None else self.newest.checkpoint.size

    @property
    def is_behind(self) -> bool:
        """Whether the log may hold statements that this node has not read yet."""
        return not self.is_sure or self.newest is None or self.read < self.size

    def verified(self, noted: log.Noted) -> VerifiedCheckpoint:
        """Return the verified form of a checkpoint that the store keeps.

        Raises:
            ProofError, MalformedError: The note is not the log's.
        """
        known = self._seen.get(noted.size)
        if known is not None and known.note == noted.note:
            return known
        return self.remember(self.verify(noted.note))

    def verify(self, note: bytes) -> VerifiedCheckpoint:
        """Return a note's checkpoint once both signatures of the log stand.

        Raises:
            ProofError, MalformedError: As `valija.checkpoint.verify_checkpoint`.
        """
        witnesses = tuple(self.policy.witnesses.values())
        return verify_checkpoint(note, self.anchor.origin, [self.anchor.log_key], witnesses)

    def remember(self, found: VerifiedCheckpoint) -> VerifiedCheckpoint:
        """Compare a checkpoint with every other of its size, from whichever stream.

        Raises:
            SplitViewError: Another root for this size was seen.
        """
        size, root = found.checkpoint.size, found.checkpoint.root
        known = self._seen.get(size)
        if known is not None and known.checkpoint.root != root:
            raise SplitViewError("two streams showed two roots for one size")
        self._seen[size] = found
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        if self.newest is None or size > self.newest.checkpoint.size:
            self.newest = found
        if size > self._witnessed and self._meets_policy(found):
            self._witnessed = size
        return found

    def _meets_policy(self, found: VerifiedCheckpoint) -> bool:
        try:
            self.policy.require(found.cosigners)
        except ProofError:
            return False
        return True

    def learn(
        self, directory: Directory, entries: Iterable[log.Entry], noted: log.Noted | None
    ) -> None:
        """Take over what was stored: call it after the commit, never before."""
        self.directory = directory
        self.learned.update((entry.leaf_index, entry.place) for entry in entries)
        if noted is not None:
            self.remember(self.verified(noted))

    def is_witnessed(self, leaf: LeafIndex) -> bool:
        """Say whether a checkpoint that meets the anchor's tlog-policy covers a leaf."""
        return leaf < self._witnessed


def noted(found: VerifiedCheckpoint) -> log.Noted:
    """Return a verified checkpoint as the store keeps it."""
    return log.Noted(found.checkpoint.size, Digest(found.checkpoint.root), found.note)


def _statement(entry: log.Entry) -> VerifiedStatement:
    return VerifiedStatement(
        kind=entry.kind,
        payload=entry.payload,
        body=parse_statement(entry.kind, entry.payload),
        signer=entry.signer,
        key_id=entry.key_id,
        leaf_index=entry.leaf_index,
        logged=entry.logged,
    )
