"""The closed lists in code are those of the schema, and what follows from a word is total."""

import json
import re

import pytest
from cedarpy import Schema

from policies import rule, vocabulary
from valija.errors import MalformedError


def _enums(text: str) -> dict[str, tuple[str, ...]]:
    found = re.findall(r"entity (\w+) enum (\[.*?\]);", text, flags=re.DOTALL)
    return {name: tuple(json.loads(words)) for name, words in found}


def _attributes(text: str, entity: str) -> dict[str, tuple[str, bool]]:
    body = re.search(rf"entity {entity} = \{{(.*?)\}};", text, flags=re.DOTALL)
    assert body
    pairs = re.findall(r"(\w+): (Set<)?(\w+)>?", body[1])
    return {name: (kind, bool(is_set)) for name, is_set, kind in pairs}


def test_the_lists_are_those_of_the_schema(schema_text: str) -> None:
    text = str(Schema.from_str(schema_text))

    assert {name: set(words) for name, words in _enums(text).items()} == {
        name: set(words) for name, words in vocabulary.LISTS.items()
    }
    assert _attributes(text, "Case") == dict(vocabulary.CASE_LABELS)
    assert _attributes(text, "Subject") == dict(vocabulary.SUBJECT_LABELS)


def test_party_field_and_notice_carry_no_attributes(schema_text: str) -> None:
    text = str(Schema.from_str(schema_text))

    for entity in ("Party", "Field", "Notice"):
        declared = re.search(rf"entity {entity} in \[[\w, ]+\];", text)
        assert declared, entity


def test_the_actions_are_those_of_the_schema(schema_text: str) -> None:
    document = str(Schema.from_str(schema_text))
    parents = {
        name: set(re.findall(r'Action::"(\w+)"', above))
        for name, above in re.findall(r'action "(\w+)"(?: in \[(.*?)\])?', document)
    }

    def within(action: str, group: str) -> bool:
        return any(above == group or within(above, group) for above in parents[action])

    assert parents.keys() == rule.ACTIONS | rule.GROUPS.keys()
    for group, actions in rule.GROUPS.items():
        assert actions == {action for action in rule.ACTIONS if within(action, group)}


def test_every_list_but_those_that_need_none_has_unknown() -> None:
    without = {name for name, words in vocabulary.LISTS.items() if "unknown" not in words}

    assert without == {
        "State",
        "Circle",
        "Class",
        "Duty",
        "Purpose",
        "Lane",
        "Refusal",
        "Basis",
        "Evidence",
    }


def test_every_purpose_has_a_lane_and_every_kind_is_personal_or_not() -> None:
    assert set(vocabulary.PURPOSES) == vocabulary.LANES.keys()
    assert set(vocabulary.LISTS["Lane"]) == set(vocabulary.LANES.values())
    assert set(vocabulary.LISTS["Class"]) == vocabulary.CLASSES.keys()
    assert set(vocabulary.LISTS["Circle"]) == vocabulary.CIRCLES.keys()
    assert {"personal", "never"} == vocabulary.classes_of("unknown")
    assert {"personal", "banded", "nationality_check"} == vocabulary.classes_of("dob")
    assert {"public"} == vocabulary.circles_of("unknown")
    assert frozenset() == vocabulary.circles_of("fiu")


def test_a_word_that_is_on_no_list_is_refused() -> None:
    assert {"yes"} == vocabulary.checked("Flag", ["yes"])
    with pytest.raises(MalformedError, match="Flag"):
        vocabulary.checked("Flag", ["yes", "perhaps"])
