"""What the broker's answers do to our batches.

It promises that a batch is called proven only once its entry was found under a checkpoint
that the log signed, at a minute at which the fold lets it count, and is confirmed
(`node.outbox.confirming`); and that an answer changes the state of a batch and nothing else. A
refusal on the stream is not signed, so it changes no state: only the log's own REJECTED
receipt does (`node.inbox`). No more is the word "durable" signed: it moves a batch that is
ready, and none that the log refused.

Source: docs/envelope.md, section 3.4, step 4; section 3.5, step 5; section 4.
"""

from dataclasses import dataclass

from node.store import batches, log, outbox
from node.store.database import Transaction
from node.trail import Trail
from valija.batch import Batch
from valija.directory import Directory
from valija.envelope import Envelope
from valija.errors import MalformedError, ProofError, VerificationError
from valija.head import Entry
from valija.ids import Digest, Kind, digest
from valija.judgement import AHEAD_MINUTES, Moment, judge_envelope
from valija.logged import LogProof
from valija.merkle import join_path, leaf_hash, verify_inclusion
from valija.receipt import Receipt
from valija.statement import Endorsement
from valija.wire.item import parse_payload
from valija.wire.submit import Code, SubmitResponse, parse_submit_request

_JUDGED = (Kind.LABEL, Kind.RECEIPT)
_UNHEARD = (batches.READY,)
_OPEN = (batches.READY, batches.DURABLE, batches.WITHDRAWN)
_REFUSED = (batches.REJECTED,)


@dataclass(frozen=True, slots=True)
class Answer:
    """A broker's answer to one batch of ours, verified as far as it proves anything.

    Attributes:
        batch: Which batch, as this node last knew it.
        proof: Where it stands in the log; None when refused and not a duplicate.
        noted: The checkpoint that the proof leads to; None while it is only durable.
        code: What it was refused with; None when it was not.
        until: LIMIT: minute from which it may work; else 0.
        sent: What the proof is about, parsed; None where nothing is proven.
        confirmed: Not proven by one broker alone, of several that this node knows.
    """

    batch: batches.Signed
    proof: LogProof | None
    noted: log.Noted | None
    code: Code | None
    until: int = 0
    sent: Batch | None = None
    confirmed: bool = True

    @property
    def ends(self) -> bool:
        """Nothing more will come for this batch on this stream."""
        duplicate = self.code is Code.DUPLICATE
        return self.noted is not None or (self.code is not None and not duplicate)


def verify_answer(response: SubmitResponse, batch: batches.Signed, trail: Trail) -> Answer:
    """Return what an answer proves about a batch.

    Raises:
        ProofError: The entry is not under the checkpoint, or the checkpoint does not hold.
        SplitViewError: The log signed two roots for one size.
        MalformedError: A proof with a path but without checkpoint.
    """
    refused = response.refused
    code = None if refused is None else refused.code
    noted, sent = trail.follow(response.checkpoint, response.consistency), None
    if response.proof is not None and noted is not None:
        sent, _ = parse_submit_request(batch.submission)
        _verify_entry(response.proof, sent, noted)
    elif response.proof is not None and response.proof.path:
        raise MalformedError("a path leads to a checkpoint")
    until = 0 if refused is None else refused.until
    return Answer(batch, response.proof, noted, code, until, sent)


def _verify_entry(proof: LogProof, sent: Batch, noted: log.Noted) -> None:
    entry = Entry(proof.logged, sent.head_bytes, digest(sent.value))
    if proof.leaf_index >= noted.size:
        raise ProofError("the entry lies beyond the checkpoint")
    leaf = leaf_hash(entry.to_bytes())
    verify_inclusion(leaf, proof.leaf_index, noted.size, proof.path, noted.root)


def check_counts(answer: Answer, directory: Directory) -> None:
    """Judge what was proven as the log's fold does, as far as its sender sees it.

    Statements of the directory are judged where they are read back: every desk is sent them,
    and at its first start a node sends some before it has read its own keys.

    Raises:
        VerificationError: The broker logged it so that it counts for nothing: at a minute at
            which its key was not in force, or at which it was too early or too late.
    """
    proof, batch = answer.proof, answer.sent
    if proof is None or batch is None or not any(i.kind in _JUDGED for i in batch.items):
        return
    head, moment = batch.head, Moment(directory, proof.logged, proof.leaf_index)
    directory.signing_key(head.signer, head.key_id, moment.minute, moment.leaf)
    for item in batch.items:
        match item.body:
            case Envelope() as envelope:
                judge_envelope(envelope, head.signer, moment)
            case Receipt() as receipt if receipt.at > moment.minute + AHEAD_MINUTES:
                raise VerificationError("a receipt was logged before its time")


def note_answer(tx: Transaction, answer: Answer) -> None:
    """Write what an answer means for its batch."""
    batch, proof = answer.batch, answer.proof
    if proof is None:
        code = "" if answer.code is None else answer.code.name.lower()
        batches.change(tx, batch, code=code)
        return
    where = {"leaf_index": proof.leaf_index, "logged": proof.logged, "code": ""}
    if answer.noted is not None:
        log.put_checkpoint(tx, answer.noted)
    if answer.noted is None or not answer.confirmed:
        batches.change(tx, batch, since=_UNHEARD, state=batches.DURABLE, **where)
        return
    where |= {"path": join_path(proof.path), "tree_size": answer.noted.size}
    if batches.change(tx, batch, since=_OPEN, state=batches.PROVEN, **where):
        _note_withdrawals(tx, batch)


def _note_withdrawals(tx: Transaction, batch: batches.Signed) -> None:
    """Where a proven batch withdraws refused heads of ours, these are now withdrawn."""
    for item in outbox.placed(tx, batch.desk, batch.sequence):
        if item.kind is not Kind.ENDORSEMENT:
            continue
        body = parse_payload(item.kind, item.payload)
        if isinstance(body, Endorsement) and body.withdrawn and body.reason == "rejected":
            refused = batches.by_head(tx, Digest(body.statement))
            batches.change(tx, refused, since=_REFUSED, state=batches.WITHDRAWN)
