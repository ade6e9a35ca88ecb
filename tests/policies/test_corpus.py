"""The law as a whole: one case in, one decision out, and the refusing one first."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from policies.answer import ALLOWED, NEVER, Form, Rank, held
from policies.corpus import Law, read_law
from policies.decision import Decision, Unlock
from policies.facts import Case, Consent, Datum, Desk, Essential, Reference
from policies.record import duties_digest
from valija.errors import MalformedError

MakeDatum = Callable[..., Datum]


def forms(decision: Decision) -> dict[str, Form]:
    return {field.name: field.form for field in decision.fields}


def test_a_victims_name_goes_as_a_pseudonym_and_a_road_goes_exact(
    mini_law: Law, case: Case
) -> None:
    decision = mini_law.decide(case)

    assert ALLOWED == decision.standing
    assert {"name": Form.PSEUDONYM, "road": Form.EXACT} == forms(decision)
    assert ("no_use_against_victim", "use_only:criminal_investigation") == decision.duties
    assert (Unlock(Form.EXACT, ("consent_evidence",)),) == decision.fields[0].unlocks()
    assert "T-VICTIM" in decision.citations
    assert "Invented Act s. 1" == decision.citations["T-VICTIM"].legal_basis
    assert {"treaty", "XA"} == set(decision.bundles)


def test_consent_for_this_purpose_and_recipient_opens_the_name(
    mini_law: Law, case: Case
) -> None:
    consent = Consent("given", frozenset({case.purpose}), frozenset({"XB"}), date(2026, 6, 10))
    person = replace(case.persons[0], consent=consent)

    decision = mini_law.decide(replace(case, persons=(person,)))

    assert Form.EXACT == decision.fields[0].form


@pytest.mark.parametrize(
    "consent",
    [
        Consent("given", frozenset({"prosecution"}), frozenset({"XB"})),
        Consent("given", frozenset({"criminal_investigation"}), frozenset({"AR"})),
        Consent(
            "given", frozenset({"criminal_investigation"}), frozenset({"XB"}), date(2026, 6, 9)
        ),
        Consent(
            "given", frozenset({"criminal_investigation"}), frozenset({"XB"}), by="guardian"
        ),
        Consent(
            "given",
            frozenset({"criminal_investigation"}),
            frozenset({"XB"}),
            guardian_conflict=True,
        ),
        Consent("refused"),
        Consent("withdrawn"),
        Consent("unknown"),
    ],
)
def test_consent_that_is_not_for_this_does_not_open_the_name(
    mini_law: Law, case: Case, consent: Consent
) -> None:
    person = replace(case.persons[0], consent=consent)

    decision = mini_law.decide(replace(case, persons=(person,)))

    assert Form.PSEUDONYM == decision.fields[0].form


def test_an_essential_field_holds_the_notice_for_its_condition(
    mini_law: Law, case: Case
) -> None:
    data = (replace(case.data[0], essential=Essential.EXACT), case.data[1])

    decision = mini_law.decide(replace(case, data=data))

    assert held({"consent_evidence"}) == decision.standing
    assert ("consent_evidence",) == decision.requires


def test_a_field_that_must_only_be_present_lets_the_notice_go_in_a_lesser_form(
    mini_law: Law, case: Case
) -> None:
    data = (replace(case.data[0], essential=Essential.PRESENT),)

    assert ALLOWED == mini_law.decide(replace(case, data=data)).standing


def test_an_essential_field_that_can_never_go_bars_the_notice(
    mini_law: Law, case: Case, make_datum: MakeDatum
) -> None:
    data = (replace(make_datum("x", "unknown"), essential=Essential.PRESENT),)

    decision = mini_law.decide(replace(case, data=data))

    assert NEVER == decision.standing
    assert () == decision.requires


def test_alternatives_stand_as_one_condition_and_either_meets_it(
    mini_law: Law, case: Case, make_datum: MakeDatum
) -> None:
    asked = replace(case, data=(make_datum("account", "bank_record", "s1"),))

    waiting = mini_law.decide(asked)
    met = mini_law.decide(replace(asked, references=(Reference("authority_request"),)))

    assert Form.MARKER == waiting.fields[0].form
    assert ("authority_request",) != waiting.fields[0].unlocks()[0].conditions
    assert ("judicial_ref | authority_request",) == waiting.fields[0].unlocks()[0].conditions
    assert Form.EXACT == met.fields[0].form
    assert 90 == met.retention_days


def test_a_reference_that_names_a_rule_opens_no_other(
    mini_law: Law, case: Case, make_datum: MakeDatum
) -> None:
    data = (make_datum("account", "bank_record", "s1"), make_datum("file", "case_file", "s1"))
    reference = Reference("judicial_ref", rules=frozenset({"XA-2"}))

    decision = mini_law.decide(replace(case, data=data, references=(reference,)))

    assert {"account": Form.EXACT, "file": Form.MARKER} == forms(decision)


@pytest.mark.parametrize(
    "reference",
    [
        Reference("judicial_ref", until=date(2026, 6, 9)),
        Reference("judicial_ref", since=date(2026, 6, 11)),
        Reference("judicial_ref", recipients=frozenset({"AR"})),
        Reference("judicial_ref", recipients=frozenset({"XB/court"})),
        Reference("judicial_ref", purposes=frozenset({"prosecution"})),
        Reference("judicial_ref", subjects=frozenset({"v1"})),
        Reference("judicial_ref", rules=frozenset({"XA-6"})),
    ],
)
def test_a_reference_out_of_its_scope_opens_nothing(
    mini_law: Law, case: Case, make_datum: MakeDatum, reference: Reference
) -> None:
    data = (make_datum("account", "bank_record", "s1"),)

    decision = mini_law.decide(replace(case, data=data, references=(reference,)))

    assert Form.MARKER == decision.fields[0].form


def test_a_member_without_a_bundle_sends_nothing(mini_law: Law, case: Case) -> None:
    decision = mini_law.decide(replace(case, sender=Desk("XB", "police")))

    assert NEVER == decision.standing
    assert {Form.OMITTED} == set(forms(decision).values())
    assert decision.fault == "XB has no bundle of its own, so it sends nothing"


def test_a_member_without_a_bundle_receives_under_the_treaty_layer(
    mini_law: Law, case: Case
) -> None:
    decision = mini_law.decide(replace(case, action="store"))

    assert ALLOWED == decision.standing
    assert {"treaty"} == set(decision.bundles)


@pytest.mark.parametrize("state", ["ZZ", "treaty", "", "XB/police"])
def test_an_unknown_recipient_or_sender_is_refused(
    mini_law: Law, case: Case, state: str
) -> None:
    to = mini_law.decide(replace(case, recipient=Desk(state, "police")))
    by = mini_law.decide(replace(case, sender=Desk(state, "police")))

    assert (NEVER, NEVER) == (to.standing, by.standing)
    assert to.fault
    assert by.fault


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "curiosity"},
        {"channel": "rumour"},
        {"notice_type": "gossip"},
        {"danger": "perhaps"},
        {"action": "sell"},
        {"recipient": Desk("XB", "friends")},
        {"references": (Reference("a_wink"),)},
    ],
)
def test_an_unknown_label_refuses_the_whole_notice(
    mini_law: Law, case: Case, change: Mapping[str, object]
) -> None:
    decision = mini_law.decide(replace(case, **change))  # type: ignore[arg-type]  # any change

    assert NEVER == decision.standing
    assert {Form.OMITTED} == set(forms(decision).values())
    assert decision.fault


def test_missing_labels_are_named_as_such(mini_law: Law, case: Case) -> None:
    decision = mini_law.decide(replace(case, missing=("risk.torture",)))

    assert ("complete_labels",) == decision.requires
    assert NEVER == decision.standing
    assert "labels are missing: risk.torture" == decision.fault
    assert "ENG-LABEL" in decision.rules
    assert Form.PSEUDONYM == decision.fields[0].form


def test_the_shortest_of_all_limits_counts(mini_law: Law, case: Case) -> None:
    """Row ENG-RET: agreements, purposes and rules each have theirs."""

    def days(purpose: str, **limits: int) -> int | None:
        asked = replace(case, purpose=purpose, retention_limits=limits)
        return mini_law.decide(asked).retention_days

    assert 365 == days("criminal_investigation")
    assert 30 == days("emergency_life")
    assert 90 == days("nationality_verification")
    assert 180 == days("victim_assistance")
    assert 20 == days("victim_assistance", memo=20, other=40)
    assert 30 == days("emergency_life", memo=200)


def test_no_agreement_in_force_means_that_nothing_goes(mini_law: Law, case: Case) -> None:
    """Row ENG-DEFAULT."""
    lapsed = tuple(replace(a, until=date(2026, 6, 9)) for a in case.agreements)

    for agreements in ((), lapsed):
        decision = mini_law.decide(replace(case, agreements=agreements))
        assert NEVER == decision.standing
        assert (
            "ENG-DEFAULT"
            in mini_law.decide(
                replace(
                    case, agreements=agreements, data=(replace(case.data[0], kind="asylum"),)
                )
            ).rules
        )


def test_a_feared_state_sees_nothing_and_learns_of_no_omission(
    mini_law: Law, case: Case
) -> None:
    person = replace(case.persons[0], feared_state="XB")

    decision = mini_law.decide(replace(case, persons=(person,)))

    assert Form.OMITTED == decision.fields[0].form
    assert decision.fields[0].silent
    assert decision.silent
    assert () == decision.duties


def test_a_subject_that_is_named_but_absent_is_all_unknown(mini_law: Law, case: Case) -> None:
    data = (replace(case.data[0], subjects=("nobody-here",)),)

    decision = mini_law.decide(replace(case, data=data))

    assert Form.OMITTED == decision.fields[0].form


def test_a_field_of_several_persons_takes_the_most_protective_of_each(
    mini_law: Law, case: Case
) -> None:
    given = Consent("given", frozenset({case.purpose}), frozenset({"XB"}))
    people = (replace(case.persons[0], consent=given), case.persons[1])
    both = (replace(case.data[0], subjects=("v1", "s1")),)

    decision = mini_law.decide(replace(case, persons=people, data=both))

    assert Form.PSEUDONYM == decision.fields[0].form


def test_an_acceptance_counts_only_for_the_duties_that_were_offered(
    mini_files: Mapping[str, bytes], case: Case
) -> None:
    notes = '@legal_basis("Invented Act s. 2") @confidence("high") @basis("text seen")'
    rule = f"""
