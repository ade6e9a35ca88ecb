"""The directory: who may speak for whom, since when, until when, and who says so."""

from dataclasses import replace

import pytest

from tests.valija.realm import (
    OFFICES,
    START,
    Actor,
    Realm,
    agreement,
    certificate,
    composite,
    membership,
    sealing,
    signing_key,
    state_desk,
    tls,
    witness_key,
)
from valija.authority import apply_statement
from valija.batch import Item
from valija.clock import MINUTES_A_DAY, Day, Minute, day_of
from valija.errors import SignatureError, VerificationError
from valija.ids import (
    ZERO_DIGEST,
    Desk,
    Digest,
    KeyId,
    Kind,
    LeafIndex,
    Member,
    Office,
    digest,
    key_id,
)
from valija.keyring import NEWEST
from valija.signature import POSSESSION_CONTEXT
from valija.statement import (
    TREATY,
    BundleStatement,
    Endorsement,
    KeyStatement,
    Role,
    Statement,
    VerifiedStatement,
)
from valija.wire.item import item
from valija.wire.statement import statement_bytes

AR, BR = state_desk("AR"), state_desk("BR")
AR_STATE = state_desk("AR", Office.STATE)
YEAR = 366 * MINUTES_A_DAY


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def name_of(statement: Statement) -> Digest:
    return digest(statement_bytes(statement))


def refused(realm: Realm, actor: Actor, *statements: Statement) -> str:
    """Return with which sentence admission refuses statements of an actor."""
    with pytest.raises((SignatureError, VerificationError)) as caught:
        realm.fold.judge(actor.draft(*map(item, statements)), realm.minute)
    return str(caught.value)


def test_a_founded_exchange_knows_its_members_desks_and_keys(realm: Realm) -> None:
    directory = realm.fold.directory
    assert ("AR", "BR", "MX") == directory.members(START)
    assert directory.has_desk(AR, START)
    assert not directory.has_desk(state_desk("AR", Office.FINANCIAL), START)
    assert not directory.has_desk(Desk(Member("@b9"), Office.STATE), START)
    assert composite("AR/police").public == directory.keys(AR, Role.SIGNING)[0].key
    assert sealing(AR).key == directory.sealing_key(AR, START).key
    assert {"@audit", "AR", "BR", "MX"} == {k.desk.member for k in directory.witnesses(START)}
    assert "State AR" == directory.membership(Member("AR"), START).name
    assert name_of(tls(AR)) == directory.last_statement(AR, Role.TLS)
    assert name_of(membership("AR")) == directory.last_membership(Member("AR"))


def test_certificates_in_force_name_their_desk(realm: Realm) -> None:
    directory = realm.fold.directory
    assert AR == directory.desk_of_certificate(certificate("AR/police"), START)
    in_force = directory.certificates(START)
    assert {certificate("@b1"), certificate("@audit"), certificate("MX/judicial")} <= {
        *in_force
    }
    brokers = directory.broker_certificates(START)
    assert {certificate("@b1"), certificate("@b2")} == set(brokers)
    with pytest.raises(SignatureError):
        directory.desk_of_certificate(certificate("stranger"), START)
    late = Minute(START + 100 * MINUTES_A_DAY)
    with pytest.raises(SignatureError):
        directory.desk_of_certificate(certificate("AR/police"), late)


def test_every_question_can_be_asked_of_an_earlier_leaf(realm: Realm) -> None:
    directory = realm.fold.directory
    with pytest.raises(VerificationError):
        directory.membership(Member("AR"), START, LeafIndex(0))
    directory.membership(Member("AR"), START, LeafIndex(1))
    with pytest.raises(SignatureError):
        directory.signing_key(AR, key_id(composite("AR/police").public), START, LeafIndex(1))
    with pytest.raises(VerificationError):
        directory.agreement(realm.agreement, START, LeafIndex(2))


def test_a_membership_stands_with_the_quorums_last_endorsement() -> None:
    realm = Realm(quorum=3)
    statement = membership("AR")
    realm.count(realm.actor("@c1").sign(item(statement)))
    realm.count(realm.actor("@c2").sign(item(Endorsement(name_of(statement)))))
    assert () == realm.fold.directory.members(START)
    assert 2 == len(realm.fold.directory.endorsed(name_of(statement)))
    realm.count(realm.actor("@c3").sign(item(Endorsement(name_of(statement)))))
    assert ("AR",) == realm.fold.directory.members(START)


