"""The case file's door: what is absent, unknown or broken, and the form of the answer."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.answer import Rank
from policies.caseanswer import answer_of
from policies.casefile import parse_case
from policies.corpus import Law
from policies.facts import Desk, Essential, Reference
from policies.golden import differences
from valija.errors import MalformedError

_SHARED = Path(__file__).parents[2] / ".." / "shared" / "design" / "law_cases.jsonl"


def document(**changes: object) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "id": "X1",
        "date": "2026-06-10",
        "action": "release",
        "notice_type": "case_notice",
        "channel": "spontaneous",
        "purpose": "criminal_investigation",
        "sender": {"state": "XA", "agency_type": "police"},
        "recipient": {"state": "XB", "agency_type": "police"},
        "agreements": [{"id": "UNTOC", "in_force": True, "covers": ["*"]}],
        "offence": {
            "charges": [],
            "dual_criminality": "yes",
            "coercive_measure": False,
            "political": False,
            "recipient_max_penalty": "imprisonment",
        },
        "secrecy": {"active": False},
        "urgency": {"danger_to_life": False},
        "risk": {
            "torture": "none",
            "mitigable": "n/a",
            "persecution": False,
            "recipient_compromised": False,
        },
        "origin": {"state": "XA"},
        "subjects": [
            {
                "id": "s1",
                "role": "suspect",
                "minor": "no",
                "consent": {"status": "not_sought"},
                "asylum": {"status": "none", "feared_state": None},
                "protected_witness": False,
                "publication_ban": False,
            }
        ],
        "fields": [
            {
                "name": "road",
                "category": "routes",
                "subject": None,
                "source": "police",
                "essential": False,
            }
        ],
    }
    return {**stated, **changes}


def test_typology_is_research_into_policy_and_awareness_is_outside_the_treaties() -> None:
    assert "policy_research" == parse_case(document(purpose="typology")).purpose
    assert "other" == parse_case(document(purpose="awareness")).purpose


def test_a_case_is_read_as_it_is_stated(mini_law: Law) -> None:
    case = parse_case(document())

    assert () == case.missing
    assert date(2026, 6, 10) == case.day
    assert Desk("XB", "police") == case.recipient
    assert (Reference("approval:second_person"),) == case.references
    assert Rank.ALLOWED is mini_law.decide(case).standing.rank


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (("channel",), "channel"),
        (("purpose",), "purpose"),
        (("notice_type",), "notice_type"),
        (("action",), "action"),
        (("sender", "state"), "sender.state"),
        (("recipient", "agency_type"), "recipient.agency_type"),
        (("origin",), "origin.state"),
        (("secrecy",), "secrecy.active"),
        (("urgency", "danger_to_life"), "urgency.danger_to_life"),
        (("risk", "torture"), "risk.torture"),
        (("risk", "persecution"), "risk.persecution"),
        (("risk", "recipient_compromised"), "risk.recipient_compromised"),
        (("offence", "political"), "offence.political"),
        (("offence", "dual_criminality"), "offence.dual_criminality"),
        (("offence", "recipient_max_penalty"), "offence.recipient_max_penalty"),
        (("subjects", 0, "role"), "subjects.s1.role"),
        (("subjects", 0, "minor"), "subjects.s1.minor"),
        (("subjects", 0, "consent"), "subjects.s1.consent.status"),
        (("subjects", 0, "asylum"), "subjects.s1.asylum.status"),
        (("subjects", 0, "protected_witness"), "subjects.s1.protected_witness"),
        (("fields", 0, "category"), "fields.road.category"),
        (("fields", 0, "source"), "fields.road.source"),
    ],
)
def test_a_label_that_nobody_stated_refuses_and_is_named(
    mini_law: Law, path: tuple[Any, ...], label: str
) -> None:
    for absent in (True, False):
        stated = document()
        table: Any = stated
        for key in path[:-1]:
            table = table[key]
        if absent:
            del table[path[-1]]
        else:
            table[path[-1]] = None

        case = parse_case(stated)
        answer = answer_of("X1", mini_law.decide(case))

        assert (label,) == case.missing
        assert ("deny", ["complete_labels"]) == (answer["decision"], answer["requires"])


def test_what_may_be_absent_has_its_default() -> None:
    case = parse_case(document())

    assert ("no", "no", "yes") == (
        case.own_inquiry_at_risk,
        case.confidential_request,
        case.complete,
    )
    assert ("no", "no") == (case.offence.military, case.offence.ad_hoc_tribunal)
    assert "none" == case.refusal


def test_an_unknown_value_becomes_unknown_and_an_unknown_key_is_ignored() -> None:
    case = parse_case(
        document(
            channel="pigeon",
            purpose="awareness",
            notice_type="gossip",
            refusal_reason_claimed="mood",
            weather="fine",
            evidence={"a_wink": "x", "judicial_ref": "order 7", "consent_evidence": "said so"},
        )
    )

    assert ("unknown", "other", "unknown", "other") == (
        case.channel,
        case.purpose,
        case.notice_type,
        case.refusal,
    )
    assert ["approval:second_person", "judicial_ref"] == [r.name for r in case.references]


@pytest.mark.parametrize(
    ("stated", "mitigable", "expected"),
    [
        ("none", "n/a", "none"),
        ("substantial", "no", "substantial"),
        ("substantial", "yes", "mitigable"),
        ("substantial", True, "mitigable"),
        ("substantial", "unclear", "unclear"),
        ("perhaps", "n/a", "unknown"),
    ],
)
def test_the_risk_of_torture_is_read_with_what_mitigates_it(
    stated: str, mitigable: object, expected: str
) -> None:
    risk = {
        "torture": stated,
        "mitigable": mitigable,
        "persecution": False,
        "recipient_compromised": False,
    }

    assert expected == parse_case(document(risk=risk)).risk.torture


def test_agreements_count_as_the_registry_sees_them() -> None:
    entries = [
        {"id": "TIP", "in_force": False, "covers": ["*"]},
        {
            "id": "M",
            "type": "bilateral_mou",
            "in_force": True,
            "covers": ["mla"],
            "intel_only": "who knows",
        },
        {"id": "J", "type": "jit", "in_force": True, "covers": ["*"], "members": ["XA", "AR"]},
        {"id": "P", "type": "handshake", "in_force": True, "covers": ["*"]},
        {
            "id": "S",
            "type": "multilateral",
            "in_force": True,
            "covers": ["*"],
            "covers_SIT": True,
        },
    ]

    found = {a.id: a for a in parse_case(document(agreements=entries)).agreements}

    assert ["M", "J", "S"] == list(found)
    assert not found["M"].formal
    assert {"intel_only"} == found["M"].duties
    assert {"XA", "AR"} == found["J"].parties
    assert "treaty" == found["S"].type
    assert found["S"].special_techniques


def test_a_consent_whose_last_day_is_no_date_is_over() -> None:
    stated = document()
    stated["subjects"][0]["consent"] = {"status": "given", "valid_until": "soon"}
    orders = {"active": True, "type": "AR_204", "until": "soon"}

    case = parse_case({**stated, "secrecy": orders})

    assert date.min == case.persons[0].consent.until
    assert None is case.secrecy[0].until


def test_of_two_limits_by_one_source_the_shorter_counts(mini_law: Law) -> None:
    limits = [
        {"source": "agreement", "days": 200},
        {"source": "agreement", "days": 100},
    ]

    case = parse_case(document(retention={"proposed_days": 30, "limits": limits}))

    assert {"agreement": 100} == case.retention_limits
    assert 100 == mini_law.decide(case).retention_days


def test_restrictions_in_unknown_words_bind_as_the_strictest() -> None:
    origin = {"state": "XB", "restrictions": ["confidential", "use_only:prosecution", "hush"]}

    (datum,) = parse_case(document(origin=origin)).data

    assert {
        "keep_confidential_request",
        "use_only:prosecution",
        "no_onward",
        "intel_only",
    } == datum.duties


def test_a_field_that_is_not_said_to_be_inessential_is_essential() -> None:
    field = {"name": "x", "category": "routes", "subject": None, "source": "bank"}

    assert Essential.EXACT is parse_case(document(fields=[field])).data[0].essential


_CHANGED: tuple[dict[str, object], ...] = (
    {"subject": 1},
    {"subject": {"id": "s1"}},
    {"subject": False},
    {"subject": []},
    {"subject": ""},
    {"subject": ["s1", 2]},
    {"labels": {"us_1367": True}},
    {"labels": [{"name": "us_1367"}]},
    {"name": None},
)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "case",
        document(date="tomorrow"),
        document(date=None),
        document(fields="all"),
        document(fields=[1]),
        document(subjects={"id": "s1"}),
        document(evidence=["judicial_ref"]),
        document(fields=[document()["fields"][0]] * 2),
        document(subjects=[document()["subjects"][0]] * 2),
        document(subjects=[{**document()["subjects"][0], "role": {"victim": True}}]),
        document(subjects=[{**document()["subjects"][0], "id": 1}]),
        document(subjects=[{**document()["subjects"][0], "id": ""}]),
        document(subjects=False),
        document(agreements={}),
        document(evidence={"judicial_ref": {"status": "denied"}}),
        document(evidence=[]),
        document(evidence={"judicial_ref": True}),
        document(caveats=["no_onward"]),
        document(caveats={"proposed": {"no_onward": True}}),
        document(origin={"state": "XA", "restrictions": {"no_onward": True}}),
        document(origin={"state": "XA", "restrictions": [["no_onward"]]}),
        document(offence=[]),
        *(
            document(retention={"limits": [{"source": "agreement", "days": days}]})
            for days in ("30", 30.0, -4, True, None)
        ),
        *(document(fields=[{**document()["fields"][0], **changed}]) for changed in _CHANGED),
    ],
)
def test_a_case_that_does_not_parse_is_refused(broken: object) -> None:
    with pytest.raises(MalformedError):
        parse_case(broken)


def test_the_answer_has_the_keys_of_the_format_in_order(mini_law: Law) -> None:
    answer = answer_of("X1", mini_law.decide(parse_case(document())))

    assert [
        "id",
        "decision",
        "fields",
        "requires",
        "obligations",
        "retention_max_days",
        "response_mode",
        "alternatives",
        "rules",
    ] == list(answer)
    assert {"road": "raw"} == answer["fields"]
    assert "normal" == answer["response_mode"]


def test_an_act_is_allowed_held_or_barred(mini_law: Law) -> None:
    def said(action: str, **changes: object) -> object:
        return answer_of("", mini_law.decide(parse_case(document(action=action, **changes))))[
            "decision"
        ]

    intelligence = {"state": "XA", "restrictions": ["intel_only"]}
    assert "allowed" == said("store")
    assert "held" == said("use_as_evidence", origin=intelligence)
    assert "barred" == said("publish")
    assert "hold" == said("onward")


def test_a_secrecy_that_lapsed_is_no_secrecy_but_in_peru(mini_law: Law) -> None:
    def orders(**order: object) -> Mapping[str, object]:
        decision = mini_law.decide(parse_case(document(secrecy=order)))
        found: Mapping[str, object] = json.loads(decision.record)["heard"][0]["case"]
        return found

    assert ["AR_204"] == orders(active=True, type="AR_204", until=None)["case.secrecy"]
    assert ["AR_204"] == orders(active=True, type="AR_204", until="2026-06-10")["case.secrecy"]
    assert "case.secrecy" not in orders(active=True, type="AR_204", until="2026-06-09")
    assert ["PE_reserve"] == orders(active=True, type="PE_324", until="2026-06-09")[
        "case.secrecy"
    ]
    assert ["unknown"] == orders(active=True, type=None)["case.secrecy"]
    assert ["unknown"] == orders(active="perhaps", type="AR_204")["case.secrecy"]


def _cases() -> list[dict[str, Any]]:
    if not _SHARED.is_file():
        return []
    return [json.loads(line) for line in _SHARED.read_text().splitlines()]


@pytest.mark.skipif(not _SHARED.is_file(), reason="the shared worked cases are not here")
def test_the_worked_cases_of_the_law_page_decide_as_expected(real_law: Law) -> None:
    asked = [case for case in _cases() if case["sender"]["state"] in real_law.bundles]

    wrong = {
        case["id"]: found
        for case in asked
        if (found := differences(case["expected"], real_law.decide(parse_case(case))))
    }

    assert {} == wrong
    assert len(asked) >= 5


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=True),
    st.text(max_size=6),
    st.sampled_from(["unknown", "yes", "n/a", "victim", "AR", "*", "2026-06-10"]),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), max_size=2),
    st.dictionaries(
        st.sampled_from(["id", "state", "status", "name"]), st.integers(), max_size=2
    ),
)


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_stands_in_a_case_it_is_refused_or_decided(
    mini_law: Law, data: st.DataObject
) -> None:
    stated: Any = document(
        caveats={"proposed": [], "accepted_by_recipient": True},
        evidence={"judicial_ref": "order 7"},
        retention={"proposed_days": 30, "limits": [{"source": "agreement", "days": 20}]},
    )
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_places(stated)[1:]))
        table = stated
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = data.draw(_JUNK)

    try:
        case = parse_case(stated)
    except MalformedError:
        return
    answer = answer_of("", mini_law.decide(case))
    assert answer["decision"] in {"permit", "hold", "deny", "allowed", "held", "barred"}
    assert json.dumps(answer)