@id("XA-9") @effect("never") @condition("recipient_accepts_caveats") {notes}
forbid (principal, action == Action::"deliver", resource)
unless {{ context.evidence.contains(Evidence::"recipient_accepts_caveats") }};
"""
    law = read_law({**mini_files, "XA/send_more.cedar": rule.encode()})
    offered = duties_digest(law.decide(case).duties)

    def standing(digest: str) -> Rank:
        reference = Reference("recipient_accepts_caveats", duties=digest)
        return law.decide(replace(case, references=(reference,))).standing.rank

    assert Rank.ALLOWED == standing(offered)
    assert Rank.ALLOWED == standing("")
    assert Rank.HELD == standing(duties_digest(["no_onward"]))


def test_a_rule_counts_from_its_first_day_to_its_last(mini_law: Law, case: Case) -> None:
    before = mini_law.decide(replace(case, day=date(2026, 12, 31)))
    after = mini_law.decide(replace(case, day=date(2027, 1, 1)))

    assert Form.EXACT == before.fields[1].form
    assert Form.GENERAL == after.fields[1].form


def test_the_notice_waits_for_a_condition_of_delivery_and_names_another_way(
    mini_law: Law, case: Case
) -> None:
    decision = mini_law.decide(replace(case, notice_type="evidence_request"))

    assert held({"route:mla_central_authority"}) == decision.standing
    assert ("route:central_authority",) == decision.alternatives


def test_matching_is_barred_where_a_rule_says_so(
    mini_law: Law, case: Case, make_datum: MakeDatum
) -> None:
    hashed = replace(
        make_datum("hash", "hashed_identifier", "s1"),
        regimes=frozenset({"vawa_grantee"}),
        essential=Essential.EXACT,
    )

    decision = mini_law.decide(replace(case, action="match", data=(hashed,)))

    assert held({"judicial_ref"}) == decision.standing
    assert Form.OMITTED == decision.fields[0].form


def test_intelligence_becomes_evidence_only_with_the_originators_consent(
    mini_law: Law, case: Case
) -> None:
    data = tuple(replace(d, duties=frozenset({"intel_only"})) for d in case.data)
    asked = replace(case, action="use_as_evidence", data=data)

    assert held({"originator_consent"}) == mini_law.decide(asked).standing
    met = replace(asked, references=(Reference("originator_consent"),))
    assert ALLOWED == mini_law.decide(met).standing


def test_another_purpose_than_it_was_sent_for_asks_a_further_question(
    mini_law: Law, case: Case
) -> None:
    def standing(limit: str, purpose: str, agency: str) -> Rank:
        data = tuple(replace(d, duties=frozenset({f"use_only:{limit}"})) for d in case.data)
        desk = Desk("XB", agency)
        asked = replace(case, action="store", data=data, purpose=purpose, recipient=desk)
        return mini_law.decide(asked).standing.rank

    assert Rank.ALLOWED == standing("prosecution", "prosecution", "police")
    assert Rank.HELD == standing("prosecution", "victim_assistance", "police")
    assert Rank.ALLOWED == standing("ml_tf", "financial_investigation", "fiu")
    assert Rank.HELD == standing("ml_tf", "financial_investigation", "police")
    assert Rank.HELD == standing("ml_tf", "prosecution", "fiu")


def test_passing_on_asks_the_act_and_then_the_release(mini_law: Law, case: Case) -> None:
    decision = mini_law.decide(replace(case, action="onward"))

    assert held({"originator_consent"}) == decision.standing
    assert {"T-OTHER", "T-VICTIM"} <= set(decision.citations)
    assert Form.PSEUDONYM == decision.fields[0].form


def test_a_duty_may_belong_to_the_disclosure_of_what_exculpates(
    mini_law: Law, case: Case
) -> None:
    assert ("notify_before_use",) == mini_law.decide(
        replace(case, action="disclose_exculpatory")
    ).duties
    assert () == mini_law.decide(replace(case, action="store")).duties


def test_an_act_that_no_rule_permits_is_barred(mini_law: Law, case: Case) -> None:
    assert NEVER == mini_law.decide(replace(case, action="publish")).standing
    assert NEVER == mini_law.decide(replace(case, action="store_register")).standing


def test_small_or_fine_statistics_are_general_at_most(
    mini_law: Law, case: Case, make_datum: MakeDatum
) -> None:
    """Row OAS-G-111."""

    def form(count: int | None, geography: str) -> Form:
        cell = replace(
            make_datum("cell", "statistic"), smallest_count=count, geography=geography
        )
        return mini_law.decide(replace(case, data=(cell,))).fields[0].form

    assert Form.EXACT == form(5, "admin1")
    assert Form.GENERAL == form(4, "admin1")
    assert Form.GENERAL == form(0, "admin1")
    assert Form.GENERAL == form(5, "municipality")
    assert Form.GENERAL == form(None, "country")
    assert Form.GENERAL == form(5, "")


def test_preview_says_what_decide_says(mini_law: Law, case: Case) -> None:
    certain = mini_law.decide(case)

    assert replace(certain, record=b"") == mini_law.preview(case)


def test_a_law_without_schema_or_rows_does_not_load(mini_files: Mapping[str, bytes]) -> None:
    for name in ("schema.cedarschema", "rows.jsonl"):
        files = {path: body for path, body in mini_files.items() if path != name}
        with pytest.raises(MalformedError):
            read_law(files)


def test_a_law_without_the_treaty_layer_decides_nothing(
    mini_files: Mapping[str, bytes], case: Case
) -> None:
    files = {path: body for path, body in mini_files.items() if "treaty" not in path}

    assert NEVER == read_law(files).decide(case).standing


def test_a_memory_that_is_full_forgets_and_answers_alike(
    mini_files: Mapping[str, bytes], case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = read_law(mini_files)
    first = law.decide(case)
    monkeypatch.setattr("policies.layer._REMEMBERED", 0)
    monkeypatch.setattr("policies.corpus._REMEMBERED", 0)

    for day in (date(2026, 6, 10), date(2026, 6, 11), date(2026, 6, 10)):
        for desk in (Desk("XB", "court"), case.recipient):
            asked = replace(case, day=day, recipient=desk)
            law.preview(asked)
            assert first.fields == law.decide(asked).fields


def test_what_is_remembered_is_what_a_fresh_law_says(
    mini_files: Mapping[str, bytes], case: Case
) -> None:
    """The memo: every label that a rule names is in its key."""
    law = read_law(mini_files)
    changes: list[dict[str, object]] = [
        {},
        {"danger": "yes"},
        {"recipient": Desk("XB", "court")},
        {"agreements": ()},
        {"references": (Reference("judicial_ref"),)},
        {"persons": (replace(case.persons[0], feared_state="XB"),)},
        {"data": (replace(case.data[0], kind="bank_record"),)},
        {"notice_type": "evidence_request"},
    ]

    for change in [*changes, *changes[::-1]]:
        asked = replace(case, **change)  # type: ignore[arg-type]  # any change
        assert read_law(mini_files).decide(asked) == law.decide(asked)
