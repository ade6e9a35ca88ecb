"""Corridors: what may pass between two states at all, by which rules, and what bars it."""

from datetime import date

import pytest

from policies.__main__ import main
from policies.corpus import Law
from policies.corridor import Corridor, Route
from valija.errors import AbsentError

_DAY = date(2026, 11, 24)
_EXACT = ("share_exact",)


def labels(**said: str) -> dict[str, frozenset[str]]:
    names = {"agency": "principal.Agency", "kind": "resource.Kind", "role": "subject.roles"}
    names |= {"purpose": "case.purpose", "minor": "subject.minor"}
    return {names[name]: frozenset({value}) for name, value in said.items()}


@pytest.fixture(scope="session")
def anything(real_law: Law) -> Corridor:
    return Corridor(real_law, Route("AR", "BR", _DAY))


def test_a_closed_corridor_names_the_one_article_that_bars_it(anything: Corridor) -> None:
    found = anything.ask(labels(agency="police", kind="fiu_report"), _EXACT)

    assert ("closed", ("AR-25246-22",)) == (found.rank, found.rules)
    assert found.where


def test_where_nothing_permits_the_missing_grounds_are_named(anything: Corridor) -> None:
    found = anything.ask(labels(agency="media", kind="identity"), _EXACT, told=False)

    assert "closed" == found.rank
    assert {"treaty: no ground for the datum", "treaty: no ground for the notice"} == set(
        found.rules
    )


def test_abuse_images_never_go_to_anybody(anything: Corridor) -> None:
    found = anything.ask(labels(kind="csam_image"), _EXACT, told=False)

    assert ("closed", ("ENG-NEVER",)) == (found.rank, found.rules)


def test_a_held_corridor_names_the_fewest_conditions_and_who_asks(real_law: Law) -> None:
    given = labels(agency="prosecutor", kind="bank_record", purpose="prosecution")
    found = Corridor(real_law, Route("MX", "CL", _DAY), given).ask(given, _EXACT)

    assert "held" == found.rank
    assert "judicial_ref | authority_request" in found.conditions
    assert "MX-LIC-142" in found.rules
    assert "MX-LGPDPPSO.treaty" in found.rules


def test_the_adult_victims_name_waits_for_her_consent(real_law: Law) -> None:
    given = labels(agency="prosecutor", kind="identity", role="victim", minor="no")
    corridor = Corridor(real_law, Route("AR", "BR", _DAY), given)

    exact = corridor.ask(given, _EXACT, told=False)
    lesser = corridor.ask(given, ("share_pseudonym",), told=False)

    assert "consent_evidence" in exact.conditions
    assert "consent_evidence" not in lesser.conditions


def test_what_the_registry_does_not_say_is_no_ground(real_law: Law) -> None:
    """Route data needs a treaty; without one the sentence says what agreement would do."""
    given = labels(agency="police", kind="routes", purpose="criminal_investigation")
    before = Corridor(real_law, Route("AR", "BR", date(1990, 1, 1)), given)

    found = before.ask(given, _EXACT)

    assert found.rank != "closed"
    assert all("basis" in where for where in found.where)
    assert not any("untoc" in where for where in found.where)


def test_a_state_without_a_bundle_opens_no_corridor(real_law: Law) -> None:
    with pytest.raises(AbsentError, match="XB has no bundle"):
        Corridor(real_law, Route("XB", "AR", _DAY))


def test_a_class_of_values_is_what_no_rule_of_the_two_layers_tells_apart(
    anything: Corridor,
) -> None:
    assert frozenset({"court", "prosecutor"}) in anything.classes("principal.Agency")
    assert (frozenset({"none", "bank_secrecy", "fiscal_only", "other"}),) != anything.classes(
        "resource.Kind"
    )
    assert 1 == len([c for c in anything.classes("subject.asylum") if "no" in c])


_ASKED = [
    "--agency",
    "police,media",
    "--kind",
    "routes,fiu_report",
    "--purpose",
    "intelligence",
]
_ROUTE = ["--from", "AR", "--to", "BR", "--day", "2026-11-24"]


def test_may_says_by_which_rules_and_an_invariant_fails_if_it_may(
    capsys: pytest.CaptureFixture[str],
) -> None:
    closed = ["may", *_ROUTE, "--kind", "fiu_report", "--agency", "police", "--never"]
    held = ["may", *_ROUTE, "--kind", "bank_record", "--agency", "prosecutor", "--never"]

    assert 0 == main(closed)
    assert "would open without AR-25246-22 (Ley 25.246 art. 22)" in capsys.readouterr().out
    assert 1 == main(held)
    told = capsys.readouterr().out
    assert told.startswith("exact once there is approval:second_person, in an ordinary case")
    assert "AR-25326-12.treaty (Ley 25.326 art. 12, inc. 2, ap. d)" in told


def test_private_matching_is_asked_for_by_its_own_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["--kind", "fiu_report", "--agency", "police", "--form", "match"]

    assert 0 == main(["may", *_ROUTE, *asked])
    assert capsys.readouterr().out.startswith("closed")


def test_corridors_are_told_by_desk_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["corridors", *_ROUTE, *_ASKED])
    told = capsys.readouterr().out

    assert "AR to BR/police:" in told
    assert "AR-25246-22" in told
    assert "exact now: " in told


def test_a_label_or_state_that_the_law_does_not_know_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert 2 == main(["may", *_ROUTE, "--kind", "dragon"])
    assert 2 == main(["may", *_ROUTE, "--set", "resource.Scale=red"])
    assert 2 == main(["may", "--from", "AR", "--to", "ZZ"])
    assert "knows no such state" in capsys.readouterr().err