def test_a_council_members_word_counts_once_and_may_be_withdrawn_while_pending() -> None:
    realm = Realm()
    statement = membership("AR")
    endorsed = Endorsement(name_of(statement))
    withdrawn = Endorsement(name_of(statement), withdrawn=True, reason="mistaken")
    c1, c2 = realm.actor("@c1"), realm.actor("@c2")
    realm.count(c1.sign(item(statement)))
    assert "changes how" in refused(realm, c1, endorsed)
    realm.count(c1.sign(item(withdrawn)))
    realm.count(c2.sign(item(endorsed)))
    assert () == realm.fold.directory.members(START)
    realm.count(c1.sign(item(endorsed)))
    assert ("AR",) == realm.fold.directory.members(START)
    assert "ends by another" in refused(realm, c1, withdrawn)


def test_a_suspended_member_has_no_desk_and_its_keys_do_not_count(realm: Realm) -> None:
    old = name_of(membership("AR"))
    suspended = membership("AR", (), old)
    realm.count(realm.actor("@c1").sign(item(suspended)))
    realm.count(realm.actor("@c3").sign(item(Endorsement(name_of(suspended)))))
    directory = realm.fold.directory
    assert ("BR", "MX") == directory.members(START)
    assert "does not stand" in refused(realm, realm.actor("AR"), sealing(AR, "more"))
    assert certificate("AR/police") not in directory.certificates(START)
    with pytest.raises(VerificationError):
        directory.sealing_key(AR, START)
    again = membership("AR", OFFICES, name_of(suspended))
    realm.count(realm.actor("@c1").sign(item(again)))
    realm.count(realm.actor("@c2").sign(item(Endorsement(name_of(again)))))
    assert ("AR", "BR", "MX") == realm.fold.directory.members(START)


def test_of_two_pending_memberships_the_second_is_overtaken(realm: Realm) -> None:
    old = name_of(membership("AR"))
    one, other = membership("AR", (Office.POLICE,), old), membership("AR", (), old)
    realm.count(realm.actor("@c1").sign(item(one), item(other)))
    realm.count(realm.actor("@c2").sign(item(Endorsement(name_of(one)))))
    said = refused(realm, realm.actor("@c2"), Endorsement(name_of(other)))
    assert "took this one's place" in said


def test_a_membership_ends_with_its_time(realm: Realm) -> None:
    end = membership("AR").until
    realm.fold.directory.membership(Member("AR"), Minute(end - 1))
    with pytest.raises(VerificationError):
        realm.fold.directory.membership(Member("AR"), end)
    assert not realm.fold.directory.has_desk(AR, end)


def test_a_membership_that_breaks_a_rule_is_refused() -> None:
    realm = Realm().found()
    c1 = realm.actor("@c1")
    held = membership("AR", OFFICES, name_of(membership("AR")))
    assert "logged once" in refused(realm, c1, membership("AR"))
    assert "names the one" in refused(realm, c1, replace(membership("AR"), name="Other"))
    assert "five years" in refused(realm, c1, replace(held, until=START))
    assert "five years" in refused(realm, c1, replace(held, until=Minute(START + 6 * YEAR)))
    fresh = replace(membership("CO"), root_key=composite("AR/root").public)
    assert "ROOT key" in refused(realm, c1, fresh)
    fresh = replace(membership("CO"), root_key=composite("AR/police").public)
    assert "ROOT key" in refused(realm, c1, fresh)


@pytest.mark.parametrize(
    ("actor", "statement"),
    [
        ("AR", membership("CO")),
        ("@b1", membership("CO")),
        ("@c1", agreement((AR, BR))),
        ("@b1", agreement((AR, BR))),
        ("@audit", agreement((AR, BR))),
        ("@audit", sealing(AR, "more")),
        ("@c1", tls(AR, "more")),
        ("AR", sealing(BR, "more")),
        ("AR", signing_key(state_desk("AR", Office.JUDICIAL), "more")),
        ("AR", witness_key(AR)),
        ("AR", BundleStatement(TREATY, digest(b"law"), Day(0), ZERO_DIGEST, widens=False)),
        (
            "AR",
            BundleStatement(Member("BR"), digest(b"law"), Day(0), ZERO_DIGEST, widens=False),
        ),
        (
            "@c1",
            BundleStatement(Member("BR"), digest(b"law"), Day(0), ZERO_DIGEST, widens=True),
        ),
        ("AR", Endorsement(name_of(membership("BR")))),
        ("@c1", Endorsement(name_of(agreement((AR, BR))))),
    ],
)
def test_who_may_not_make_a_statement_is_refused(
    realm: Realm, actor: str, statement: Statement
) -> None:
    assert refused(realm, realm.actor(actor), statement)


