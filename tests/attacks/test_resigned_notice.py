"""Threat: another desk puts its own signature over a notice it did not write."""

import pytest

from tests.valija.realm import Realm, relabelled, state_desk
from valija.errors import SignatureError, VerificationError
from valija.outcome import Outcome

BR, MX = state_desk("BR"), state_desk("MX")


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def voided(outcome: Outcome) -> str:
    assert not outcome.counts
    return str(outcome.error)


def test_a_notice_signed_by_another_than_its_originator_is_refused(realm: Realm) -> None:
    batch = realm.actor("MX").sign(realm.notice("AR", BR))
    with pytest.raises(VerificationError, match="originator's own"):
        realm.fold.judge(batch, realm.minute)
    assert "originator's own" in voided(realm.log(batch))


def test_a_notice_relabelled_to_its_thief_is_bound_to_other_bytes(realm: Realm) -> None:
    envelope = realm.envelope("AR", BR)
    stolen = relabelled(envelope, originator=MX)
    theirs = stolen.body
    assert envelope.label.base() != theirs.label.base()  # type: ignore[union-attr]  # An Envelope.


def test_a_key_of_one_desk_does_not_sign_for_another(realm: Realm) -> None:
    thief = realm.actor("MX")
    thief.desk = state_desk("AR")
    thief.point = realm.actor("AR").point
    batch = thief.sign(realm.notice("AR", BR))
    with pytest.raises(SignatureError, match="no such signing key"):
        realm.fold.judge(batch, realm.minute)
