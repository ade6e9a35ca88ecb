"""How far an agreement, a registry row and a reference reach."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from policies.agreement import parse_agreement
from policies.corpus import Law
from policies.engine import LawSchema
from policies.facts import Agreement, Case, Consent, Desk, Offence, Order, Reference
from policies.grounds import agreements_for, basis_of, evidence_for_notice, treaties_between
from policies.labels import References
from policies.registry import Registry, Row, parse_registry
from policies.resolver import Profile, resolve
from valija.errors import MalformedError

_TERMS: Mapping[str, object] = {
    "id": "XA-XB-2025",
    "type": "bilateral_mou",
    "parties": ["XA", "XB"],
    "agencies": ["police", "prosecutor"],
    "in_force_from": "2025-01-01",
    "in_force_to": None,
    "channel": "formal",
    "purposes": ["criminal_investigation"],
    "data_categories": ["routes", "identity"],
    "covers_SIT": False,
    "evidence_use": "yes",
    "onward": "with_consent",
    "retention_max_days": 120,
    "dpa_clause": "art. 7",
    "death_penalty_clause": None,
    "text_hash": "00",
}


def test_the_agreement_object_of_the_law_page_is_read() -> None:
    found = parse_agreement(_TERMS)

    assert {"XA", "XB"} == found.parties
    assert (date(2025, 1, 1), None) == (found.since, found.until)
    assert found.formal
    assert {"no_onward"} == found.duties
    assert 120 == found.retention_days
    ended = parse_agreement({**_TERMS, "in_force_to": "2026-01-01", "retention_max_days": None})
    assert (date(2026, 1, 1), None) == (ended.until, ended.retention_days)
    assert "untoc" == parse_agreement({**_TERMS, "id": "UNTOC", "type": "treaty"}).type
    assert "treaty" == parse_agreement({**_TERMS, "id": "SanLuis", "type": "treaty"}).type


@pytest.mark.parametrize(
    "change",
    [{"channel": "informal"}, {"evidence_use": "no"}, {"evidence_use": "with_consent"}],
)
def test_what_is_not_evidence_is_intelligence_only(change: Mapping[str, object]) -> None:
    found = parse_agreement({**_TERMS, **change})

    assert {"no_onward", "intel_only"} == found.duties
    assert (change != {"channel": "informal"}) is found.formal


@pytest.mark.parametrize(
    "change",
    [
        {"type": "handshake"},
        {"channel": "whispered"},
        {"evidence_use": "maybe"},
        {"onward": "yes"},
        {"parties": ["XA", "ZZ"]},
        {"agencies": "police"},
        {"purposes": ["gossip"]},
        {"data_categories": ["secrets"]},
        {"in_force_from": "once"},
        {"in_force_to": 7},
        {"retention_max_days": 0},
        {"retention_max_days": "long"},
        {"retention_max_days": True},
    ],
)
def test_an_agreement_that_is_half_understood_is_refused(change: Mapping[str, object]) -> None:
    with pytest.raises(MalformedError):
        parse_agreement({**_TERMS, **change})


@pytest.mark.parametrize(
    "key", sorted(_TERMS.keys() - {"text_hash", "dpa_clause", "death_penalty_clause"})
)
def test_an_agreement_without_one_of_its_keys_is_refused(key: str) -> None:
    with pytest.raises(MalformedError):
        parse_agreement({name: value for name, value in _TERMS.items() if name != key})


@pytest.mark.parametrize(
    "change",
    [
        {"day": date(2024, 12, 31)},
        {"purpose": "prosecution"},
        {"recipient": Desk("AR", "police")},
        {"recipient": Desk("XB", "court")},
        {"sender": Desk("XA", "fiu")},
    ],
)
def test_an_agreement_covers_its_days_purposes_parties_and_agencies_only(
    case: Case, change: Mapping[str, object]
) -> None:
    agreed = replace(case, agreements=(parse_agreement(_TERMS),))

    assert 1 == len(agreements_for(agreed))
    assert () == agreements_for(replace(agreed, **change))  # type: ignore[arg-type]  # any


def test_a_basis_is_a_basis_for_the_kinds_it_names() -> None:
    agreed = [parse_agreement({**_TERMS, "covers_SIT": True})]

    assert {"bilateral", "special_techniques"} == basis_of(agreed, frozenset({"routes"}))
    assert frozenset() == basis_of(agreed, frozenset({"health"}))
    assert frozenset() == basis_of(agreed, frozenset({"routes", "intercept"}))


def test_an_agreement_of_no_known_type_is_refused(case: Case) -> None:
    handshake = Agreement("x", "handshake", frozenset({"XA", "XB"}))

    with pytest.raises(MalformedError):
        agreements_for(replace(case, agreements=(handshake,)))


def test_an_agreement_brings_its_duties_its_limit_and_its_informality(
    mini_law: Law, case: Case
) -> None:
    memo = parse_agreement({**_TERMS, "channel": "informal"})
    treaty = case.agreements[0]

    decision = mini_law.decide(replace(case, agreements=(treaty, memo)))

    assert {"no_onward", "intel_only"} <= set(decision.duties)
    assert 120 == decision.retention_days
    profile = resolve(replace(case, agreements=(memo,)), mini_law.registry)
    assert {"yes"} == profile.notice.case.values["case.informal"]


_ROWS = """
[[row]]
subject = "party"
state = "XA"
value = "untoc"
from = "2004-01-01"
source = "depositary"
checked = "2026-01-01"

