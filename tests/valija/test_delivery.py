"""From what a broker delivered to a verified type, step by step; each step can fail alone."""

from dataclasses import replace

import pytest

from tests.valija.realm import (
    ORIGIN,
    START,
    Realm,
    agreement,
    log_secret,
    receipt,
    relabelled,
    state_desk,
)
from valija.batch import Batch, Item
from valija.checkpoint import (
    Checkpoint,
    VerifiedCheckpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from valija.clock import Day, Minute, SystemClock, day_of, instant_of
from valija.delivery import Reader, verify_delivery
from valija.envelope import Envelope, VerifiedEnvelope, recipient_path
from valija.errors import DuplicateError, ProofError, SignatureError, VerificationError
from valija.head import Entry
from valija.ids import Desk, Digest, Kind, LeafIndex, Office, digest
from valija.logged import Delivery, Logged, LogProof, Signature
from valija.merkle import leaf_hash
from valija.receipt import Event, VerifiedReceipt
from valija.statement import VerifiedStatement
from valija.verifier import HeadVerifier
from valija.wire.item import item

AR, BR, MX = state_desk("AR"), state_desk("BR"), state_desk("MX")
TODAY = day_of(START)


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def checkpoint(realm: Realm) -> VerifiedCheckpoint:
    clock = SystemClock(lambda: instant_of(START))
    held = Checkpoint(ORIGIN, realm.tree.size, realm.tree.root())
    note = sign_checkpoint(held, log_secret(), clock)
    return verify_checkpoint(note, ORIGIN, [realm.anchor.log_key])


def logged(realm: Realm, batch: Batch, place: int, index: int = 0) -> Logged:
    held = batch.items[index]
    if isinstance(held.body, Envelope):
        held = replace(held, body=held.body.label)
    signature = Signature(batch.head_bytes, batch.value, index, batch.item_path(index))
    minute = realm.records[place].parsed_entry().minute
    proof = LogProof(LeafIndex(place), minute, realm.tree.inclusion(place))
    return Logged(held, signature, proof)


def deliver(realm: Realm, batch: Batch, desk: Desk, index: int = 0) -> Delivery:
    """Log a batch and return one of its notices as the broker delivers it to a desk."""
    place = realm.log(batch).leaf_index
    envelope = batch.items[index].body
    assert isinstance(envelope, Envelope)
    stanza = next(each for each in envelope.stanzas if each.recipient == desk)
    sealed = (envelope.terms or b"", envelope.content or b"")
    path = recipient_path(envelope, desk)
    return Delivery(logged(realm, batch, place, index), stanza, path, *sealed)


def reader(realm: Realm, desk: Desk = BR, today: Day = TODAY) -> Reader:
    return Reader(desk, realm.fold.directory, HeadVerifier(), lambda _label: None, today)


@pytest.fixture
def delivery(realm: Realm) -> Delivery:
    notice = [realm.notice("AR", BR, MX, number=number) for number in (1, 2)]
    return deliver(realm, realm.actor("AR").sign(*notice), BR, 1)


def test_a_true_delivery_becomes_a_verified_envelope(realm: Realm, delivery: Delivery) -> None:
    found = verify_delivery(delivery, checkpoint(realm), reader(realm))
    assert isinstance(found, VerifiedEnvelope)
    assert digest(delivery.logged.item.payload) == found.label_digest
    assert (delivery.terms, delivery.content) == (found.terms, found.content)
    assert AR == found.head.signer
    assert not found.expired


def test_a_statement_and_a_receipt_become_verified(realm: Realm, delivery: Delivery) -> None:
    label = digest(delivery.logged.item.payload)
    told = item(receipt(Event.DELIVERED, label, BR), [AR])
    public = item(agreement((AR, BR), id=bytes(16)))
    batch = realm.actor("BR").sign(told, public)
    place = realm.count(batch).leaf_index
    found = [
        verify_delivery(
            Delivery(logged(realm, batch, place, index), None, (), b"", b""),
            checkpoint(realm),
            reader(realm, AR),
        )
        for index in (0, 1)
    ]
    assert isinstance(found[0], VerifiedReceipt)
    assert isinstance(found[1], VerifiedStatement)
    assert Kind.AGREEMENT is found[1].kind
    assert (BR, place) == (found[1].signer, found[1].leaf_index)


@pytest.mark.parametrize("part", ["leaf_index", "logged", "path", "value", "head"])
def test_an_entry_that_is_not_under_the_checkpoint_is_refused(
    realm: Realm, delivery: Delivery, part: str
) -> None:
    proof, signature = delivery.logged.proof, delivery.logged.signature
    first = realm.records[0].batch()
    changed = {
        "leaf_index": replace(delivery.logged, proof=replace(proof, leaf_index=LeafIndex(3))),
        "logged": replace(delivery.logged, proof=replace(proof, logged=Minute(START + 1))),
        "path": replace(delivery.logged, proof=replace(proof, path=proof.path[1:])),
        "value": replace(delivery.logged, signature=replace(signature, value=bytes(3373))),
        "head": replace(delivery.logged, signature=replace(signature, head=first.head_bytes)),
    }[part]
    with pytest.raises(ProofError):
        verify_delivery(replace(delivery, logged=changed), checkpoint(realm), reader(realm))


def test_an_item_that_moves_in_its_batch_is_refused(realm: Realm, delivery: Delivery) -> None:
    signature = replace(delivery.logged.signature, index=0)
    moved = replace(delivery, logged=replace(delivery.logged, signature=signature))
    with pytest.raises(SignatureError, match="not under the signed head"):
        verify_delivery(moved, checkpoint(realm), reader(realm))


def test_a_label_does_not_pose_as_a_receipt(realm: Realm, delivery: Delivery) -> None:
    body = receipt(Event.DELIVERED, digest(b"x"), BR)
    posing = Item(Kind.RECEIPT, delivery.logged.item.payload, (), body)
    wrong = replace(delivery, logged=replace(delivery.logged, item=posing), stanza=None)
    with pytest.raises(SignatureError):
        verify_delivery(wrong, checkpoint(realm), reader(realm))


def test_a_key_that_does_not_count_at_the_leaf_is_refused(
    realm: Realm, delivery: Delivery
) -> None:
    early = replace(reader(realm), directory=Realm().fold.directory)
    with pytest.raises(SignatureError, match="no such signing key"):
        verify_delivery(delivery, checkpoint(realm), early)


def test_a_false_signature_in_the_log_is_refused(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    forged = deliver(realm, replace(batch, value=bytes(3373)), BR)
    with pytest.raises(SignatureError):
        verify_delivery(forged, checkpoint(realm), reader(realm))


def test_a_head_that_does_not_parse_is_refused(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    broken = replace(batch.head, size=65)
    place = len(realm.records)
    entry = Entry(START, broken.to_bytes(), digest(batch.value))
    realm.tree.append(leaf_hash(entry.to_bytes()))
    envelope = batch.items[0].body
    assert isinstance(envelope, Envelope)
    signature = Signature(broken.to_bytes(), batch.value, 0, ())
    proof = LogProof(LeafIndex(place), START, realm.tree.inclusion(place))
    held = Logged(replace(batch.items[0], body=envelope.label), signature, proof)
    wrong = Delivery(held, envelope.stanzas[0], (), b"t", b"c")
    with pytest.raises(SignatureError, match="not under the signed head"):
        verify_delivery(wrong, checkpoint(realm), reader(realm))


def test_a_label_that_admission_should_have_refused_is_refused(realm: Realm) -> None:
    batch = realm.actor("AR").sign(relabelled(realm.envelope("AR", BR), suite=2))
    with pytest.raises(VerificationError, match="suite allowed"):
        verify_delivery(deliver(realm, batch, BR), checkpoint(realm), reader(realm))


def test_a_label_held_already_is_a_duplicate_with_its_leaf(
    realm: Realm, delivery: Delivery
) -> None:
    def known(_label: Digest) -> LeafIndex:
        return LeafIndex(3)

    with pytest.raises(DuplicateError) as caught:
        verify_delivery(delivery, checkpoint(realm), replace(reader(realm), known=known))
    assert 3 == caught.value.leaf_index


def test_another_desks_stanza_does_not_open_the_door(realm: Realm, delivery: Delivery) -> None:
    for wrong in (reader(realm, MX), reader(realm, state_desk("BR", Office.JUDICIAL))):
        with pytest.raises(ProofError, match="another desk's"):
            verify_delivery(delivery, checkpoint(realm), wrong)
    with pytest.raises(ProofError, match="another desk's"):
        verify_delivery(replace(delivery, stanza=None), checkpoint(realm), reader(realm))


def test_a_stanza_that_is_not_under_the_recipients_root_is_refused(
    realm: Realm, delivery: Delivery
) -> None:
    assert delivery.stanza is not None
    swapped = replace(delivery.stanza, sealed=bytes(1168))
    for wrong in (
        replace(delivery, stanza=swapped),
        replace(delivery, stanza=replace(delivery.stanza, index=3)),
        replace(delivery, recipient_path=delivery.recipient_path[:1]),
    ):
        with pytest.raises(ProofError):
            verify_delivery(wrong, checkpoint(realm), reader(realm))


def test_sealed_parts_that_are_not_the_labels_are_refused(
    realm: Realm, delivery: Delivery
) -> None:
    for wrong in (
        replace(delivery, terms=b"x"),
        replace(delivery, content=b"x"),
        replace(delivery, terms=b""),
        replace(delivery, terms=b"", content=b""),
    ):
        with pytest.raises(ProofError, match=r"(are|is) not the label's"):
            verify_delivery(wrong, checkpoint(realm), reader(realm))


def test_past_expiry_sealed_parts_may_be_absent(realm: Realm, delivery: Delivery) -> None:
    assert delivery.stanza is not None
    stanza = replace(delivery.stanza, sealed=delivery.stanza.sealed_digest)
    bare = replace(delivery, terms=b"", content=b"", stanza=stanza)
    late = reader(realm, today=Day(TODAY + 30))
    found = verify_delivery(bare, checkpoint(realm), late)
    assert isinstance(found, VerifiedEnvelope)
    assert found.expired
    with pytest.raises(ProofError):
        verify_delivery(bare, checkpoint(realm), reader(realm, today=Day(TODAY + 29)))


def test_a_receipt_of_anothers_doing_or_for_others_is_refused(
    realm: Realm, delivery: Delivery
) -> None:
    label = digest(delivery.logged.item.payload)
    cases = [
        (receipt(Event.DELIVERED, label, MX), [AR], "own signer"),
        (receipt(Event.NOT_DELIVERED, label, BR), [AR], "own signer"),
        (receipt(Event.DELIVERED, label, BR), [MX], "addressed to others"),
    ]
    for told, to, what in cases:
        batch = realm.actor("BR").sign(item(told, to))
        place = realm.log(batch).leaf_index
        wrong = Delivery(logged(realm, batch, place), None, (), b"", b"")
        with pytest.raises(VerificationError, match=what):
            verify_delivery(wrong, checkpoint(realm), reader(realm, AR))


def test_a_kind_that_is_not_open_is_refused(realm: Realm) -> None:
    batch = realm.actor("AR").sign(Item(Kind.ORDER, b"x", (BR,), None))
    place = realm.log(batch).leaf_index
    wrong = Delivery(logged(realm, batch, place), None, (), b"", b"")
    with pytest.raises(VerificationError, match="not open"):
        verify_delivery(wrong, checkpoint(realm), reader(realm))
