"""Golden cases: how they inherit, what they check, and that dropping a rule is noticed."""

import sys
from collections.abc import Mapping

import pytest

from policies.answer import Form, Rank
from policies.corpus import Law
from policies.folder import read_folder
from policies.golden import differences, parse_golden
from policies.mutation import mutate
from policies.review import review
from valija.errors import MalformedError

_CASES = """
[defaults]
date = "2026-06-10"
action = "release"
notice_type = "case_notice"
channel = "spontaneous"
purpose = "criminal_investigation"
sender = { state = "XA", agency_type = "police" }
recipient = { state = "XB", agency_type = "police" }
agreements = [{ id = "UNTOC", in_force = true, covers = ["*"] }]
secrecy = { active = false }
urgency = { danger_to_life = false }
origin = { state = "XA" }

[defaults.offence]
charges = []
dual_criminality = "yes"
coercive_measure = false
political = false
recipient_max_penalty = "imprisonment"

[defaults.risk]
torture = "none"
persecution = false
recipient_compromised = false

[subject]
role = "suspect"
minor = "no"
consent = { status = "not_sought" }
asylum = { status = "none" }
protected_witness = false
publication_ban = false

[field]
source = "police"
essential = false

[[case]]
id = "A"
title = "a bank record waits for a judge or an authority"
subjects = [{ id = "s1" }]
fields = [{ name = "account", category = "bank_record", subject = "s1" }]

[case.expected]
decision = "permit"
fields = { account = "redact" }
conditions = { account = ["judicial_ref | authority_request"] }
retention_max_days = 90
obligations_include = ["use_only:criminal_investigation"]
rules_include = ["XA-2", "XA-5"]

[[case]]
id = "B"
like = "A"
evidence = { judicial_ref = "order 7" }
expected = { fields = { account = "raw" }, requires_exclude = ["judicial_ref"] }

[[case]]
id = "C"
like = "B"
evidence = { judicial_ref = "null" }
subjects = [{ id = "s1", consent = { status = "refused" } }, { id = "s2", drop = true }]
fields = [{ name = "account", drop = true }, { name = "road", category = "routes" }]
expected = { fields = { road = "raw" }, rules_exclude = ["XA-2"] }

[[case]]
id = "D"
like = "A"
agreements = []
expected = { decision = "deny", fields = { account = "omit" } }
"""


def test_a_case_says_only_what_differs(mini_law: Law) -> None:
    first, second, third, last = parse_golden(_CASES)

    assert [()] * 4 == [
        differences(golden.expected, mini_law.decide(golden.case))
        for golden in (first, second, third, last)
    ]
    assert ["road"] == [datum.name for datum in third.case.data]
    assert "refused" == third.case.persons[0].consent.status
    assert () == last.case.agreements
    assert "police" == next(iter(third.case.data[0].sources))
    assert "a bank record waits for a judge or an authority" == first.title


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"decision": "hold"}, "decision is permit, expected hold"),
        ({"fields": {"account": "raw"}}, "field account is redact, expected raw"),
        ({"fields": {"other": "raw"}}, "field other is None"),
        ({"conditions": {"account": ["judicial_ref"]}}, "field account would open with"),
        ({"conditions": {"other": ["judicial_ref"]}}, "field other would open with"),
        ({"retention_max_days": 91}, "retention_max_days is 90"),
        ({"obligations_include": ["no_onward"]}, "obligations lacks no_onward"),
        ({"rules_exclude": ["XA-2"]}, "rules has XA-2"),
        ({"response_mode": "silent"}, "response_mode is normal"),
    ],
)
def test_a_decision_that_differs_is_told(
    mini_law: Law, expected: Mapping[str, object], told: str
) -> None:
    golden = parse_golden(_CASES)[0]

    found = differences(expected, mini_law.decide(golden.case))

    assert len(found) == 1
    assert told in found[0]


def test_null_and_nothing_check_nothing(mini_law: Law) -> None:
    golden = parse_golden(_CASES)[0]
    nothing: dict[str, object] = {
        "retention_max_days": None,
        "fields": {},
        "requires_include": [],
        "response_mode": "null",
    }

    assert () == differences(nothing, mini_law.decide(golden.case))


