"""Who is hidden from a recipient leaves no trace: no item, no thing of theirs, no duty."""

import json
from typing import Any

import pytest

from node.notice import native
from node.notice.notice import Notice
from node.preflight.ruling import Ruling
from policies.answer import Rank
from policies.facts import Reference
from tests.node.preflight.matrices import DEMO, SECOND, ruling

ACCEPTED = Reference("recipient_accepts_caveats")
NOT_HIDDEN = {"asylum": "no", "feared_state": "none", "protected_witness": "no"}


def _with_passport(told: dict[str, str], *roles: str) -> Notice:
    """The demo's network in which P1, who has a car, has a passport too, and may be hidden."""
    record = _record()
    passport = {"type": ["P"], "holder": ["P1"]}
    record["entities"][0]["roles"] = list(roles or ("suspect",))
    record["entities"].append({"id": "I9", "schema": "Passport", "properties": passport})
    record["told"]["persons"]["P1"] = told | {"publication_ban": "no"}
    return native.parse(json.dumps(record).encode())


def _without_person() -> Notice:
    record = _record()
    gone = {"P1", "V1", "M1"}
    record["entities"] = [one for one in record["entities"] if one["id"] not in gone]
    del record["told"]["persons"]["P1"]
    return native.parse(json.dumps(record).encode())


def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads((DEMO / "network.json").read_text(encoding="utf-8"))
    return record


def _told(draft: Notice, recipient: str = "BR/police") -> tuple[Ruling, list[tuple[str, str]]]:
    found = ruling(draft, "AR/police", recipient, [SECOND, ACCEPTED])
    schemas = {item.handle: item.schema for item in draft.items}
    told = [(schemas[path.split("/")[0]], path.split("/")[1]) for path, _, _ in found.opened]
    return found, sorted(told)


@pytest.mark.parametrize(
    "hidden",
    [
        {"asylum": "yes", "feared_state": "BR"},
        {"asylum": "yes", "feared_state": "unknown"},
        {"protected_witness": "yes"},
        {"protected_witness": "unknown"},
    ],
)
def test_what_a_hidden_person_owns_is_hidden_and_nothing_tells_of_it(
    hidden: dict[str, str],
) -> None:
    nobody, least = _told(_without_person())
    found, told = _told(_with_passport(NOT_HIDDEN | hidden))
    assert Rank.ALLOWED == found.rank
    assert least == told
    assert nobody.decision.duties == found.decision.duties


def test_what_a_person_owns_who_is_not_hidden_is_shown() -> None:
    _, told = _told(_with_passport(NOT_HIDDEN))
    shown = {schema for schema, _ in told}
    assert {"Vehicle", "Passport"} <= shown


def test_a_state_that_is_not_feared_learns_of_her_car_and_passes_nothing_on() -> None:
    draft = _with_passport(NOT_HIDDEN | {"asylum": "yes", "feared_state": "BR"})
    found, told = _told(draft, "CL/police")
    assert "Vehicle" in {schema for schema, _ in told}
    assert "no_onward" in found.decision.duties


def test_a_car_is_no_shadow_of_an_officer_under_cover() -> None:
    _, least = _told(_without_person())
    _, told = _told(_with_passport(NOT_HIDDEN, "undercover_officer"))
    assert least == told
