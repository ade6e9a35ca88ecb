"""The fold: what counts, what is void, and that everybody comes to the same."""

from dataclasses import replace

import pytest

from tests.valija.realm import (
    START,
    Realm,
    receipt,
    relabelled,
    state_desk,
)
from valija.batch import Item
from valija.chain import PATIENCE_MINUTES
from valija.clock import MINUTES_A_DAY, Day, Minute, day_of
from valija.errors import (
    DuplicateError,
    ProofError,
    SignatureError,
    VerificationError,
)
from valija.fold import Fold
from valija.head import ChainPoint
from valija.ids import ZERO_DIGEST, Desk, Digest, KeyId, Kind, LabelId, Member, Office, digest
from valija.outcome import Alarm, AlarmKind
from valija.receipt import Event
from valija.record import record_of
from valija.statement import Endorsement
from valija.wire.item import item

AR, BR, MX = state_desk("AR"), state_desk("BR"), state_desk("MX")
B1 = Desk(Member("@b1"), Office.STATE)


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def rejection(realm: Realm, head: Digest, desk: Desk = AR) -> None:
    told = receipt(Event.REJECTED, head, desk, ground="verification")
    realm.count(realm.actor("@b1").sign(item(told, [desk])))


def test_a_notice_between_members_counts(realm: Realm) -> None:
    notice = realm.notice("AR", BR, MX)
    outcome = realm.count(realm.actor("AR").sign(notice))
    label = digest(notice.payload)
    assert AR == realm.fold.docket.originator(label)
    assert (BR, MX) == realm.fold.docket.recipients(label)
    assert START == realm.fold.docket.logged(label)
    assert outcome.leaf_index == realm.fold.known_head(outcome.batch.head_digest)


