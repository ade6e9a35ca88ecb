"""The linter: each edit that lies is refused with its file, its line and a sentence."""

from collections.abc import Mapping

import pytest

from policies.bundle import read_bundle
from policies.corpus import read_law
from policies.linter import parse_rows, unwritten
from policies.review import review
from policies.syntax import read_rules
from valija.errors import MalformedError

_XA = "XA/send.cedar"
_TREATY = "treaty/send.cedar"

# file, what is replaced, by what, a part of the sentence that must be told
EDITS = {
    "effect that lies about structure": (
        _XA,
        '@id("XA-2") @effect("marker")',
        '@id("XA-2") @effect("pseudonym")',
        "the rule does something else",
    ),
    "effect that is none": (_XA, '@effect("keep")', '@effect("hide")', "no effect hide"),
    "redaction turned into a permit": (
        _TREATY,
        'forbid (principal, action in Action::"content", resource in Class::"incriminating")',
        'permit (principal, action in Action::"content", resource in Class::"incriminating")',
        "the rule does something else",
    ),
    "missing citation": (
        _XA,
        '@in_force("2027-01-01/..") @legal_basis("Invented Act s. 1")',
        '@in_force("2027-01-01/..")',
        "cites no instrument",
    ),
    "empty citation": (
        _XA,
        '@in_force("2027-01-01/..") @legal_basis("Invented Act s. 1")',
        '@in_force("2027-01-01/..") @legal_basis(" ")',
        "cites no instrument",
    ),
    "unknown label": (
        _XA,
        'resource in Kind::"bank_record")\nunless',
        'resource in Kind::"bank_recrod")\nunless',
        "not on the closed list Kind",
    ),
    "unknown role": (
        _TREATY,
        'context.subject.roles.contains(Role::"victim")',
        'context.subject.roles.contains(Role::"victm")',
        "not on the closed list Role",
    ),
    "unknown attribute": (_TREATY, "context.case.penalty", "context.case.sentence", "no label"),
    "value of another list": (
        _TREATY,
        'context.case.channel != Channel::"mla"',
        'context.case.channel != Purpose::"training"',
        "has values of Channel",
    ),
    "duplicate id": (_XA, '@id("XA-3")', '@id("XA-2")', "stands already at XA/send.cedar"),
    "another state's id": (_XA, '@id("XA-3")', '@id("T-TASK")', "belongs to treaty, not to XA"),
    "an id that is no row": (_XA, '@id("XA-3")', '@id("XA-99")', "no row of law"),
    "a suffix that is none": (_XA, '@id("XA-3")', '@id("XA-3.Two Words")', "no row of law"),
    "no id": (_XA, '@id("XA-3") ', "", "has no @id"),
    "missing condition": (
        _TREATY,
        '\n@condition("assurance:no_death_penalty")',
        "",
        "not the evidence that answers",
    ),
    "false condition": (
        _XA,
        '@condition("judicial_ref | authority_request")',
        '@condition("judicial_ref")',
        "not the evidence that answers",
    ),
    "evidence in a permit": (
        _XA,
        'resource in Kind::"bank_record");\n\n@id("XA-6")',
        (
            'resource in Kind::"bank_record")\nunless { context.evidence.contains'
            '(Evidence::"judicial_ref") };\n\n@id("XA-6")'
        ),
        "does not ask for evidence",
    ),
    "evidence in a when": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        'when { context.evidence.contains(Evidence::"judicial_ref") }',
        "evidence stands alone",
    ),
    "evidence negated": (
        _TREATY,
        'unless { context.evidence.contains(Evidence::"consent_evidence") }',
        'unless { !context.evidence.contains(Evidence::"consent_evidence") }',
        "evidence stands alone",
    ),
    "evidence mixed with another fact": (
        _TREATY,
        'unless { context.evidence.contains(Evidence::"consent_evidence") }',
        (
            'unless { context.evidence.contains(Evidence::"consent_evidence") || '
            'context.case.lane == Lane::"research" }'
        ),
        "evidence stands alone",
    ),
    "danger without its override": (
        _TREATY,
        '\n@relaxed_by("TIP-6-5")',
        "",
        "says @relaxed_by",
    ),
    "another override": (
        _TREATY,
        '@relaxed_by("TIP-6-5")',
        '@relaxed_by("XA-1")',
        "@relaxed_by names TIP-6-5",
    ),
    "omission that shows": (
        _TREATY,
        '@id("T-FEARED") @effect("omitted") @silent',
        '@id("T-FEARED") @effect("omitted")',
        "@silent belongs to every omitted",
    ),
    "silence without omission": (
        _XA,
        '@id("XA-3") @effect("general")',
        '@id("XA-3") @effect("general") @silent',
        "@silent belongs to every omitted",
    ),
    "unknown duty": (
        _TREATY,
        '@duty("no_use_against_victim")',
        '@duty("be_kind")',
        "no duty be_kind",
    ),
    "unknown argument of a duty": (
        _TREATY,
        '@duty("use_only:{purpose}")',
        '@duty("use_only:anything")',
        "no duty use_only:anything",
    ),
    "unknown task": (
        _TREATY,
        '@task("invalid_refusal_reason:bank_secrecy")',
        '@task("invalid_refusal_reason:none")',
        "no task",
    ),
    "bad retention": (_XA, '@keep("days:90")', '@keep("days:0")', "@keep is days:N"),
    "retention without an end": (
        _XA,
        '@keep("days:90")',
        '@keep("forever")',
        "@keep is days:N",
    ),
    "duty on a limit": (
        _XA,
        '@id("XA-3") @effect("general")',
        '@id("XA-3") @effect("general") @duty("no_onward")',
        "@duty belongs to the effect duty",
    ),
    "bad dates": (
        _XA,
        '@in_force("2027-01-01/..")',
        '@in_force("2027-01-01/2026-01-01")',
        "@in_force is FIRST/LAST",
    ),
    "an annotation that is none": (
        _XA,
        '@id("XA-3")',
        '@id("XA-3") @note("x")',
        "no annotation",
    ),
    "another confidence than the row's": (
        _XA,
        '@confidence("high") @basis("text seen")\nforbid (principal, action == Action::"share_',
        '@confidence("low") @basis("text seen")\nforbid (principal, action == Action::"share_',
        "@confidence is not what the row",
    ),
    "an alternative that is no route": (
        _TREATY,
        '@alternative("route:central_authority")',
        '@alternative("the back door")',
        "@alternative names no condition",
    ),
    "a permit with a hole in the ladder": (
        _XA,
        'permit (principal, action in [Action::"deliver", Action::"release", Action::"match"]',
        'permit (principal, action in [Action::"deliver", Action::"share_exact"]',
        "together with every lesser form",
    ),
    "an act among the releases": (
        _XA,
        'forbid (principal, action == Action::"share_exact", resource in Kind::"routes")',
        'forbid (principal, action == Action::"store", resource in Kind::"routes")',
        "stands in receive.cedar",
    ),
    "a notice rule that reads a subject": (
        _TREATY,
        'context.case.channel != Channel::"mla"',
        'context.subject.minor != Flag::"no"',
        "cannot read a subject",
    ),
    "outside the subset: has": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        "when { context has case }",
        "outside the analysable subset",
    ),
    "outside the subset: if": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        'when { if context.case.refusal == Refusal::"none" then true else false }',
        "outside the analysable subset",
    ),
    "outside the subset: a literal": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        "when { false }",
        "outside the analysable subset",
    ),
    "outside the subset: two labels compared": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        "when { context.case.danger == context.case.personal }",
        "a set holds named values",
    ),
    "an action that is not named": (
        _TREATY,
        'permit (principal, action == Action::"share_marker", resource);',
        "permit (principal, action, resource);",
        "the action is not named",
    ),
    "a group taken for an action": (
        _TREATY,
        'permit (principal, action == Action::"share_marker", resource);',
        'permit (principal, action == Action::"release", resource);',
        "is a group",
    ),
    "a scope by kind of entity": (
        _TREATY,
        'permit (principal, action == Action::"share_marker", resource);',
        'permit (principal is Party, action == Action::"share_marker", resource);',
        "the scope of principal",
    ),
    "an excuse without a reason": (
        _XA,
        '@id("XA-3")',
        '@id("XA-3") @redundant("")',
        "@redundant says why",
    ),
    "an alternative that a permit names": (
        _XA,
        '@id("XA-1")',
        '@id("XA-1") @alternative("route:fiu")',
        "@alternative is for a restriction",
    ),
    "a bar that bars a release": (
        _XA,
        '@id("XA-3") @effect("general")',
        '@id("XA-3") @effect("bar")',
        "does not forbid acts only",
    ),
    "a duty that permits a release": (
        _XA,
        '@id("XA-1") @effect("permit")',
        '@id("XA-1") @effect("duty") @duty("no_onward")',
        "does not permit one impose action",
    ),
    "a permit that forbids": (
        _XA,
        '@id("XA-3") @effect("general")',
        '@id("XA-3") @effect("permit")',
        "the rule does something else",
    ),
    "evidence named twice": (
        _XA,
        'unless { context.evidence.contains(Evidence::"authority_request") }',
        'unless { context.evidence.contains(Evidence::"judicial_ref") }',
        "named twice",
    ),
    "a date that is none": (
        _XA,
        '@in_force("2027-01-01/..")',
        '@in_force("soon/..")',
        "@in_force is FIRST/LAST",
    ),
    "a slot": (
        _XA,
        'forbid (principal, action == Action::"share_exact", resource in Kind::"routes")',
        'forbid (principal == ?principal, action == Action::"share_exact", resource)',
        "without slots",
    ),
    "an action that is none": (
        _XA,
        'action == Action::"share_exact"',
        'action == Action::"share_all"',
        "no action share_all",
    ),
    "evidence compared with nothing": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        "when { context.evidence.contains(context.case.refusal) || !(context.evidence == []) }",
        "evidence is compared with nothing",
    ),
    "a set compared as one value": (
        _TREATY,
        'context.subject.roles.contains(Role::"victim")',
        'context.subject.roles == Role::"victim"',
        "subject.roles is a set",
    ),
    "one value compared as a set": (
        _TREATY,
        'context.subject.roles.contains(Role::"victim")',
        'context.subject.minor.contains(Flag::"yes")',
        "subject.minor is one value",
    ),
    "a comparison of no label": (
        _TREATY,
        'context.subject.roles.contains(Role::"victim")',
        '[Role::"victim"].contains(Role::"witness")',
        "sets one label against named values",
    ),
    "a principal in what no principal is in": (
        _TREATY,
        'when { context.case.refusal == Refusal::"bank_secrecy" }',
        'when { principal in Kind::"identity" }',
        "principal is never in Kind",
    ),
    "syntax": (
        _XA,
        '@id("XA-3") @effect("general")',
        '@id("XA-3" @effect("general")',
        "Cedar cannot",
    ),
    "a rule that never ends": (
        _XA,
        'resource in Kind::"routes");',
        'resource in Kind::"routes")',
        "Cedar cannot",
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_that_lies_is_refused_with_file_line_and_sentence(
    mini_files: Mapping[str, bytes], edit: tuple[str, str, str, str]
) -> None:
    path, old, new, sentence = edit
    text = mini_files[path].decode()
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    files = {**mini_files, path: text.replace(old, new, 1).encode()}

    told = [str(fault) for fault in review(files).faults]

    assert any(sentence in fault for fault in told), told
    match = next(fault for fault in told if sentence in fault)
    file, number, _ = match.split(":", 2)
    assert path == file
    assert abs(int(number) - line) <= 5
    assert text.splitlines()[int(number) - 1].startswith(("@id", "@effect"))
    with pytest.raises(MalformedError, match=path.replace(".", r"\.")):
        read_law(files)


def test_the_invented_law_has_no_fault(mini_files: Mapping[str, bytes]) -> None:
    assert () == review(mini_files).faults


def test_a_duty_on_the_notice_may_not_read_roles(mini_files: Mapping[str, bytes]) -> None:
    rule = """@id("XA-7") @effect("duty") @duty("no_publication") @legal_basis("x")
@confidence("high") @basis("text seen")
permit (principal, action == Action::"impose_notice", resource)
when { context.case.roles.contains(Role::"witness") };"""

    told = review({**mini_files, "XA/send_duty.cedar": rule.encode()}).faults

    assert ["XA/send_duty.cedar:1"] == [str(fault).split(": ")[0] for fault in told]
    assert "betray a hidden witness" in told[0].sentence


def test_a_release_does_not_stand_among_the_acts(mini_files: Mapping[str, bytes]) -> None:
    files = {
        **mini_files,
        "XA/receive.cedar": mini_files["XA/send.cedar"].replace(b"XA-", b"XA-1"),
    }

    assert any("stands in send.cedar" in fault.sentence for fault in review(files).faults)


def test_a_label_may_stand_on_either_side() -> None:
    rules, faults = read_rules(
        "XA/send.cedar",
        """@id("a") forbid (principal, action == Action::"deliver", resource)
        when { Flag::"yes" == context.case.danger &&
          [Role::"victim"].containsAny(context.case.roles) };
        @id("b") forbid (principal, action == Action::"deliver", resource)
        when { context.case.danger == Flag::"yes" &&
          context.case.roles.contains(Role::"victim") };""",
    )

    assert [] == faults
    assert rules[0].when == rules[1].when


def test_a_last_rule_without_its_semicolon_is_told() -> None:
    rules, faults = read_rules("XA/send.cedar", '\n// a comment; with "marks\n\npermit (')

    assert [] == rules
    assert ["XA/send.cedar:4"] == [str(fault).split(": ")[0] for fault in faults]


def test_a_row_without_a_rule_is_named(mini_files: Mapping[str, bytes]) -> None:
    rows = parse_rows(mini_files["rows.jsonl"])
    bundles = [read_bundle(name, mini_files)[0] for name in ("treaty", "XA")]

    assert ("XA-7", "XA-8", "XA-9") == unwritten(bundles, rows)


@pytest.mark.parametrize("rows", [b"{}", b"[1]", b"\xff", b"not json"])
def test_rows_that_do_not_parse_are_refused(rows: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_rows(rows)
