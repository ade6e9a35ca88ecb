"""Batches, records, envelopes and the verifier: the small promises."""

from dataclasses import replace

import pytest

from tests.valija.realm import Realm, composite, relabelled, seed, state_desk
from valija.envelope import recipient_leaves, recipient_path, recipients_size, verify_recipient
from valija.errors import MalformedError, ProofError, SignatureError
from valija.head import Head
from valija.ids import ZERO_DIGEST, Digest, KeyId, digest, key_id
from valija.merkle import verify_inclusion
from valija.record import place, record_of, split_place
from valija.signature import BATCH_CONTEXT
from valija.verifier import HeadVerifier

AR, BR, MX = state_desk("AR"), state_desk("BR"), state_desk("MX")


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def test_a_batch_holds_one_to_sixty_four_items(realm: Realm) -> None:
    actor, notice = realm.actor("AR"), realm.notice("AR", BR)
    for items in ([], [notice] * 65):
        with pytest.raises(MalformedError, match="1 to 64"):
            actor.draft(*items)


def test_every_item_leads_to_the_root_that_was_signed(realm: Realm) -> None:
    batch = realm.actor("AR").draft(*(realm.notice("AR", BR, number=n) for n in range(5)))
    for index, item in enumerate(batch.items):
        path = batch.item_path(index)
        verify_inclusion(item.leaf(), index, batch.head.size, path, batch.head.root)


def test_a_chain_point_is_where_the_next_head_begins(realm: Realm) -> None:
    actor = realm.actor("AR")
    first, second = actor.sign(realm.notice("AR", BR)), actor.sign(realm.notice("AR", MX))
    assert first.head.sequence + 1 == second.head.sequence
    assert first.head_digest == second.head.previous


def test_a_place_in_the_content_topic_is_one_number() -> None:
    assert (3, 17) == split_place(place(3, 17))


def test_a_record_keeps_what_the_leaf_needs_and_no_sealed_part(realm: Realm) -> None:
    batch = realm.actor("AR").draft(realm.notice("AR", BR))
    record = record_of(batch, realm.minute, [1])
    entry, kept = record.parsed()
    assert (batch.head_bytes, digest(batch.value)) == (entry.head, entry.value_digest)
    assert (entry, kept) == (record.parsed_entry(), record.batch())
    assert batch.items[0].leaf() == kept.items[0].leaf()


@pytest.mark.parametrize(
    ("count", "size"), [(1, 4), (4, 4), (5, 16), (16, 16), (17, 64), (64, 64)]
)
def test_a_recipients_tree_has_4_16_or_64_leaves(count: int, size: int) -> None:
    assert size == recipients_size(count)


@pytest.mark.parametrize("count", [0, 65])
def test_nobody_and_too_many_are_no_recipients(count: int) -> None:
    with pytest.raises(MalformedError):
        recipients_size(count)


def test_a_recipient_proves_its_own_stanza(realm: Realm) -> None:
    envelope = realm.envelope("AR", BR, MX)
    own = next(s for s in envelope.stanzas if s.recipient == MX)
    path = recipient_path(envelope, MX)
    verify_recipient(envelope.label, own, path)
    kept = replace(own, sealed=own.sealed_digest)
    verify_recipient(envelope.label, kept, path)
    with pytest.raises(ProofError):
        verify_recipient(envelope.label, replace(own, pair_sequence=9), path)
    with pytest.raises(MalformedError, match="no recipient"):
        recipient_path(envelope, state_desk("CO"))


def test_stanzas_have_places_of_their_own(realm: Realm) -> None:
    one, other = realm.envelope("AR", BR, MX).stanzas
    for stanzas in ((one, replace(other, index=one.index)), (replace(one, index=4), other)):
        with pytest.raises(MalformedError, match="place of its own"):
            recipient_leaves(stanzas, bytes(32), 4)


def test_a_base_binds_suite_originator_and_id(realm: Realm) -> None:
    label = realm.envelope("AR", BR).label
    assert b"\x01" + AR.to_bytes() + label.id == label.base()


def test_a_relabelled_notice_keeps_nothing_of_the_first_leaf(realm: Realm) -> None:
    envelope = realm.envelope("AR", BR)
    assert relabelled(envelope).leaf() != relabelled(envelope, urgent=True).leaf()


def signed_head(number: int) -> tuple[bytes, bytes]:
    name = key_id(composite("AR/police").public)
    head = Head(1, AR, KeyId(name), number, ZERO_DIGEST, 1, Digest(seed("root", 32)))
    return head.to_bytes(), composite("AR/police").sign(head.to_bytes(), BATCH_CONTEXT)


def test_a_head_that_held_is_remembered_and_the_oldest_forgotten() -> None:
    verifier, public = HeadVerifier(capacity=1), composite("AR/police").public
    first, second = signed_head(1), signed_head(2)
    verifier.verify(public, *first)
    verifier.verify(b"not asked again", *first)
    verifier.verify(public, *second)
    with pytest.raises(SignatureError):
        verifier.verify(b"asked again", *first)


def test_a_head_is_verified_under_the_key_it_names() -> None:
    head, value = signed_head(1)
    with pytest.raises(SignatureError, match="names the key"):
        HeadVerifier().verify(composite("BR/police").public, head, value)


@pytest.mark.parametrize("half", [slice(0, 3309), slice(3309, 3373)], ids=["ML-DSA", "Ed25519"])
def test_a_half_that_is_zero_or_another_heads_does_not_verify(half: slice) -> None:
    public, (head, value), (_, other) = (
        composite("AR/police").public,
        signed_head(1),
        signed_head(2),
    )
    for part in (bytes(len(value[half])), other[half]):
        forged = value[: half.start] + part + value[half.stop :]
        with pytest.raises(SignatureError):
            HeadVerifier().verify(public, head, forged)
