"""The guards of the engine: each is shown to refuse where Cedar alone would allow."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from cedarpy import Decision, is_authorized

from policies.answer import NEVER
from policies.bundle import SCHEMA
from policies.corpus import Law
from policies.engine import LawSchema, Question, Roll, RuleSet
from policies.facts import Case
from policies.judgement import judge, questions, weigh
from policies.labels import Labels, Matter
from policies.layer import Layer
from policies.resolver import Profile, resolve
from policies.rule import Rule
from policies.syntax import read_rules
from valija.errors import MalformedError, VerificationError

_NOTES = '@legal_basis("x") @confidence("high") @basis("text seen")'
_OPEN = f"""@id("XA-1") @effect("permit") {_NOTES}
permit (principal, action in [Action::"deliver", Action::"release"], resource);"""
_CLOSE = f"""@id("XA-2") @effect("omitted") @silent {_NOTES}
forbid (principal, action in Action::"release", resource)
when {{ context.subject.roles.contains(Role::"victim") }};"""


def rules_of(*texts: str) -> tuple[Rule, ...]:
    rules, faults = read_rules("XA/send.cedar", "\n".join(texts))
    assert [] == faults
    return tuple(rules)


@pytest.fixture(scope="session")
def schema(schema_text: str) -> LawSchema:
    return LawSchema(schema_text)


@pytest.fixture
def profile(mini_law: Law, case: Case) -> Profile:
    return resolve(case, mini_law.registry)


def ask(rules: RuleSet, matter: Matter, roll: Roll, action: str = "share_exact") -> bool:
    return rules.ask([Question(action, matter, frozenset())], roll)[0].allowed


def test_a_restriction_that_applies_refuses(schema: LawSchema, profile: Profile) -> None:
    roll = Roll(profile.things(), schema)
    matter = profile.fields[0].matter

    assert ask(RuleSet(rules_of(_OPEN), schema), matter, roll)
    assert not ask(RuleSet(rules_of(_OPEN, _CLOSE), schema), matter, roll)


def test_1_a_rule_that_errs_refuses_where_cedar_alone_allows(
    schema: LawSchema, profile: Profile
) -> None:
    broken = replace(
        rules_of(_CLOSE)[0],
        source=_CLOSE.replace(
            'context.subject.roles.contains(Role::"victim")', "1 + principal == 2"
        ),
    )
    roll = Roll(profile.things(), schema)
    matter = profile.fields[0].matter
    text = (_OPEN + broken.source).replace("in Action::", "== Action::")
    text = text.replace('[Action::"deliver", Action::"release"]', '[Action::"share_exact"]')
    text = text.replace('"release"', '"share_exact"')
    uid = {"type": "Party", "id": "XB/police"}
    request = {
        "principal": uid,
        "action": 'Action::"share_exact"',
        "resource": {"type": "Field", "id": "f"},
        "context": {},
    }

    assert Decision.Allow is is_authorized(request, text, "[]").decision  # The trap itself.
    with pytest.raises(VerificationError, match="erred"):
        ask(RuleSet((*rules_of(_OPEN), broken), schema), matter, roll)


@pytest.mark.parametrize("action", ["share_all", "release"])
def test_1_and_2_an_unknown_action_has_no_decision_and_refuses(
    schema: LawSchema, profile: Profile, action: str
) -> None:
    rules = RuleSet(rules_of(_OPEN), schema)

    with pytest.raises(VerificationError):
        ask(rules, profile.fields[0].matter, Roll(profile.things(), schema), action)


def test_2_the_schema_refuses_a_value_that_is_on_no_list(
    schema: LawSchema, profile: Profile
) -> None:
    said = profile.notice.case
    forged = replace(said, values={**said.values, "case.purpose": frozenset({"curiosity"})})
    roll = Roll([*profile.things(), replace(forged, id="forged")], schema)

    with pytest.raises(VerificationError, match="schema"):
        ask(RuleSet(rules_of(_OPEN), schema), profile.fields[0].matter, roll)


def test_2_a_notice_matter_cannot_be_asked_about_a_form(
    schema: LawSchema, profile: Profile
) -> None:
    with pytest.raises(VerificationError):
        ask(RuleSet(rules_of(_OPEN), schema), profile.notice, Roll(profile.things(), schema))


@pytest.mark.parametrize("part", ["party", "resource", "case", "subject"])
def test_3_an_entity_that_is_not_on_the_roll_refuses(
    schema: LawSchema, profile: Profile, part: str
) -> None:
    matter = profile.fields[0].matter
    absent: Labels = getattr(matter, part)
    roll = Roll([thing for thing in profile.things() if thing != absent], schema)

    with pytest.raises(VerificationError, match="not there"):
        ask(RuleSet(rules_of(_OPEN, _CLOSE), schema), matter, roll)


def test_3_is_needed_because_cedar_allows_what_an_absent_subject_would_bar(
    schema_text: str, profile: Profile
) -> None:
    matter = profile.fields[0].matter
    case_entity = {"type": "Case", "id": matter.case.id}
    context = {"case": case_entity, "subject": {"type": "Subject", "id": "nobody"}}
    request = {
        "principal": {"type": "Party", "id": "XB/police"},
        "action": {"type": "Action", "id": "share_exact"},
        "resource": {"type": "Field", "id": "f"},
        "context": {
            **{name: {"__entity": uid} for name, uid in context.items()},
            "basis": [],
            "evidence": [],
        },
    }
    things = [
        {"uid": request[name], "attrs": {}, "parents": []} for name in ("principal", "resource")
    ]

    found = is_authorized(request, _OPEN + _CLOSE, json.dumps(things), schema_text)

    assert Decision.Allow is found.decision
    assert found.diagnostics.errors


def test_5_an_empty_layer_is_no_law(schema: LawSchema, profile: Profile) -> None:
    empty = Layer("XA", (), schema)
    asked = questions(profile, "release", {})

    assert NEVER == weigh([empty], asked).notice.standing("deliver")
    with pytest.raises(VerificationError, match="no rule"):
        judge([empty], asked, Roll(profile.things(), schema))


def test_5_no_layer_is_no_law(schema: LawSchema, profile: Profile) -> None:
    with pytest.raises(VerificationError, match="no layer"):
        judge([], questions(profile, "release", {}), Roll(profile.things(), schema))


def test_two_readings_that_differ_refuse(schema: LawSchema, profile: Profile) -> None:
    open_rule, close_rule = rules_of(_OPEN, _CLOSE)
    planted = replace(
        close_rule, source=close_rule.source.replace('Role::"victim"', 'Role::"witness"')
    )
    layer = Layer("XA", (open_rule, planted), schema)

    with pytest.raises(VerificationError, match="do not agree"):
        judge([layer], questions(profile, "release", {}), Roll(profile.things(), schema))


def test_a_guard_that_refuses_becomes_a_refusing_decision(
    mini_law: Law, mini_files: Mapping[str, bytes], case: Case
) -> None:
    bundle = mini_law.bundles["XA"]
    broken = replace(
        bundle.send[1], source=bundle.send[1].source.replace("bank_record", "identity")
    )
    bundles = [mini_law.bundles["treaty"], replace(bundle, send=(bundle.send[0], broken))]
    law = Law(bundles, mini_law.registry, LawSchema(mini_files[SCHEMA].decode()))

    decision = law.decide(case)

    assert NEVER == decision.standing
    assert "the two readings of the law do not agree" == decision.fault
    assert ("ENG-LABEL",) == decision.rules


def test_two_rules_with_one_id_do_not_load(schema: LawSchema) -> None:
    with pytest.raises(MalformedError, match="same id"):
        RuleSet(rules_of(_OPEN, _OPEN), schema)


def test_a_schema_that_does_not_parse_is_refused() -> None:
    with pytest.raises(MalformedError):
        LawSchema("entity of nothing")


class _Result:
    """What Cedar might answer if it were broken: fewer answers, or a stranger's rule."""

    def __init__(self, reasons: list[str]) -> None:
        self.decision = Decision.Allow
        self.diagnostics = type("Diagnostics", (), {"errors": [], "reasons": reasons})()


@pytest.mark.parametrize(
    ("results", "told"),
    [([], "fewer questions"), ([_Result(["XA-9"])], "not in this layer")],
)
def test_an_answer_that_cannot_be_is_refused(
    schema: LawSchema,
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
    results: list[_Result],
    told: str,
) -> None:
    monkeypatch.setattr("policies.engine.is_authorized_batch", lambda *_: results)

    with pytest.raises(VerificationError, match=told):
        ask(
            RuleSet(rules_of(_OPEN), schema),
            profile.fields[0].matter,
            Roll([*profile.things()], schema),
        )


def test_a_rule_that_cedar_cannot_build_does_not_load(schema: LawSchema) -> None:
    (rule,) = rules_of(_OPEN)

    with pytest.raises(MalformedError, match="cannot build"):
        RuleSet((replace(rule, source="permit (principal;"),), schema)
