"""Threat: on the way a notice gets other recipients, or its recipients others' ways in."""

from dataclasses import replace

import pytest

from tests.valija.realm import Realm, relabelled, state_desk
from valija.envelope import Stanza, recipient_path, verify_recipient
from valija.errors import ProofError, VerificationError
from valija.ids import KeyId

BR, MX = state_desk("BR"), state_desk("MX")


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def refuse(realm: Realm, *stanzas: Stanza) -> None:
    envelope = replace(realm.envelope("AR", BR, MX), stanzas=stanzas)
    with pytest.raises(VerificationError):
        realm.fold.judge(realm.actor("AR").sign(relabelled(envelope)), realm.minute)


def test_stanzas_whose_ways_in_are_swapped_are_refused(realm: Realm) -> None:
    one, other = realm.envelope("AR", BR, MX).stanzas
    refuse(realm, replace(one, sealed=other.sealed), replace(other, sealed=one.sealed))


def test_a_recipient_taken_away_or_replaced_is_noticed(realm: Realm) -> None:
    one, other = realm.envelope("AR", BR, MX).stanzas
    refuse(realm, one)
    refuse(realm, one, replace(other, recipient=state_desk("BR", BR.office.JUDICIAL)))
    refuse(realm, one, replace(other, key_id=KeyId(bytes(16))))


def test_a_notice_forwarded_under_its_first_signature_has_no_place_for_another(
    realm: Realm,
) -> None:
    envelope = realm.envelope("AR", BR)
    own = envelope.stanzas[0]
    forwarded = replace(own, recipient=MX)
    path = recipient_path(envelope, BR)
    for index in range(4):
        with pytest.raises(ProofError):
            verify_recipient(envelope.label, replace(forwarded, index=index), path)