def test_root_signs_signing_and_witness_keys_alone(realm: Realm) -> None:
    root = realm.actor("AR", Office.STATE)
    told = "signed by ROOT, or by the desk's"
    assert told in refused(realm, root, sealing(AR, "more"))
    assert told in refused(realm, root, signing_key(BR, "more"))
    assert "of this role does not sign" in refused(realm, root, agreement((AR, BR)))


def test_a_key_is_registered_once_after_the_one_before_and_not_for_long(realm: Realm) -> None:
    desk, last = realm.actor("AR"), realm.fold.directory.last_statement
    fresh = sealing(AR, "next", last(AR, Role.SEALING))
    assert "names the one before" in refused(realm, desk, sealing(AR, "next"))
    assert "once, for one role" in refused(realm, desk, replace(fresh, key=sealing(BR).key))
    assert "lives shorter" in refused(realm, desk, replace(fresh, until=fresh.since))
    long = Minute(START + 15 * MINUTES_A_DAY)
    assert "lives shorter" in refused(realm, desk, replace(fresh, until=long))
    assert "ML-KEM" in refused(realm, desk, replace(fresh, key=b"\xff" * 1216))
    root = realm.actor("AR", Office.STATE)
    unknown = signing_key(state_desk("AR", Office.FINANCIAL), "more")
    assert "desk that stands" in refused(realm, root, unknown)


def test_only_desks_that_receive_have_sealing_keys(realm: Realm) -> None:
    realm.count(realm.actor("AR", Office.STATE).sign(item(signing_key(AR_STATE, "AR/state"))))
    point = realm.actor("AR", Office.STATE).point
    state = realm.add_actor(AR_STATE, "AR/state")
    state.point = point
    assert "receives notices" in refused(realm, state, sealing(AR_STATE))
    broker = Desk(Member("@b1"), Office.STATE)
    assert "receives notices" in refused(realm, realm.actor("@b1"), sealing(broker))


def test_a_broker_renews_its_certificate(realm: Realm) -> None:
    broker = Desk(Member("@b1"), Office.STATE)
    realm.count(realm.actor("@b1").sign(item(tls(broker, "@b1 renewed"))))
    held = realm.fold.directory.broker_certificates(START)
    assert {certificate("@b1"), certificate("@b1 renewed"), certificate("@b2")} == set(held)


def test_certificates_are_whole_in_time_and_of_one_name(realm: Realm) -> None:
    desk = realm.actor("AR")
    fresh = tls(AR, "fresh", realm.fold.directory.last_statement(AR, Role.TLS))
    assert "self-signed" in refused(realm, desk, replace(fresh, key=b"no certificate"))
    early = replace(fresh, since=Minute(START - 60))
    assert "own validity" in refused(realm, desk, early)
    late = replace(fresh, until=Minute(START + 91 * MINUTES_A_DAY))
    assert "own validity" in refused(realm, desk, late)
    same = tls(AR, "", fresh.replaces)
    twin = certificate.__wrapped__("BR/police")
    assert "one name" in refused(realm, desk, replace(same, key=twin))


def test_a_new_key_signs_its_own_statement(realm: Realm) -> None:
    root = realm.actor("AR", Office.STATE)
    last = realm.fold.directory.last_statement(AR, Role.SIGNING)
    fresh = signing_key(AR, "fresh", last)
    other = composite("other").sign(statement_bytes(fresh), POSSESSION_CONTEXT)
    assert "false" in refused(realm, root, replace(fresh, possession=other))
    witnessing = witness_key(AR)
    false = replace(witnessing, possession=bytes(2420))
    assert "false" in refused(realm, root, false)
    realm.count(root.sign(item(fresh)))


def test_a_root_key_gets_no_other_role(realm: Realm) -> None:
    root = realm.actor("AR", Office.STATE)
    last = realm.fold.directory.last_statement(AR, Role.SIGNING)
    assert "no other role" in refused(realm, root, signing_key(AR, "AR/root", last))


def revocation(of: KeyStatement, replaces: Digest, last_good: int = 0) -> KeyStatement:
    return replace(
        of, replaces=replaces, reason="compromised", last_good=last_good, possession=b""
    )


