"""The log as a state: what counts of all that was logged, the same for everybody who reads it.

It promises to be a pure function of the records in their order, and that admission and fold
judge by one code: `authenticate` and `judge_items` are docs/envelope.md, 3.5, steps 2 to 4,
asked with the broker's now or repeated with the entry's minute. A void record stays a leaf and
changes nothing but the number its signer used up. Tree, disk and network are others' affair.

Source: docs/envelope.md, section 3.5 and section 4 (Fold).
"""

from valija.anchor import Anchor
from valija.authority import check_signer
from valija.batch import Batch
from valija.chain import Chain
from valija.clock import Minute
from valija.directory import Directory
from valija.docket import Docket
from valija.errors import DuplicateError, ProofError, SignatureError, VerificationError
from valija.head import ChainPoint
from valija.ids import Desk, Digest, LeafIndex, digest
from valija.judgement import Moment
from valija.keyring import KeyRecord
from valija.merkle import root
from valija.outcome import Alarm, AlarmKind, Outcome
from valija.record import LogRecord
from valija.verdict import HeadBook, Verdict, judge_batch
from valija.verifier import HeadVerifier


class Fold:
    """Membership, keys, agreements, duplicates, chains and receipts as of the next leaf.

    Attributes:
        size: How many records were folded; the next offset.
        directory: Keys, members, agreements and bundles; a new object after each change.
    """

    def __init__(self, anchor: Anchor, verifier: HeadVerifier | None = None) -> None:
        """Begin with the empty log.

        Args:
            anchor: What all follows from.
            verifier: Verifies heads; one that is shared may have done so ahead, in threads.
        """
        self.size = LeafIndex(0)
        self.directory = Directory.of(anchor)
        self._verifier = verifier or HeadVerifier()
        self._docket = Docket()
        self._heads = HeadBook()
        self._chains: dict[Desk, Chain] = {}
        self._unsettled: set[Digest] = set()
        self._digest = digest(anchor.to_bytes())

    def authenticate(self, batch: Batch, minute: Minute) -> KeyRecord:
        """Return the key that signed a batch: 3.5, steps 2 and 3.

        A refusal here is never logged: it proves nothing against the desk named.

        Raises:
            DuplicateError: The head counts already; with its leaf index.
            VerificationError: The head was rejected or withdrawn, or its number is taken.
            SignatureError: The key is not in force or of another role, the items do not make
                the root, or the signature is false.
        """
        head, name = batch.head, batch.head_digest
        # 2. Head known; number taken; rejected or withdrawn.
        if (first := self._heads.leaf(name)) is not None:
            raise DuplicateError("this head is logged", first)
        if name in self._heads.rejected:
            raise VerificationError("this head was rejected, and is barred for ever")
        if not self._is_number_free(batch):
            raise VerificationError("this desk signed another head with this number")
        # 3. Key in force, this desk, role by kind; items make the root; signature.
        key = self.directory.signing_key(head.signer, head.key_id, minute, self.size)
        for item in batch.items:
            check_signer(key, item.kind, item.body)
        if head.size != len(batch.items) or head.root != root([i.leaf() for i in batch.items]):
            raise SignatureError("the items do not make the root that was signed")
        self._verifier.verify(key.key, batch.head_bytes, batch.value)
        return key

    def judge_items(self, batch: Batch, minute: Minute) -> Verdict:
        """Return what an authenticated batch would change: 3.5, step 4.

        A refusal here is logged as REJECTED by the broker that makes it.

        Raises:
            VerificationError: An item may not be admitted, or is no more.
        """
        moment = Moment(self.directory, minute, self.size)
        return judge_batch(batch, moment, self._docket, self._heads)

    def judge(self, batch: Batch, minute: Minute) -> None:
        """Judge a batch for admission: 3.5, steps 2 to 4.

        Raises:
            DuplicateError: As `authenticate`.
            SignatureError: As `authenticate`.
            VerificationError: As both; also where a label id is taken, which in the log voids
                its item alone.
        """
        self.authenticate(batch, minute)
        if self.judge_items(batch, minute).void_items:
            raise VerificationError("a label id counts once")

    def apply(self, offset: int, record: LogRecord) -> Outcome:
        """Take the next record, and return what it did.

        Raises:
            ProofError: The offset is not the next one: stop, and never skip.
            MalformedError: The record holds no entry or no head: stop likewise.
        """
        if offset != self.size:
            raise ProofError("a log has no gap: the next record has another offset")
        entry, batch = record.parsed()
        try:
            if digest(record.value) != entry.value_digest:
                raise SignatureError("the entry names another signature")
            self.authenticate(batch, entry.minute)
        except (VerificationError, DuplicateError) as error:
            outcome = self._voided(batch, entry.minute, error, self._convict(batch))
        else:
            outcome = self._weigh(batch, entry.minute)
        self._advance(record.entry, outcome)
        return outcome

    def digest(self) -> Digest:
        """Return the digest of all that was decided so far, equal for equal folds."""
        return self._digest

    def known_head(self, head: Digest) -> LeafIndex | None:
        """Return where a head that counts stands; None if there is none."""
        return self._heads.leaf(head)

    def rejected(self, head: Digest) -> bool:
        """Return whether a head was refused for ever."""
        return head in self._heads.rejected

    def withdrawn(self, desk: Desk, head: Digest) -> bool:
        """Return whether a desk gave up one of its rejected heads."""
        return head in self._heads.withdrawn.get(desk, ())

    def chain(self, desk: Desk) -> ChainPoint:
        """Return the highest number of a desk that the log holds, with its head's digest."""
        return self._chains.get(desk, Chain()).point

    @property
    def docket(self) -> Docket:
        """Labels that count, and their receipts; to be read only."""
        return self._docket

    def alarms(self, minute: Minute) -> tuple[Alarm, ...]:
        """Return which desks' numbers have been missing for ten minutes."""
        return tuple(
            Alarm(AlarmKind.MISSING_NUMBER, desk, gap.first)
            for desk, chain in self._chains.items()
            for gap in chain.missing(minute, self._heads.withdrawn.get(desk, frozenset()))
        )

    def _weigh(self, batch: Batch, minute: Minute) -> Outcome:
        try:
            verdict = self.judge_items(batch, minute)
        except VerificationError as error:
            alarms = self._spend(batch, minute)
            self._unsettled.add(batch.head_digest)
            return self._voided(batch, minute, error, alarms)
        alarms = self._spend(batch, minute)
        self._unsettled.discard(batch.head_digest)
        self._settle(batch, minute, verdict)
        void_items = frozenset(verdict.void_items)
        return Outcome(self.size, minute, batch, None, void_items, alarms)

    def _voided(
        self,
        batch: Batch,
        minute: Minute,
        error: VerificationError | DuplicateError,
        alarms: tuple[Alarm, ...],
    ) -> Outcome:
        kept = error.with_traceback(None)  # An outcome may be kept; frames may not.
        return Outcome(self.size, minute, batch, kept, alarms=alarms)

    def _spend(self, batch: Batch, minute: Minute) -> tuple[Alarm, ...]:
        """Take the number of a head whose signature holds, whether or not it counts."""
        head, name = batch.head, batch.head_digest
        if name in self._unsettled:
            return ()
        chain = self._chains.setdefault(head.signer, Chain())
        agrees = chain.add(head, name, minute)
        return () if agrees else (_alarm(AlarmKind.WRONG_PREVIOUS, batch),)

    def _settle(self, batch: Batch, minute: Minute, verdict: Verdict) -> None:
        signer = batch.head.signer
        self.directory = verdict.moment.directory
        self._heads.count(batch.head_digest, self.size)
        self._heads.rejected.update(verdict.rejected)
        if verdict.withdrawn:
            self._heads.withdrawn.setdefault(signer, set()).update(verdict.withdrawn)
        for name, envelope in verdict.labels.items():
            desks = [stanza.recipient for stanza in envelope.stanzas]
            self._docket.add(name, signer, desks, minute)
            self._docket.add_id(signer, envelope.label.id)
        for receipt in verdict.receipts:
            self._docket.mark(receipt.subject, receipt.desk, receipt.event)

    def _convict(self, batch: Batch) -> tuple[Alarm, ...]:
        """Tell whether a void head convicts its signer: its number is another head's too."""
        head, name = batch.head, batch.head_digest
        if self._heads.leaf(name) is not None or self._is_number_free(batch):
            return ()
        key = self.directory.keyring.find(head.signer, head.key_id)
        try:
            self._verifier.verify(key.key if key else b"", batch.head_bytes, batch.value)
        except SignatureError:
            return ()
        return (_alarm(AlarmKind.ONE_NUMBER_TWICE, batch),)

    def _is_number_free(self, batch: Batch) -> bool:
        chain = self._chains.get(batch.head.signer)
        free = chain is None or chain.is_free(batch.head.sequence)
        return free or batch.head_digest in self._unsettled

    def _advance(self, entry: bytes, outcome: Outcome) -> None:
        decided = bytes([outcome.counts, *sorted(outcome.void_items)])
        self._digest = digest(self._digest + entry + decided)
        self.size = LeafIndex(self.size + 1)


def _alarm(kind: AlarmKind, batch: Batch) -> Alarm:
    return Alarm(kind, batch.head.signer, batch.head.sequence)
