"""Follow a log through a reader, recompute all that it claims, and say what was found.

It promises that nothing is believed which can be computed: the root of every checkpoint is
made again from the records, every tile and entry bundle is compared with what they give, and
the fold is repeated from the anchor alone. Memory does not grow with tree or records. It opens
no file and no connection; `valija.__main__` hands it a reader.

Source: docs/envelope.md, section 4 (The auditor).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from valija.anchor import Anchor
from valija.batch import Batch
from valija.checkpoint import VerifiedCheckpoint, verify_checkpoint
from valija.clock import Minute
from valija.errors import ProofError, SignatureError, SplitViewError, VerificationError
from valija.fold import Fold
from valija.frontier import Frontier
from valija.head import Entry
from valija.ids import ZERO_DIGEST, Digest, Kind
from valija.keyring import FIRST_MINUTE
from valija.merkle import leaf_hash
from valija.outcome import Alarm, Outcome
from valija.publication import CHECKPOINT, Chunk, chunks
from valija.quorum import parse_policy
from valija.record import LogRecord
from valija.tile import Tile, join_entries
from valija.verifier import HeadVerifier
from valija.wire.log import parse_record_chunk

_RUN = 16  # Signatures a job: handing one over costs as much as half a verification.
_AHEAD = 1024  # Heads verified ahead of the fold: those of a chunk, and some to spare.
Job = Callable[[], None]
Ahead = Callable[[Sequence[Job]], None]
"""Runs jobs, in threads if it likes, and returns when all are done; none of them raises."""


class LogReader(Protocol):
    """What fetches a served file of a log by its path."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            AbsentError: There is no such file.
            UnavailableError: It cannot be read now.
        """
        ...


@dataclass(slots=True)
class Findings:
    """What an audit has found so far.

    Attributes:
        size: Records read, all under a verified checkpoint.
        root: Root over them.
        minute: Minute of the newest entry.
        counted: Batches that count.
        items: Items that count, by kind.
        void: Batches that do not count, by the refusal's sentence.
        void_items: Items voided alone, because their label id counted before.
        alarms: What desks must explain about their own chains.
        state: Digest of the fold, which broker and node can compare with theirs.
    """

    size: int = 0
    root: Digest = ZERO_DIGEST
    minute: Minute = FIRST_MINUTE
    counted: int = 0
    items: Counter[Kind] = field(default_factory=Counter)
    void: Counter[str] = field(default_factory=Counter)
    void_items: int = 0
    alarms: list[Alarm] = field(default_factory=list)
    state: Digest = ZERO_DIGEST


class Audit:
    """One log, followed from its first record on.

    Attributes:
        findings: What was found up to the newest checkpoint that held.
    """

    def __init__(self, anchor: Anchor, reader: LogReader, ahead: Ahead | None = None) -> None:
        """Begin before the first record.

        Args:
            anchor: What all follows from.
            reader: Fetches files of the log.
            ahead: Runs signature checks before the fold asks for them.
        """
        self.findings = Findings()
        self._anchor, self._reader, self._ahead = anchor, reader, ahead
        self._policy = parse_policy(anchor.policy)
        self._verifier = HeadVerifier(_AHEAD)
        self._fold = Fold(anchor, self._verifier)
        self._frontier = Frontier()
        self._checkpoint: VerifiedCheckpoint | None = None

    def read_checkpoint(self) -> VerifiedCheckpoint:
        """Return the log's newest checkpoint: its signatures, its growth, its quorum hold.

        Raises:
            MalformedError: The file is no checkpoint.
            ProofError: Another log, a false signature, too few witnesses, a log that shrank.
            SplitViewError: Another root at a size that was verified.
        """
        note, anchor = self._reader.read(CHECKPOINT), self._anchor
        witnesses = list(self._policy.witnesses.values())
        found = verify_checkpoint(note, anchor.origin, [anchor.log_key], witnesses)
        self._policy.require(found.cosigners)
        before, now = self._checkpoint, found.checkpoint
        if before is not None and now.size < before.checkpoint.size:
            raise ProofError("the log shrank")
        if now.size == self._frontier.size and now.root != self._frontier.root():
            raise SplitViewError("the log signed two roots for one size")
        return found

    def read_records(self, checkpoint: VerifiedCheckpoint) -> None:
        """Read and fold all records up to a checkpoint, and compare the tree with it.

        Raises:
            MalformedError: A record does not parse.
            ProofError: Records, entry bundles, hash tiles and checkpoint disagree, or what
                stands beside a leaf is not what the leaf commits to.
        """
        size = checkpoint.checkpoint.size
        for chunk in chunks(size, self._frontier.size):
            self._read_chunk(chunk)
        if self._frontier.root() != checkpoint.checkpoint.root:
            raise ProofError("the records do not make the checkpoint's root")
        for tile, expected in self._frontier.partial_tiles():
            self._compare(tile, expected)
        self._checkpoint = checkpoint
        self.findings.size, self.findings.root = size, checkpoint.checkpoint.root
        self.findings.state = self._fold.digest()

    def alarms(self) -> list[Alarm]:
        """Return all alarms: those met on the way, and numbers missing at the last minute."""
        return [*self.findings.alarms, *self._fold.alarms(self.findings.minute)]

    def _read_chunk(self, chunk: Chunk) -> None:
        records = parse_record_chunk(self._reader.read(chunk.path))
        if len(records) != chunk.width:
            raise ProofError("a chunk of records has another length than its name says")
        entries = [record.entry for record in records]
        self._compare(Tile(None, chunk.index, chunk.width), join_entries(entries))
        fresh = records[self._frontier.size - chunk.start :]
        self._verify_ahead(fresh)
        for record in fresh:
            self._take(record)

    def _take(self, record: LogRecord) -> None:
        outcome = self._fold.apply(self._frontier.size, record)
        if outcome.error is not None:
            record.check()
        for tile, expected in self._frontier.append(leaf_hash(record.entry)):
            self._compare(tile, expected)
        self._note(outcome)

    def _compare(self, tile: Tile, expected: bytes) -> None:
        if self._reader.read(tile.path) != expected:
            raise ProofError(f"{tile.path} is not what the records give")

    def _note(self, outcome: Outcome) -> None:
        findings = self.findings
        findings.minute = outcome.minute
        findings.alarms += outcome.alarms
        if outcome.error is not None:
            findings.void[str(outcome.error)] += 1
            return
        findings.counted += 1
        findings.void_items += len(outcome.void_items)
        kept = enumerate(outcome.batch.items)
        findings.items.update(i.kind for n, i in kept if n not in outcome.void_items)

    def _verify_ahead(self, records: Sequence[LogRecord]) -> None:
        if self._ahead is not None:
            parsed = [record.parsed() for record in records]
            runs = [parsed[at : at + _RUN] for at in range(0, len(parsed), _RUN)]
            self._ahead([self._job(run) for run in runs])

    def _job(self, run: Sequence[tuple[Entry, Batch]]) -> Job:
        find = self._fold.directory.signing_key

        def verify() -> None:
            for entry, batch in run:
                head = batch.head
                # Where it fails, the fold asks again: it knows the keys before this record.
                with suppress(SignatureError):
                    key = find(head.signer, head.key_id, entry.minute)
                    self._verifier.verify(key.key, batch.head_bytes, batch.value)

        return verify


@dataclass(frozen=True, slots=True)
class Step:
    """One check and how it ended.

    Attributes:
        name: Short constant.
        holds: Whether it held.
        says: One sentence for people.
    """

    name: str
    holds: bool
    says: str


def follow(audit: Audit) -> list[Step]:
    """Check a log up to its newest checkpoint, and return the steps; the last may fail.

    Raises:
        MalformedError: Something served does not parse.
        AbsentError: Something that must be served is not there.
        UnavailableError: It cannot be read now.
    """
    steps: list[Step] = []
    try:
        checkpoint = audit.read_checkpoint()
        size = checkpoint.checkpoint.size
        said = f"The log signed a checkpoint over {size} entries, and the policy is met."
        steps.append(Step("checkpoint", holds=True, says=said))
        audit.read_records(checkpoint)
    except VerificationError as error:
        name = "records" if steps else "checkpoint"
        return [*steps, Step(name, holds=False, says=f"It fails: {error}.")]
    return [*steps, *_told(audit)]


def _told(audit: Audit) -> list[Step]:
    found = audit.findings
    alarms, void = audit.alarms(), found.void.total()
    sentences = {
        "tree": f"All {found.size} records, bundles and tiles make the signed root.",
        "fold": f"{found.counted} batches count, {void} are void, "
        f"{found.void_items} items are void alone.",
        "chains": f"{len(alarms)} alarms about desks' own numbers.",
    }
    return [Step(name, holds=True, says=said) for name, said in sentences.items()]
