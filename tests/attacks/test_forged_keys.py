"""Threat: a key is slipped into the directory, or goes on signing after its end."""

from dataclasses import replace

import pytest

from tests.valija.realm import START, Actor, Realm, composite, sealing, signing_key, state_desk
from valija.clock import MINUTES_A_DAY, Minute, day_of
from valija.errors import SignatureError, VerificationError
from valija.ids import Digest, Office
from valija.statement import Role
from valija.wire.item import item

AR, BR = state_desk("AR"), state_desk("BR")
IDENTITY = b"\x01" + bytes(31)


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def last(realm: Realm) -> Digest:
    return realm.fold.directory.last_statement(AR, Role.SIGNING)


def test_a_key_statement_by_a_stranger_changes_nothing(realm: Realm) -> None:
    before = realm.fold.directory
    stranger = Actor(state_desk("AR", Office.STATE), composite("stranger"))
    stranger.point = realm.actor("AR", Office.STATE).point
    outcome = realm.log(stranger.sign(item(signing_key(AR, "stranger", last(realm)))))
    assert isinstance(outcome.error, SignatureError)
    assert before == realm.fold.directory


def test_another_states_root_registers_no_key_here(realm: Realm) -> None:
    batch = realm.actor("BR", Office.STATE).sign(item(signing_key(AR, "stranger", last(realm))))
    with pytest.raises(SignatureError):
        realm.fold.judge(batch, realm.minute)


def test_an_identity_key_is_never_registered(realm: Realm) -> None:
    honest = signing_key(AR, "fresh", last(realm))
    weak = replace(honest, key=honest.key[:1952] + IDENTITY)
    with pytest.raises(VerificationError, match="key"):
        realm.fold.judge(realm.actor("AR", Office.STATE).sign(item(weak)), realm.minute)


def test_a_revoked_key_signs_on_in_vain(realm: Realm) -> None:
    revoked = replace(
        signing_key(AR, "AR/police", last(realm)), reason="compromised", possession=b""
    )
    thief = realm.actor("AR")
    realm.count(realm.actor("AR", Office.STATE).sign(item(revoked)))
    for bad in (realm.notice("AR", BR), item(sealing(AR, "thief's"))):
        outcome = realm.log(thief.sign(bad))
        assert isinstance(outcome.error, SignatureError)
        assert () == outcome.alarms


def test_a_key_past_its_time_signs_in_vain(realm: Realm) -> None:
    realm.minute = Minute(START + 365 * MINUTES_A_DAY)
    with pytest.raises(SignatureError):
        realm.fold.judge(realm.actor("AR").sign(realm.notice("AR", BR)), realm.minute)


def test_an_old_suite_is_refused_after_its_last_day(realm: Realm) -> None:
    suite = realm.anchor.suites[0]
    ended = replace(realm.anchor, suites=(replace(suite, until=day_of(START)),))
    realm.fold.directory = replace(realm.fold.directory, anchor=ended)
    with pytest.raises(VerificationError, match="suite allowed"):
        realm.fold.judge(realm.actor("AR").sign(realm.notice("AR", BR)), realm.minute)
