"""What a whole batch would change, judged item by item before anything is changed.

It promises all or nothing: items are judged in order, each against what those before it in
the batch would change, and one that fails takes the batch with it; only a label id that
counted before voids its item alone. `valija.fold` asks for the verdict and applies it.

Source: docs/envelope.md, section 3.5 (step 4) and section 4 (Fold).
"""

from array import array
from dataclasses import dataclass, field, replace

from valija.authority import apply_statement
from valija.batch import Batch, Item
from valija.catalogue import Catalogue
from valija.docket import Docket
from valija.envelope import Envelope
from valija.errors import SignatureError, VerificationError
from valija.head import Head
from valija.ids import Desk, Digest, LabelId, LeafIndex, digest
from valija.judgement import Moment, judge_envelope, judge_receipt
from valija.label import Label
from valija.receipt import Event, Receipt
from valija.statement import Endorsement, Statement, VerifiedStatement

_DIGEST_BYTES = 32


class HeadBook:
    """Heads by digest: those that count, and those that never will.

    Attributes:
        rejected: Heads a broker refused, with the desk it names.
        withdrawn: By desk, the heads it gave up after that.
    """

    def __init__(self) -> None:
        self.rejected: dict[Digest, Desk] = {}
        self.withdrawn: dict[Desk, set[Digest]] = {}
        self._counted = Catalogue(_DIGEST_BYTES)
        self._leaves = array("Q")

    def leaf(self, head: Digest) -> LeafIndex | None:
        """Return where a head that counts stands; None if it does not count."""
        number = self._counted.find(head)
        return None if number is None else LeafIndex(self._leaves[number])

    def count(self, head: Digest, leaf: LeafIndex) -> None:
        """Take a head that counts, at its leaf, once."""
        self._counted.add(head)
        self._leaves.append(leaf)


@dataclass(slots=True)
class Verdict:
    """What a batch would change.

    Attributes:
        moment: With the directory as the batch leaves it.
        void_items: Items whose label id counted before.
        labels: Notices that would count, with the digest of their label.
        receipts: Receipts about labels that would count.
        rejected: Heads that would be refused for ever, with the desk named.
        withdrawn: Heads that would be given up by the signer.
    """

    moment: Moment
    void_items: set[int] = field(default_factory=set)
    labels: dict[Digest, Envelope] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    rejected: dict[Digest, Desk] = field(default_factory=dict)
    withdrawn: set[Digest] = field(default_factory=set)


def judge_batch(batch: Batch, moment: Moment, docket: Docket, heads: HeadBook) -> Verdict:
    """Return what a batch whose signature holds would change.

    Args:
        batch: As submitted or as the log keeps it.
        moment: When, against the directory as of the leaves before.
        docket: Labels and receipts as of the leaves before.
        heads: As of the leaves before.

    Raises:
        VerificationError: An item may not be admitted.
    """
    judge = _Judge(batch.head, docket, heads, Verdict(moment))
    for index, item in enumerate(batch.items):
        judge.take(index, item)
    return judge.verdict


class _Judge:
    """Takes the items of one batch in order."""

    def __init__(self, head: Head, docket: Docket, heads: HeadBook, verdict: Verdict) -> None:
        self._head, self._docket, self._heads = head, docket, heads
        self._ids: set[LabelId] = set()
        self._seen: set[tuple[Event, Digest, Desk]] = set()
        self.verdict = verdict

    def take(self, index: int, item: Item) -> None:
        """Judge one item, against what those before it would change."""
        match item.body:
            case Envelope() as envelope:
                self._take_label(index, digest(item.payload), envelope)
            case Receipt() as receipt:
                self._take_receipt(item, receipt)
            case Endorsement() as body if body.withdrawn and not self._names(body):
                self._take_withdrawal(body)
            case None | Label():
                raise VerificationError("this kind of item is not open")
            case body:
                self._take_statement(item, body)

    def _take_label(self, index: int, name: Digest, envelope: Envelope) -> None:
        label, signer = envelope.label, self._head.signer
        judge_envelope(envelope, signer, self.verdict.moment)
        if label.id in self._ids or self._docket.has_id(signer, label.id):
            self.verdict.void_items.add(index)
            return
        self._ids.add(label.id)
        self.verdict.labels[name] = envelope

    def _take_receipt(self, item: Item, receipt: Receipt) -> None:
        moment, signer = self.verdict.moment, self._head.signer
        judge_receipt(receipt, item.to, signer, moment, self._docket)
        name = (receipt.event, receipt.subject, receipt.desk)
        if name in self._seen:
            raise VerificationError("a receipt counts once")
        self._seen.add(name)
        if receipt.event is Event.REJECTED:
            self._take_rejection(item, receipt)
        else:
            self.verdict.receipts.append(receipt)

    def _take_rejection(self, item: Item, receipt: Receipt) -> None:
        name = receipt.subject
        if receipt.desk not in item.to:
            raise VerificationError("a rejection reaches the desk whose head it refuses")
        if self._heads.leaf(name) is not None or name in self._heads.rejected:
            raise VerificationError("a head that counts is not rejected, nor one twice")
        self.verdict.rejected[name] = receipt.desk

    def _names(self, body: Endorsement) -> bool:
        directory, name = self.verdict.moment.directory, body.statement
        lines = (directory.memberships, directory.agreements, directory.bundles)
        return any(line.find(name) is not None for line in lines)

    def _take_withdrawal(self, body: Endorsement) -> None:
        name, signer = body.statement, self._head.signer
        given_up = self._heads.withdrawn.get(signer, ())
        if self._heads.rejected.get(name) != signer or name in given_up:
            raise VerificationError("only a head of one's own that was rejected is withdrawn")
        if name in self.verdict.withdrawn or body.reason != "rejected":
            raise VerificationError("a rejected head is withdrawn once, and for that reason")
        self.verdict.withdrawn.add(name)

    def _take_statement(self, item: Item, body: Statement) -> None:
        moment, head = self.verdict.moment, self._head
        place = (moment.leaf, moment.minute)
        signed = VerifiedStatement(
            item.kind, item.payload, body, head.signer, head.key_id, *place
        )
        try:
            directory = apply_statement(moment.directory, signed)
        except SignatureError as cause:
            # The batch's own signature holds, so this refusal is logged: no SignatureError.
            raise VerificationError(str(cause)) from cause
        self.verdict.moment = replace(moment, directory=directory)