[[row]]
subject = "party"
state = "XB"
value = "untoc"
from = "2010-01-01"
to = "2026-06-09"
source = "depositary"
checked = "2026-01-01"
"""


def test_a_row_counts_from_its_first_day_to_its_last(schema_text: str) -> None:
    registry = parse_registry(_ROWS)

    assert ["UNTOC"] == [
        a.id for a in treaties_between(registry, frozenset({"XA", "XB"}), date(2026, 6, 9))
    ]
    assert () == treaties_between(registry, frozenset({"XA", "XB"}), date(2026, 6, 10))
    assert () == treaties_between(registry, frozenset({"XA", "XB"}), date(2009, 12, 31))
    assert () == treaties_between(registry, frozenset({"XA", "AR"}), date(2020, 1, 1))
    schema = LawSchema(schema_text)
    law = Law([], registry, schema)
    assert 1 == len(law.treaties(["XA", "XB"], date(2026, 6, 9)))
    assert "depositary (2026-01-01)" == registry.rows[0].source


@pytest.mark.parametrize(
    "change",
    [
        ('subject = "party"', 'subject = "mood"'),
        ('from = "2004-01-01"', 'from = "once"'),
        ('checked = "2026-01-01"', 'checked = "lately"'),
        ('source = "depositary"', ""),
        ("[[row]]", "[row"),
        (_ROWS, "row = 7"),
        (_ROWS, "row = [7]"),
    ],
)
def test_a_registry_that_does_not_parse_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(MalformedError):
        parse_registry(_ROWS.replace(*change))


def registry_of(**values: str) -> Registry:
    state = {"adequate": "XA", "exempt_agency": "XA", "max_penalty": "XB"}
    return Registry(
        Row(name, state.get(name, "XA"), value, date(2020, 1, 1), None, "x")
        for name, value in values.items()
    )


def values_of(profile: Profile, label: str) -> set[str]:
    return set(profile.notice.case.values[f"case.{label}"])


def test_the_registry_says_what_is_adequate_exempt_abolished_and_sexual(case: Case) -> None:
    """Rows BR-LGPD-4 and CO-1581-2: who is exempt from a transfer law is registry data."""
    said = registry_of(
        adequate="XB",
        exempt_agency="police",
        abolitionist="yes",
        max_penalty="death",
        sexual_offence="CP213",
    )
    offence = Offence(frozenset({"CP213"}), "yes", "no", "no", "no", "no")

    told = resolve(replace(case, offence=offence), said)
    silent = resolve(replace(case, offence=replace(offence, charges=None)), Registry())

    assert {"untoc", "adequacy", "exempt"} == told.notice.basis
    assert {"untoc"} == silent.notice.basis
    assert ({"yes"}, {"death"}, {"yes"}) == (
        values_of(told, "abolitionist"),
        values_of(told, "penalty"),
        values_of(told, "sexual_charge"),
    )
    assert ({"unknown"}, {"unknown"}, {"unknown"}) == (
        values_of(silent, "abolitionist"),
        values_of(silent, "penalty"),
        values_of(silent, "sexual_charge"),
    )
    assert {"no"} == values_of(resolve(case, said), "sexual_charge")


def test_a_state_may_ask_for_larger_cells(case: Case) -> None:
    datum = replace(case.data[1], kind="statistic", smallest_count=9, geography="country")
    asked = replace(case, data=(datum,))

    assert not resolve(asked, Registry()).fields[0].suppressed
    assert resolve(asked, registry_of(smallest_cell="10")).fields[0].suppressed


def test_what_speaks_for_one_person_counts_for_the_notice_only_if_every_protected_one_has_it(
    case: Case,
) -> None:
    victim, suspect = case.persons
    second = replace(victim, id="v2")
    free = References(frozenset({"consent_evidence", "judicial_ref"}))
    order = replace(case, references=(Reference("judicial_ref"),))

    def counts(*people: tuple[object, References]) -> frozenset[str]:
        return evidence_for_notice(order, people).free  # type: ignore[arg-type]  # persons

    assert {"consent_evidence", "judicial_ref"} == counts((victim, free))
    assert {"judicial_ref"} == counts((victim, free), (second, References()))
    assert {"consent_evidence", "judicial_ref"} == counts(
        (victim, free), (suspect, References())
    )
    assert {"judicial_ref"} == counts((suspect, free))


def test_a_reference_for_one_child_does_not_stand_for_another(case: Case) -> None:
    token = "approval:child_protection_authority"
    victim = case.persons[0]
    only_first = Reference(token, subjects=frozenset({"v1"}))
    people = (victim, replace(victim, id="v2"))
    asked = replace(case, persons=people, references=(only_first,))

    profile = resolve(asked, Registry())

    assert token in profile.fields[0].matter.evidence.free
    assert token not in profile.notice.evidence.free
    everyone = replace(only_first, subjects=frozenset({"v1", "v2"}))
    assert (
        token
        in resolve(replace(asked, references=(everyone,)), Registry()).notice.evidence.free
    )


def test_evidence_of_several_subjects_is_what_both_have() -> None:
    left = References(
        frozenset({"judicial_ref", "route:fiu"}), frozenset({("A", "waiver:us_1367")})
    )
    right = References(
        frozenset({"waiver:us_1367", "route:fiu"}), frozenset({("B", "judicial_ref")})
    )

    both = left.meet(right)

    assert {"route:fiu"} == both.free
    assert {("A", "waiver:us_1367"), ("B", "judicial_ref")} == both.named
    assert right.meet(left) == both
    assert both.answers("B", ("judicial_ref",))
    assert not both.answers("A", ("judicial_ref",))


def test_two_fields_about_one_person_have_one_subject(case: Case) -> None:
    data = (case.data[0], replace(case.data[0], name="alias"))

    fields = resolve(replace(case, data=data), Registry()).fields

    assert fields[0].matter.subject is fields[1].matter.subject


def test_joint_team_material_is_inside_for_members_only(case: Case) -> None:
    def regime(members: str) -> frozenset[str]:
        datum = replace(case.data[1], regimes=frozenset({members}))
        profile = resolve(replace(case, data=(datum,)), Registry())
        return profile.fields[0].matter.resource.values["resource.Regime"]

    assert {"jit_inside"} == regime("jit:XA-XB")
    assert {"jit_outside"} == regime("jit:XA-AR")


def test_data_from_another_state_is_foreign(case: Case) -> None:
    profile = resolve(replace(case, origin_state="AR"), Registry())

    assert {"foreign", "police"} == profile.fields[0].matter.resource.values["resource.Source"]


def test_secrecy_is_judged_on_the_day(case: Case) -> None:
    def running(*orders: Order) -> set[str]:
        return values_of(resolve(replace(case, secrecy=orders), Registry()), "secrecy")

    assert {"AR_204"} == running(Order("AR_204"))
    assert set() == running(Order("AR_204", date(2026, 6, 9)))
    assert {"PE_reserve", "unknown"} == running(
        Order("PE_324", date(2026, 6, 9)), Order("unknown", date(2026, 6, 10))
    )


def test_an_offence_that_follows_from_trafficking_makes_its_offender_a_victim(
    case: Case,
) -> None:
    """Source: docs/law.md, section 9, also_offender_due_to_trafficking; principle iv."""
    suspect = replace(case.persons[1], offended_through_trafficking=True)

    profile = resolve(replace(case, persons=(suspect,)), Registry())

    assert {"suspect", "victim"} == values_of(profile, "roles")


def test_an_unknown_age_is_no_adults_and_no_childs(case: Case) -> None:
    """Row TIP-3-d: the law protects it as both; a guardian may not speak for an adult."""

    def consent(minor: str, by: str) -> frozenset[str]:
        given = Consent("given", frozenset({case.purpose}), frozenset({"XB"}), by=by)
        people = (replace(case.persons[0], minor=minor, consent=given),)
        subject = resolve(replace(case, persons=people), Registry()).fields[0].matter.subject
        assert subject
        assert {minor} == subject.values["subject.minor"]
        return subject.values["subject.consent"]

    assert {"given"} == consent("yes", "guardian")
    assert {"given"} == consent("no", "self")
    assert {"not_sought"} == consent("unknown", "guardian")
    assert {"not_sought"} == consent("no", "both")
    assert {"not_sought"} == consent("yes", "a neighbour")


def test_a_person_without_a_role_is_of_unknown_role(case: Case) -> None:
    nameless = replace(case.persons[0], roles=frozenset())

    assert {"unknown"} == values_of(
        resolve(replace(case, persons=(nameless,)), Registry()), "roles"
    )


def test_feared_is_told_from_the_state_that_is_feared(case: Case) -> None:
    def feared(state: str) -> frozenset[str]:
        people = (replace(case.persons[0], feared_state=state),)
        subject = resolve(replace(case, persons=people), Registry()).fields[0].matter.subject
        assert subject
        return subject.values["subject.feared"]

    assert {"none"} == feared("none")
    assert {"recipient"} == feared("XB")
    assert {"other"} == feared("AR")
    assert {"unknown"} == feared("unknown")
    assert {"unknown"} == feared("Atlantis")


def test_a_synthetic_field_is_no_personal_datum(case: Case) -> None:
    made_up = tuple(replace(d, regimes=frozenset({"synthetic"})) for d in case.data)

    assert {"no"} == values_of(resolve(replace(case, data=made_up), Registry()), "personal")
    assert {"yes"} == values_of(resolve(case, Registry()), "personal")