def test_a_logged_head_is_answered_with_its_first_leaf(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    first = realm.count(batch)
    with pytest.raises(DuplicateError) as caught:
        realm.fold.judge(batch, realm.minute)
    assert first.leaf_index == caught.value.leaf_index
    again = realm.log(batch)
    assert isinstance(again.error, DuplicateError)
    assert not again.counts
    assert () == again.alarms


def test_two_heads_with_one_number_convict_their_signer(realm: Realm) -> None:
    actor = realm.actor("AR")
    point = actor.point
    first, second = (actor.draft(realm.notice("AR", BR, number=n), point=point) for n in (1, 2))
    realm.count(first)
    with pytest.raises(VerificationError, match="another head"):
        realm.fold.judge(second, realm.minute)
    alarm = Alarm(AlarmKind.ONE_NUMBER_TWICE, AR, point.sequence + 1)
    assert (alarm,) == realm.log(second).alarms


def test_a_forged_head_with_a_taken_number_convicts_nobody(realm: Realm) -> None:
    actor = realm.actor("AR")
    point = actor.point
    realm.count(actor.sign(realm.notice("AR", BR)))
    forged = actor.draft(realm.notice("AR", BR, number=2), point=point)
    forged = replace(forged, value=bytes(3373))
    outcome = realm.log(forged)
    assert isinstance(outcome.error, VerificationError)
    assert () == outcome.alarms
    unknown = replace(forged, head=replace(forged.head, key_id=KeyId(bytes(16))))
    unknown = replace(unknown, head_bytes=unknown.head.to_bytes())
    assert () == realm.log(unknown).alarms


def test_a_repeated_label_id_voids_its_item_alone_in_the_log(realm: Realm) -> None:
    actor, notice = realm.actor("AR"), realm.notice("AR", BR)
    realm.count(actor.sign(notice))
    batch = actor.sign(notice, realm.notice("AR", BR, number=2))
    with pytest.raises(VerificationError, match="label id"):
        realm.fold.judge(batch, realm.minute)
    outcome = realm.log(batch)
    assert outcome.counts
    assert frozenset({0}) == outcome.void_items


def test_a_label_id_twice_in_one_batch_counts_once(realm: Realm) -> None:
    notice = realm.notice("AR", BR)
    assert frozenset({1}) == realm.log(realm.actor("AR").sign(notice, notice)).void_items


def test_two_originators_may_draw_one_label_id(realm: Realm) -> None:
    for state in ("AR", "MX"):
        envelope = realm.envelope(state, BR)
        same = relabelled(envelope, id=LabelId(bytes(16)))
        assert frozenset() == realm.count(realm.actor(state).sign(same)).void_items


LABEL_FAULTS = {
    "suite allowed": {"suite": 2},
    "originator's own": {"originator": BR},
    "not in the future": {"issued": Minute(START + 11)},
    "within seven days": {"issued": Minute(START - 7 * MINUTES_A_DAY - 1)},
    "within thirty days": {"expires": Day(day_of(START) + 31)},
    "expiry": {"expires": Day(day_of(START) - 1)},
    "padding makes": {"content_size": 4096},
    "in force": {"agreement": digest(b"unknown")},
    "no attachments": {"blobs": (digest(b"blob"),)},
    "no grants": {"grants": (digest(b"grant"),)},
    "own recipients": {"recipients_root": digest(b"other")},
    "own terms": {"terms_digest": digest(b"other")},
    "own content": {"content_digest": digest(b"other")},
    "no recipients' tree": {"recipients_size": 4},
}


@pytest.mark.parametrize(("what", "changes"), LABEL_FAULTS.items(), ids=LABEL_FAULTS)
def test_a_label_that_fails_one_rule_is_refused_and_logged_void(
    realm: Realm, what: str, changes: dict[str, object]
) -> None:
    others = [state_desk(s, o) for s in ("BR", "MX") for o in (Office.POLICE, Office.JUDICIAL)]
    batch = realm.actor("AR").sign(
        relabelled(realm.envelope("AR", *others, state_desk("AR", Office.JUDICIAL)), **changes)
    )
    with pytest.raises(VerificationError, match=what):
        realm.fold.judge(batch, realm.minute)
    error = realm.log(batch).error
    assert what in str(error) or (error is None and what in {"own terms", "own content"})


def test_a_label_whose_expiry_or_issue_lies_at_the_limit_counts(realm: Realm) -> None:
    actor, earliest = realm.actor("AR"), Minute(START - 7 * MINUTES_A_DAY)
    first, second = (realm.envelope("AR", BR, number=number) for number in (1, 2))
    realm.count(actor.sign(relabelled(first, issued=Minute(START + 10))))
    realm.count(actor.sign(relabelled(second, expires=day_of(START))))
    early = actor.sign(relabelled(realm.envelope("AR", BR, number=3), issued=earliest))
    with pytest.raises(VerificationError, match="SEALING key"):
        realm.fold.judge(early, realm.minute)  # In time, but before the recipient's key.


def test_terms_of_another_size_than_padding_makes_are_refused(realm: Realm) -> None:
    envelope = realm.envelope("AR", BR)
    terms = bytes(1025)
    short = replace(envelope, terms=terms)
    batch = realm.actor("AR").sign(relabelled(short, terms_digest=digest(terms)))
    with pytest.raises(VerificationError, match="padding makes"):
        realm.fold.judge(batch, realm.minute)


def test_content_that_is_shorter_than_the_label_says_is_refused(realm: Realm) -> None:
    envelope = replace(realm.envelope("AR", BR), content=b"")
    batch = realm.actor("AR").sign(relabelled(envelope))
    with pytest.raises(VerificationError, match="label's size"):
        realm.fold.judge(batch, realm.minute)


def test_an_offer_without_content_counts(realm: Realm) -> None:
    envelope = replace(realm.envelope("AR", BR), content=b"")
    offer = relabelled(envelope, content_size=0, content_digest=digest(b""))
    realm.count(realm.actor("AR").sign(offer))


@pytest.mark.parametrize(
    "recipient",
    [
        state_desk("BR", Office.STATE),
        state_desk("CO"),
        state_desk("BR", Office.FINANCIAL),
        Desk(Member("@audit"), Office.OVERSIGHT),
    ],
    ids=str,
)
def test_nobody_sends_to_who_does_not_exchange(realm: Realm, recipient: Desk) -> None:
    with pytest.raises(VerificationError, match="recipients that exchange"):
        realm.fold.judge(realm.actor("AR").sign(realm.notice("AR", recipient)), realm.minute)


def test_nobody_sends_outside_the_agreements_parties(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", state_desk("BR", Office.OVERSIGHT)))
    with pytest.raises(VerificationError, match="parties"):
        realm.fold.judge(batch, realm.minute)


def test_a_stanza_names_a_key_of_its_recipient_that_is_in_force(realm: Realm) -> None:
    envelope = realm.envelope("AR", BR)
    realm.minute = Minute(START + 15 * MINUTES_A_DAY)
    late = relabelled(envelope, issued=realm.minute)
    with pytest.raises(VerificationError, match="SEALING key"):
        realm.fold.judge(realm.actor("AR").sign(late), realm.minute)


def test_receipts_of_the_recipient_count_once(realm: Realm) -> None:
    notice = realm.notice("AR", BR)
    realm.count(realm.actor("AR").sign(notice))
    label = digest(notice.payload)
    delivered = item(receipt(Event.DELIVERED, label, BR), [AR])
    opened = item(receipt(Event.OPENED, label, BR, role="liaison"), [AR])
    realm.count(realm.actor("BR").sign(delivered, opened))
    assert {Event.DELIVERED, Event.OPENED} == realm.fold.docket.receipts(label, BR)
    assert frozenset() == realm.fold.docket.receipts(label, MX)
    with pytest.raises(VerificationError, match="no receipt yet"):
        realm.fold.judge(realm.actor("BR").sign(delivered), realm.minute)


def test_a_receipt_twice_in_one_batch_is_refused(realm: Realm) -> None:
    notice = realm.notice("AR", BR)
    realm.count(realm.actor("AR").sign(notice))
    delivered = item(receipt(Event.DELIVERED, digest(notice.payload), BR), [AR])
    with pytest.raises(VerificationError, match="counts once"):
        realm.fold.judge(realm.actor("BR").sign(delivered, delivered), realm.minute)


def test_a_receipt_is_refused_unless_it_is_the_recipients_own(realm: Realm) -> None:
    notice = realm.notice("AR", BR)
    realm.count(realm.actor("AR").sign(notice))
    label = digest(notice.payload)
    cases = [
        ("MX", receipt(Event.DELIVERED, label, BR), [AR], "own signer"),
        ("MX", receipt(Event.DELIVERED, label, MX), [AR], "addressed to the desk"),
        ("BR", receipt(Event.DELIVERED, digest(b"?"), BR), [AR], "addressed to the desk"),
        ("BR", receipt(Event.DELIVERED, label, BR), [], "originator among"),
        ("BR", receipt(Event.DELIVERED, label, BR, at=Minute(START + 11)), [AR], "future"),
        ("BR", receipt(Event.ERASED, label, BR), [AR], "event that is open"),
        ("BR", receipt(Event.NOT_DELIVERED, label, BR), [AR], "a broker"),
        ("@b1", receipt(Event.DELIVERED, label, BR), [AR], "a broker"),
    ]
    for state, told, to, what in cases:
        with pytest.raises(VerificationError, match=what):
            realm.fold.judge(realm.actor(state).draft(item(told, to)), realm.minute)


def test_a_broker_finds_a_silence_after_a_day_and_not_after_delivery(realm: Realm) -> None:
    first, second = realm.notice("AR", BR, MX), realm.notice("AR", BR, number=2)
    realm.count(realm.actor("AR").sign(first, second))
    silent = [
        item(receipt(Event.NOT_DELIVERED, digest(notice.payload), desk), [AR])
        for notice, desk in ((first, BR), (first, MX), (second, BR))
    ]
    with pytest.raises(VerificationError, match="day of silence"):
        realm.fold.judge(realm.actor("@b1").draft(silent[0]), realm.minute)
    realm.count(
        realm.actor("BR").sign(item(receipt(Event.DELIVERED, digest(second.payload), BR), [AR]))
    )
    realm.minute = Minute(START + MINUTES_A_DAY)
    realm.count(realm.actor("@b1").sign(silent[0], silent[1]))
    with pytest.raises(VerificationError, match="day of silence"):
        realm.fold.judge(realm.actor("@b1").draft(silent[2]), realm.minute)
    with pytest.raises(VerificationError, match="no receipt yet"):
        realm.fold.judge(realm.actor("@b2").draft(silent[0]), realm.minute)


def test_a_rejected_head_is_barred_and_its_desk_gives_it_up(realm: Realm) -> None:
    actor = realm.actor("AR")
    bad = actor.sign(relabelled(realm.envelope("AR", BR), suite=2))
    rejection(realm, bad.head_digest)
    assert realm.fold.rejected(bad.head_digest)
    with pytest.raises(VerificationError, match="barred"):
        realm.fold.judge(bad, realm.minute)
    assert not realm.log(bad).counts
    given_up = item(Endorsement(bad.head_digest, withdrawn=True, reason="rejected"))
    realm.count(actor.sign(given_up))
    assert realm.fold.withdrawn(AR, bad.head_digest)
    with pytest.raises(VerificationError, match="only a head"):
        realm.fold.judge(actor.sign(given_up), realm.minute)


def test_only_a_rejected_head_of_ones_own_is_withdrawn(realm: Realm) -> None:
    head = digest(b"a head")
    given_up = item(Endorsement(head, withdrawn=True, reason="rejected"))
    with pytest.raises(VerificationError, match="only a head"):
        realm.fold.judge(realm.actor("AR").draft(given_up), realm.minute)
    rejection(realm, head)
    with pytest.raises(VerificationError, match="only a head"):
        realm.fold.judge(realm.actor("BR").draft(given_up), realm.minute)
    other = item(Endorsement(head, withdrawn=True, reason="ended"))
    for items in ((other,), (given_up, given_up)):
        with pytest.raises(VerificationError, match="once, and for that reason"):
            realm.fold.judge(realm.actor("AR").draft(*items), realm.minute)


def test_a_rejection_of_a_head_that_counts_is_void(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    realm.count(batch)
    told = receipt(Event.REJECTED, batch.head_digest, AR, ground="verification")
    outcome = realm.log(realm.actor("@b2").sign(item(told, [AR])))
    assert "a head that counts is not rejected" in str(outcome.error)


def test_a_rejection_reaches_the_desk_it_names(realm: Realm) -> None:
    told = receipt(Event.REJECTED, digest(b"head"), AR, ground="verification")
    with pytest.raises(VerificationError, match="reaches the desk"):
        realm.fold.judge(realm.actor("@b1").draft(item(told, [])), realm.minute)


def test_a_void_head_uses_up_its_number_and_may_count_later(realm: Realm) -> None:
    actor = realm.actor("AR")
    early = relabelled(realm.envelope("AR", BR), issued=Minute(START + 11))
    batch = actor.sign(early)
    assert "future" in str(realm.log(batch).error)
    assert batch.head.sequence == realm.fold.chain(AR).sequence
    rival = actor.draft(
        realm.notice("AR", MX), point=ChainPoint(batch.head.sequence - 1, batch.head.previous)
    )
    with pytest.raises(VerificationError, match="another head"):
        realm.fold.judge(rival, START)
    assert "future" in str(realm.log(batch).error)
    realm.minute = Minute(START + 1)
    assert () == realm.count(batch).alarms


def test_a_wrong_previous_is_an_alarm_and_counts(realm: Realm) -> None:
    actor = realm.actor("AR")
    point = ChainPoint(actor.point.sequence, digest(b"another"))
    outcome = realm.count(actor.draft(realm.notice("AR", BR), point=point))
    assert (Alarm(AlarmKind.WRONG_PREVIOUS, AR, point.sequence + 1),) == outcome.alarms


def test_a_number_missing_for_ten_minutes_is_an_alarm_until_it_comes(realm: Realm) -> None:
    actor = realm.actor("AR")
    missing = actor.sign(realm.notice("AR", BR, number=1))
    realm.count(actor.sign(realm.notice("AR", BR, number=2)))
    later = Minute(START + PATIENCE_MINUTES)
    assert () == realm.fold.alarms(Minute(later - 1))
    alarm = Alarm(AlarmKind.MISSING_NUMBER, AR, missing.head.sequence)
    assert (alarm,) == realm.fold.alarms(later)
    realm.count(missing)
    assert () == realm.fold.alarms(later)


def test_a_withdrawn_number_is_not_missing(realm: Realm) -> None:
    actor = realm.actor("AR")
    bad = actor.sign(relabelled(realm.envelope("AR", BR), suite=2))
    rejection(realm, bad.head_digest)
    realm.count(
        actor.sign(item(Endorsement(bad.head_digest, withdrawn=True, reason="rejected")))
    )
    assert () == realm.fold.alarms(Minute(START + PATIENCE_MINUTES))


def test_a_gap_in_offsets_stops_the_fold(realm: Realm) -> None:
    record = realm.records[0]
    for offset in (realm.fold.size - 1, realm.fold.size + 1):
        with pytest.raises(ProofError, match="no gap"):
            realm.fold.apply(offset, record)


def test_an_entry_that_names_another_signature_is_void(realm: Realm) -> None:
    batch = realm.actor("AR").sign(realm.notice("AR", BR))
    record = replace(record_of(batch, realm.minute, (0,)), value=bytes(3373))
    outcome = realm.fold.apply(realm.fold.size, record)
    assert isinstance(outcome.error, SignatureError)


@pytest.mark.parametrize(
    "kind", [Kind.ORDER, Kind.GRANT, Kind.PAIR, Kind.CONSULT, Kind.EVIDENCE]
)
def test_kinds_that_are_not_open_are_refused_by_name(realm: Realm, kind: Kind) -> None:
    batch = realm.actor("AR").sign(Item(kind, b"\x08\x01", (), None))
    with pytest.raises(VerificationError, match="not open"):
        realm.fold.judge(batch, realm.minute)


def test_the_fold_is_a_function_of_the_records(realm: Realm) -> None:
    realm.count(realm.actor("AR").sign(realm.notice("AR", BR)))
    realm.log(realm.actor("BR").sign(relabelled(realm.envelope("BR", AR), suite=2)))
    again, other = Fold(realm.anchor), Fold(realm.anchor)
    for offset, record in enumerate(realm.records):
        again.apply(offset, record)
    assert realm.fold.digest() == again.digest()
    assert realm.fold.digest() != other.digest()
    assert realm.fold.directory == again.directory


def test_the_chain_of_a_desk_unknown_to_the_log_stands_at_zero(realm: Realm) -> None:
    assert ChainPoint(0, ZERO_DIGEST) == realm.fold.chain(state_desk("CO"))
    assert realm.fold.docket.logged(digest(b"?")) is None