@pytest.mark.parametrize("by", ["itself", "root"])
def test_a_revoked_key_signs_no_later_leaf_and_earlier_ones_stand(
    realm: Realm, by: str
) -> None:
    desk = realm.actor("AR")
    last = realm.fold.directory.last_statement(AR, Role.SIGNING)
    statement = revocation(signing_key(AR, "AR/police"), last, last_good=2)
    signer = desk if by == "itself" else realm.actor("AR", Office.STATE)
    ended = realm.count(signer.sign(item(statement))).leaf_index
    assert "no such signing key" in refused(realm, desk, sealing(AR, "more"))
    directory, name = realm.fold.directory, key_id(composite("AR/police").public)
    directory.signing_key(AR, name, START, ended)
    with pytest.raises(SignatureError):
        directory.signing_key(AR, name, START, LeafIndex(ended + 1))
    assert not directory.contested(AR, name, 2)
    assert directory.contested(AR, name, 3)
    assert not directory.contested(BR, key_id(composite("BR/police").public), 3)
    assert not directory.contested(BR, KeyId(bytes(16)), 3)


def test_a_desk_revokes_its_own_sealing_key(realm: Realm) -> None:
    last = realm.fold.directory.last_statement(AR, Role.SEALING)
    realm.count(realm.actor("AR").sign(item(revocation(sealing(AR), last))))
    with pytest.raises(VerificationError):
        realm.fold.directory.sealing_key(AR, START)
    again = realm.fold.directory.last_statement(AR, Role.SEALING)
    said = refused(realm, realm.actor("AR"), revocation(sealing(AR), again))
    assert "still stands" in said
    assert "still stands" in refused(
        realm, realm.actor("AR"), revocation(sealing(AR, "unknown"), again)
    )


def test_of_several_sealing_keys_the_latest_is_sealed_to(realm: Realm) -> None:
    last = realm.fold.directory.last_statement(AR, Role.SEALING)
    fresh = replace(sealing(AR, "next", last), since=Minute(START + 5))
    realm.count(realm.actor("AR").sign(item(fresh)))
    directory = realm.fold.directory
    assert sealing(AR).key == directory.sealing_key(AR, START).key
    assert fresh.key == directory.sealing_key(AR, Minute(START + 5)).key


def test_an_agreement_is_in_force_once_all_parties_endorsed(realm: Realm) -> None:
    directory, day = realm.fold.directory, day_of(START)
    standing = directory.agreement(realm.agreement, START)
    assert set(standing.statement.parties) == standing.endorsers
    assert (standing,) == directory.agreements_between(AR, BR, START)
    assert () == directory.agreements_between(AR, state_desk("AR", Office.OVERSIGHT), START)
    assert realm.agreement == directory.last_agreement(standing.statement.id)
    after = Minute((day + 3650) * MINUTES_A_DAY)
    assert () == directory.agreements_between(AR, BR, after)
    with pytest.raises(VerificationError):
        directory.agreement(realm.agreement, after)


def test_an_agreement_ends_with_one_partys_withdrawal_and_never_returns(realm: Realm) -> None:
    gone = Endorsement(realm.agreement, withdrawn=True, reason="ended")
    leaf = realm.count(realm.actor("BR").sign(item(gone))).leaf_index
    directory = realm.fold.directory
    with pytest.raises(VerificationError):
        directory.agreement(realm.agreement, START)
    directory.agreement(realm.agreement, START, LeafIndex(leaf - 1))
    assert () == directory.agreements_between(AR, BR, START)
    assert "changes how" in refused(realm, realm.actor("BR"), Endorsement(realm.agreement))


def test_a_new_version_of_an_agreement_takes_the_olds_place(realm: Realm) -> None:
    old = realm.agreement
    version = agreement((AR, BR), replaces=old, formal=False)
    realm.count(realm.actor("AR").sign(item(version)))
    realm.fold.directory.agreement(old, START)
    realm.count(realm.actor("BR").sign(item(Endorsement(name_of(version)))))
    assert not realm.fold.directory.agreement(name_of(version), START).statement.formal
    with pytest.raises(VerificationError):
        realm.fold.directory.agreement(old, START)


def test_a_desk_that_is_no_party_may_log_an_agreement_and_not_endorse_it(realm: Realm) -> None:
    other = agreement((AR, BR), id=bytes(16))
    realm.count(realm.actor("MX").sign(item(other)))
    assert frozenset() == realm.fold.directory.endorsed(name_of(other))
    assert "by its parties" in refused(realm, realm.actor("MX"), Endorsement(name_of(other)))
    short = agreement((AR, BR), id=bytes(16), until=Day(0))
    assert "ends after" in refused(realm, realm.actor("AR"), short)


def test_an_endorsement_names_a_statement_of_the_log(realm: Realm) -> None:
    assert "of the log" in refused(realm, realm.actor("AR"), Endorsement(digest(b"nothing")))
    assert frozenset() == realm.fold.directory.endorsed(digest(b"nothing"))


