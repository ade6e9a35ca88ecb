"""What a change would newly let through: named, in words, and nothing that narrows."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from policies.__main__ import main
from policies.comparison import Change, compare
from policies.folder import read_folder
from policies.telling import told_of
from valija.errors import MalformedError

_XA, _TREATY, _ACTS = "XA/send.cedar", "treaty/send.cedar", "treaty/receive.cedar"
_FORMS = ("share_exact", "share_general", "share_pseudonym")
Edited = Callable[[str, str, str], tuple[Change, ...]]


@pytest.fixture
def edited(mini_files: Mapping[str, bytes]) -> Edited:
    def compared(path: str, old: str, new: str) -> tuple[Change, ...]:
        text = mini_files[path].decode()
        assert old in text
        return compare(mini_files, {**mini_files, path: text.replace(old, new).encode()})

    return compared


def said(changes: tuple[Change, ...]) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return {(change.what, change.actions, change.where) for change in changes}


def test_what_does_not_change_widens_nowhere(mini_files: Mapping[str, bytes]) -> None:
    touched = {**mini_files, _XA: mini_files[_XA] + b"// a remark\n"}

    assert () == compare(mini_files, mini_files)
    assert () == compare(mini_files, touched)


def test_a_weakened_article_is_named_with_state_field_and_condition(edited: Edited) -> None:
    found = edited(
        _XA, 'resource in Kind::"bank_record")\nunless', 'resource in Kind::"needs")\nunless'
    )

    assert {"XA"} == {change.bundle for change in found}
    assert {
        ("now", _FORMS, ("kind bank_record; basis untoc",)),
        (
            "without judicial_ref | authority_request",
            _FORMS,
            ("kind bank_record; basis untoc",),
        ),
    } == said(found)


def test_a_bar_that_falls_opens_ever(edited: Edited) -> None:
    found = edited(_TREATY, '[Feared::"recipient", Feared::"unknown"]', '[Feared::"recipient"]')

    ever = [change for change in found if change.what == "ever"]
    assert ever
    assert all("subject's feared unknown" in where for c in ever for where in c.where)
    assert "with a trace" in {change.what for change in found}


def test_a_new_condition_narrows(edited: Edited) -> None:
    old = '@id("XA-2") @effect("marker") @condition("judicial_ref | authority_request")'
    new = '@id("XA-2") @effect("marker") @condition("judicial_ref")'

    # The name of the condition changes with its alternatives: that is told, and nothing else.
    found = edited(_XA, old, new)

    assert {"without judicial_ref | authority_request"} >= {change.what for change in found}


def test_a_permit_that_falls_narrows(edited: Edited) -> None:
    assert () == edited(
        _XA, 'Action::"deliver", Action::"release", Action::"match"]', 'Action::"deliver"]'
    )


def test_a_duty_that_falls_is_named(edited: Edited) -> None:
    found = edited(_TREATY, '@duty("no_use_against_victim")', '@duty("no_onward")')

    fallen = [change for change in found if change.actions == ("duty no_use_against_victim",)]
    assert ["without"] == [change.what for change in fallen]
    assert all("subject's roles victim" in where for where in fallen[0].where)


def test_what_is_kept_longer_is_named_and_what_is_kept_shorter_is_not(edited: Edited) -> None:
    longer = edited(_XA, '@keep("days:90")', '@keep("days:120")')

    assert [("kept longer", ("days:90",))] == [(c.what, c.actions) for c in longer]
    assert all("kind bank_record" in where for c in longer for where in c.where)
    assert () == edited(_XA, '@keep("days:90")', '@keep("days:30")')


def test_an_act_that_is_newly_allowed_is_named(edited: Edited) -> None:
    found = edited(
        _ACTS,
        'Action::"disclose_exculpatory"], resource',
        'Action::"disclose_exculpatory", Action::"publish"], resource',
    )

    assert {
        ("ever", ("publish",), ("always",)),
        ("now", ("publish",), ("always",)),
    } == said(found)
    assert {"receive"} == {change.side for change in found}


def test_a_change_is_found_in_the_period_it_holds_in(edited: Edited) -> None:
    found = edited(
        _XA,
        '@id("XA-3") @effect("general") @in_force("2027-01-01/..")',
        '@id("XA-3") @effect("general") @in_force("2028-01-01/..")',
    )

    assert {"2027-01-01"} == {str(change.since) for change in found}
    assert {"kind routes; basis untoc"} == {where for c in found for where in c.where}


def test_a_rule_that_ends_opens_the_day_after(edited: Edited) -> None:
    found = edited(_XA, '@in_force("2027-01-01/..")', '@in_force("2027-01-01/2027-06-30")')

    assert {"2027-07-01"} == {str(change.since) for change in found}


def test_a_delivery_that_no_longer_waits_is_named(edited: Edited) -> None:
    found = edited(_TREATY, ' || resource in NoticeType::"unknown"', "")

    assert ("deliver",) in {change.actions for change in found}
    assert any("notice unknown" in where for c in found for where in c.where)


def test_a_first_bundle_opens_what_it_permits(mini_files: Mapping[str, bytes]) -> None:
    before = {path: body for path, body in mini_files.items() if not path.startswith("XA/")}

    found = compare(before, mini_files)

    assert {"XA"} == {change.bundle for change in found}
    assert {"ever", "now"} == {change.what for change in found}
    assert () == compare(mini_files, before)


def test_a_row_of_the_registry_is_shown_whole(mini_files: Mapping[str, bytes]) -> None:
    row = b'[[row]]\nsubject = "party"\nstate = "XB"\nvalue = "untoc"\nfrom = "2020-01-01"\n'
    row += b'source = "depositary"\nchecked = "2026-01-01"\n'
    grown = {**mini_files, "treaty/registry.toml": row}

    (found,) = compare(mini_files, grown)

    assert ("registry", "row", ("party XB: untoc, 2020-01-01 to open",)) == (
        found.side,
        found.what,
        found.where,
    )
    assert () == compare(grown, mini_files)  # A ground that goes narrows.


_A_ROW = '[[row]]\nsubject = "{}"\nstate = "XB"\nvalue = "{}"\nfrom = "2020-01-01"\n{}'
_REST = 'source = "list"\nchecked = "2026-01-01"\n'


@pytest.mark.parametrize(
    ("subject", "old", "new", "widens"),
    [
        ("adequate", "", "CR", True),
        ("adequate", "CR", "", False),
        ("exempt_agency", "", "fiu", True),
        ("sexual_offence", "art. 1", "", True),
        ("sexual_offence", "", "art. 1", False),
        ("smallest_cell", "9", "7", True),
        ("smallest_cell", "7", "9", False),
        ("max_penalty", "death", "life", True),
        ("max_penalty", "life", "death", False),
        ("max_penalty", "", "death", False),
        ("abolitionist", "yes", "no", True),
        ("abolitionist", "no", "yes", False),
    ],
)
def test_a_row_of_the_registry_widens_only_the_way_it_opens(
    mini_files: Mapping[str, bytes], subject: str, old: str, new: str, widens: bool
) -> None:
    def law(value: str, more: str = "") -> Mapping[str, bytes]:
        row = _A_ROW.format(subject, value, more + _REST) if value else ""
        return {**mini_files, "treaty/registry.toml": row.encode()}

    assert widens is bool(compare(law(old), law(new)))
    ended = law(new or old, 'to = "2026-12-31"\n')
    opens = subject in {"sexual_offence", "smallest_cell"}
    assert opens is bool(compare(law(new or old), ended))  # A row that ends earlier.


def test_a_law_that_does_not_read_is_not_compared(mini_files: Mapping[str, bytes]) -> None:
    with pytest.raises(MalformedError):
        compare(mini_files, {**mini_files, _XA: b"permit (principal"})


def test_cubes_are_told_as_people_would() -> None:
    nobody = frozenset[str]()
    cubes = [
        {
            "basis": (frozenset({"tip"}), nobody),
            "resource.Kind": (frozenset({"health"}), nobody),
        },
        {
            "basis": (frozenset({"ccc"}), nobody),
            "resource.Kind": (frozenset({"health"}), nobody),
        },
        {"subject.roles": (frozenset({"family", "victim"}), frozenset({"unknown"}))},
        {"case.danger": (frozenset({"yes", "unknown"}), nobody)},
        {"resource.Regime": (nobody, frozenset({"unknown"}))},
        {},
    ]

    assert (
        "kind health; basis ccc or tip",
        "subject's roles family and victim, not unknown",
        "danger any but no",
        "regime not unknown",
        "always",
    ) == told_of(cubes)


def test_weakening_the_real_law_is_told_by_state_field_and_condition() -> None:
    """One article of Mexico's: bank records without a judge or a request."""
    old = read_folder()
    path = next(p for p, body in old.items() if b'@id("MX-LIC-142' in body and "cases" not in p)
    text = old[path].decode()
    start = text.index('@id("MX-LIC-142')
    end = text.index(";\n", start) + 1
    new = {**old, path: (text[:start] + text[end:]).encode()}

    found = compare(old, new)

    assert {("MX", "send")} == {(change.bundle, change.side) for change in found}
    assert all("kind bank_record" in where for c in found for where in c.where)
    assert "without judicial_ref | authority_request" in {change.what for change in found}


def test_compare_tells_and_exits_by_what_it_finds(
    tmp_path: Path,
    mini_files: Mapping[str, bytes],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, keep in (("old", b"days:90"), ("new", b"days:91")):
        for path, body in mini_files.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body.replace(b"days:90", keep))
    old, new = str(tmp_path / "old"), str(tmp_path / "new")

    assert 0 == main(["compare", old, old])
    assert "it widens nowhere" in capsys.readouterr().out
    assert 1 == main(["compare", old, new])
    assert "XA send: kept longer: days:90\n    kind bank_record" in capsys.readouterr().out

    monkeypatch.setattr("policies.comparison._SENTENCES", 0)
    assert 1 == main(["compare", old, new])
    assert "days:90\n    and under further conditions" in capsys.readouterr().out
