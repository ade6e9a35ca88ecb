"""Turn what a broker delivered into a verified type, or refuse it.

It promises that a `VerifiedEnvelope`, `VerifiedReceipt` or `VerifiedStatement` came through
docs/envelope.md, section 3.6, steps 3 to 7, in that order: the caller has done 1 (parsing)
and 2 (the checkpoint), keeps aside what fails, and goes on with 8 (unsealing), which never
meets an unverified thing. It keeps no state and moves no cursor.

Source: docs/envelope.md, section 3.6.
"""

from collections.abc import Callable
from dataclasses import dataclass

from valija.authority import check_signer, is_broker
from valija.checkpoint import VerifiedCheckpoint
from valija.clock import Day
from valija.directory import Directory
from valija.envelope import Envelope, VerifiedEnvelope, verify_recipient
from valija.errors import (
    DuplicateError,
    MalformedError,
    ProofError,
    SignatureError,
    VerificationError,
)
from valija.head import Entry, Head, parse_head
from valija.ids import Desk, Digest, LeafIndex, digest
from valija.judgement import Moment, judge_label
from valija.label import Label
from valija.logged import Delivery, Logged
from valija.merkle import leaf_hash, verify_inclusion
from valija.receipt import FIRST_BROKER_EVENT, Receipt, VerifiedReceipt
from valija.statement import VerifiedStatement
from valija.verifier import HeadVerifier

Verified = VerifiedEnvelope | VerifiedReceipt | VerifiedStatement


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and what it knows.

    Attributes:
        desk: Whose inbox this is.
        directory: As far as its deliveries told it.
        verifier: Remembers verified heads.
        known: Where a label that this desk holds stands in the log, by label digest; None
            for one that it does not hold.
        today: Day of its clock: from `expires` on, sealed parts may be absent.
    """

    desk: Desk
    directory: Directory
    verifier: HeadVerifier
    known: Callable[[Digest], LeafIndex | None]
    today: Day


def verify_delivery(
    delivery: Delivery, checkpoint: VerifiedCheckpoint, reader: Reader
) -> Verified:
    """Verify one delivery under a checkpoint: 3.6, steps 3 to 7.

    3. The entry, made from minute, head and value, leads to the checkpoint's root.
    4. The key is in force at that minute and leaf, for this desk, role and kind; the
       signature holds; the item leads to the head's root.
    5. The label may be admitted, as far as one recipient sees it; it is not held already.
    6. The stanza is this desk's own, leads to the recipients' root; terms and content are the
       label's.
    7. The verified type. A hole in a pair's sequence is the caller's question to ask.

    Args:
        delivery: Parsed strictly.
        checkpoint: The one that came with it, or a later one that its proof leads to.
        reader: Who reads.

    Raises:
        ProofError: Step 3 or 6.
        SignatureError: Step 4.
        VerificationError: Step 5.
        DuplicateError: Step 5: the label is held already, at `leaf_index`. Where that is
            this leaf, the delivery is the same again and is ignored; else it is an alarm.
    """
    logged = delivery.logged
    _verify_entry(logged, checkpoint)
    head = _verify_signature(logged, reader)
    match logged.item.body:
        case Label() as label:
            return _verify_label(delivery, label, head, reader)
        case Receipt() as receipt:
            return _verify_receipt(logged, receipt, head, reader.desk)
        case Envelope() | None:
            raise VerificationError("this kind of item is not open")
        case body:
            place = (logged.proof.leaf_index, logged.proof.logged)
            said = (logged.item.kind, logged.item.payload, body)
            return VerifiedStatement(*said, head.signer, head.key_id, *place)


def _verify_entry(logged: Logged, checkpoint: VerifiedCheckpoint) -> None:
    # 3.
    proof, signature = logged.proof, logged.signature
    entry = Entry(proof.logged, signature.head, digest(signature.value))
    size, top = checkpoint.checkpoint.size, checkpoint.checkpoint.root
    verify_inclusion(leaf_hash(entry.to_bytes()), proof.leaf_index, size, proof.path, top)


def _verify_signature(logged: Logged, reader: Reader) -> Head:
    # 4.
    proof, signature, item = logged.proof, logged.signature, logged.item
    try:
        head = parse_head(signature.head)
        place = (proof.logged, proof.leaf_index)
        key = reader.directory.signing_key(head.signer, head.key_id, *place)
        check_signer(key, item.kind, item.body)
        reader.verifier.verify(key.key, signature.head, signature.value)
        verify_inclusion(item.leaf(), signature.index, head.size, signature.path, head.root)
    except (MalformedError, ProofError) as cause:
        raise SignatureError("the item is not under the signed head") from cause
    return head


def _verify_label(
    delivery: Delivery, label: Label, head: Head, reader: Reader
) -> VerifiedEnvelope:
    # 5.
    stanza, proof, item = delivery.stanza, delivery.logged.proof, delivery.logged.item
    if stanza is None or stanza.recipient != reader.desk:
        raise ProofError("the stanza is another desk's")
    moment = Moment(reader.directory, proof.logged, proof.leaf_index)
    judge_label(label, (stanza,), head.signer, moment)
    held = reader.known(digest(item.payload))
    if held is not None:
        raise DuplicateError("this label is held already", held)
    # 6.
    verify_recipient(label, stanza, delivery.recipient_path)
    _verify_sealed(delivery, label, reader.today)
    # 7.
    sealed = (delivery.terms, delivery.content)
    place = (proof.leaf_index, proof.logged)
    return VerifiedEnvelope(label, item.payload, head, *place, stanza, *sealed)


def _verify_sealed(delivery: Delivery, label: Label, today: Day) -> None:
    if not delivery.terms and not delivery.content and today >= label.expires:
        return  # The broker's copy has ended: stored as expired.
    if digest(delivery.terms) != label.terms_digest:
        raise ProofError("the sealed terms are not the label's")
    content = delivery.content
    if digest(content) != label.content_digest or len(content) != label.content_size:
        raise ProofError("the sealed content is not the label's")


def _verify_receipt(
    logged: Logged, receipt: Receipt, head: Head, desk: Desk
) -> VerifiedReceipt:
    # 5, as far as one reader sees it: whose doing it is, and that it was meant for us.
    by_broker = receipt.event >= FIRST_BROKER_EVENT
    if by_broker is not is_broker(head.signer) or not (
        by_broker or receipt.desk == head.signer
    ):
        raise VerificationError("a receipt tells its own signer's doing, or a broker's finding")
    if desk not in logged.item.to:
        raise VerificationError("this receipt was addressed to others")
    proof, item = logged.proof, logged.item
    place = (proof.leaf_index, proof.logged)
    return VerifiedReceipt(item.payload, receipt, item.to, head.signer, *place)