@pytest.mark.parametrize(
    "text",
    [
        "[[case]",
        "[[case]]\ntitle = 'no id'",
        "[[case]]\nid = 'A'",
        "[[case]]\nid = 'A'\nexpected = {}",
        "[[case]]\nid = 'A'\nexpected = { mood = 'good' }\ndate = '2026-06-10'",
        "[[case]]\nid = 'A'\nlike = 'Z'\nexpected = { decision = 'deny' }",
        _CASES + "\n[[case]]\nid = 'A'\nexpected = { decision = 'deny' }",
        "[[case]]\nid = 'A'\nexpected = { decision = 'deny' }\ndate = 'soon'",
    ],
)
def test_golden_cases_that_do_not_read_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_golden(text)


def test_a_list_that_is_none_is_refused(mini_law: Law) -> None:
    golden = parse_golden(_CASES)[0]

    for broken in ({"rules_include": "XA-2"}, {"fields": ["raw"]}, {"conditions": "x"}):
        with pytest.raises(MalformedError):
            differences(broken, mini_law.decide(golden.case))
    assert 1 == len(differences({"conditions": {"account": 7}}, mini_law.decide(golden.case)))


def test_a_failing_case_is_told_with_its_line(mini_files: Mapping[str, bytes]) -> None:
    text = _CASES.replace('account = "raw"', 'account = "omit"')
    line = text.splitlines().index('id = "B"') + 1

    found = review({**mini_files, "XA/XA.cases.toml": text.encode()})

    assert 4 == found.cases
    assert [f"XA/XA.cases.toml:{line}: B: field account is raw, expected omit"] == [
        str(failure) for failure in found.failures
    ]
    quoted = text.replace('id = "B"', "id = 'B'").encode()
    told = review({**mini_files, "XA/XA.cases.toml": quoted}).failures
    assert 1 == told[0].place.line
    broken = review({**mini_files, "XA/XA.cases.toml": b"[[case]"})
    assert 1 == len(broken.failures)


def test_a_rule_that_no_case_notices_is_named(mini_files: Mapping[str, bytes]) -> None:
    files = {**mini_files, "XA/XA.cases.toml": _CASES.encode()}

    found = mutate(files)["XA"]

    assert ("XA-1", "XA-2", "XA-5") == found.killed
    assert ("XA-3", "XA-4", "XA-6") == found.survived
    assert () == found.named


def test_a_rule_that_is_only_named_counts_apart_and_a_redundant_one_is_excused(
    mini_files: Mapping[str, bytes],
) -> None:
    doubled = mini_files["XA/send.cedar"].decode()
    second = doubled[doubled.index('@id("XA-1")') : doubled.index('@id("XA-2")')]
    rules = second.replace("XA-1", "XA-8") + second.replace(
        '@id("XA-1")', '@id("XA-9") @redundant("kept for its article")'
    )
    cases = _CASES.replace('rules_include = ["XA-2"', 'rules_include = ["XA-8", "XA-2"')

    found = mutate(
        {
            **mini_files,
            "XA/send_more.cedar": rules.encode(),
            "XA/XA.cases.toml": cases.encode(),
        }
    )["XA"]

    assert ("XA-8",) == found.named
    assert ("XA-9",) == found.excused
    assert "XA-1" in found.survived


def test_every_golden_case_of_the_law_is_answered_as_expected() -> None:
    found = review(read_folder())

    assert [] == [str(fault) for fault in (*found.faults, *found.failures)]
    assert found.rules > 100


def test_dropping_any_rule_of_the_law_fails_a_case_of_its_bundle(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = mutate(read_folder())

    survivors = {name: mutants.survived for name, mutants in found.items() if mutants.survived}
    killed, named = (
        sum(len(getattr(mutants, fate)) for mutants in found.values())
        for fate in ("killed", "named")
    )
    with capsys.disabled():
        sys.stdout.write(f"[rules dropped: {killed} noticed by outcome, {named} by name]")
    assert {} == survivors


@pytest.mark.parametrize("state", ["AR", "BR", "CO", "MX"])
def test_the_cases_of_a_state_show_every_form_held_and_barred(
    real_law: Law, state: str
) -> None:
    text = read_folder()[f"{state}/{state}.cases.toml"].decode()

    decisions = [real_law.preview(golden.case) for golden in parse_golden(text)]

    assert set(Form) == {field.form for found in decisions for field in found.fields}
    assert set(Rank) == {found.standing.rank for found in decisions}
    assert all(found.citations for found in decisions)