def bundle(member: str, text: bytes, **changes: object) -> BundleStatement:
    bare = BundleStatement(
        Member(member), digest(text), day_of(START), ZERO_DIGEST, widens=False
    )
    return replace(bare, **changes)  # type: ignore[arg-type]  # Tests choose names.


def test_a_bundle_counts_at_once_unless_it_widens(realm: Realm) -> None:
    first = bundle("AR", b"1")
    realm.count(realm.actor("AR").sign(item(first)))
    member = Member("AR")
    assert first == realm.fold.directory.bundle(member, START)
    wide = bundle("AR", b"2", replaces=name_of(first), widens=True)
    realm.count(realm.actor("AR").sign(item(wide)))
    assert first == realm.fold.directory.bundle(member, START)
    assert "OVERSIGHT" in refused(realm, realm.actor("AR"), Endorsement(name_of(wide)))
    assert "OVERSIGHT" in refused(
        realm, realm.actor("AR", Office.OVERSIGHT), Endorsement(name_of(first))
    )
    realm.count(realm.actor("AR", Office.OVERSIGHT).sign(item(Endorsement(name_of(wide)))))
    assert wide == realm.fold.directory.bundle(member, START)
    assert name_of(wide) == realm.fold.directory.last_bundle(member)
    gone = Endorsement(name_of(wide), withdrawn=True, reason="mistaken")
    realm.count(realm.actor("AR", Office.OVERSIGHT).sign(item(gone)))
    with pytest.raises(VerificationError):
        realm.fold.directory.bundle(member, START)


def test_an_oversight_brings_no_law_that_opens_more_on_its_own_word(realm: Realm) -> None:
    alone = realm.actor("AR", Office.OVERSIGHT)
    wide = bundle("AR", b"1", widens=True)
    assert "another desk" in refused(realm, alone, wide)
    realm.count(alone.sign(item(replace(wide, widens=False))))
    assert realm.fold.directory.bundle(Member("AR"), START)


def test_a_bundle_waits_for_its_day_and_the_one_before_decides_until_then(realm: Realm) -> None:
    first = bundle("AR", b"1")
    later = bundle("AR", b"2", replaces=name_of(first), since=Day(day_of(START) + 2))
    realm.count(realm.actor("AR").sign(item(first), item(later)))
    directory, member = realm.fold.directory, Member("AR")
    assert first == directory.bundle(member, START)
    assert later == directory.bundle(member, Minute(START + 2 * MINUTES_A_DAY))


def test_the_treaty_layers_bundle_is_the_councils(realm: Realm) -> None:
    law = bundle("@treaty", b"treaty")
    realm.count(realm.actor("@c1").sign(item(law)))
    with pytest.raises(VerificationError):
        realm.fold.directory.bundle(TREATY, START)
    assert "OVERSIGHT" in refused(realm, realm.actor("AR"), Endorsement(name_of(law)))
    realm.count(realm.actor("@c2").sign(item(Endorsement(name_of(law)))))
    assert law == realm.fold.directory.bundle(TREATY, START)


def test_a_batch_holds_kinds_of_one_role_only(realm: Realm) -> None:
    root = realm.actor("AR", Office.STATE)
    last = realm.fold.directory.last_statement(AR, Role.SIGNING)
    items: list[Item] = [item(signing_key(AR, "fresh", last)), item(bundle("AR", b"1"))]
    with pytest.raises(SignatureError):
        realm.fold.judge(root.draft(*items), realm.minute)


def test_a_failing_statement_takes_its_whole_batch_with_it(realm: Realm) -> None:
    good, bad = bundle("AR", b"1"), bundle("AR", b"2")
    before = realm.fold.directory
    outcome = realm.log(realm.actor("AR").sign(item(good), item(bad)))
    assert not outcome.counts
    assert before == realm.fold.directory


def test_newest_stands_for_all_that_is_known() -> None:
    assert LeafIndex(1 << 62) < NEWEST


def test_the_withdrawal_of_a_head_changes_no_directory(realm: Realm) -> None:
    body = Endorsement(digest(b"a head"), withdrawn=True, reason="rejected")
    signer = realm.actor("AR").signer
    payload = statement_bytes(body)
    place = (realm.fold.size, START)
    signed = VerifiedStatement(
        Kind.ENDORSEMENT, payload, body, signer.desk, signer.key_id, *place
    )
    assert apply_statement(realm.fold.directory, signed) is realm.fold.directory
