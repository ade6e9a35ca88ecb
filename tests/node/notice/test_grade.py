"""Grades: docs/content.md, "Handling and evaluation"."""

import pytest

from node.notice import grade, value
from node.notice.shape import has_shape
from node.notice.table import toml_table
from valija.errors import MalformedError


@pytest.mark.parametrize(
    ("scale", "received", "expected"),
    [
        ("admiralty", "C3", "B3"),
        ("admiralty", "f6", "X4"),
        ("admiralty", "G5", "C4"),
        ("5x5x5", "E5", "X4"),
        ("5x5x5", "D1", "C1"),
        ("3x5x2", "2B", "X3"),
        ("3x5x2", "1C", "B2"),
        ("4x4", "A1", "A1"),
    ],
)
def test_a_grade_is_translated_and_kept_as_received(
    scale: str, received: str, expected: str
) -> None:
    found = grade.read(scale, received[0], received[1])
    halves = [value.part(found[half], "code") for half in ("source", "information")]
    assert expected == "".join(halves)
    assert found["original"] == {"scheme": scale, "text": received.upper()}
    assert has_shape("record:grade", found)


def test_what_is_suspected_false_says_so() -> None:
    assert grade.read("3x5x2", "1", "E")["suspected_false"] == "yes"
    assert "suspected_false" not in grade.read("admiralty", "A", "5")


def test_every_step_of_every_scale_has_a_translation() -> None:
    for scale in grade.SCALES:
        steps = toml_table("evaluation")[scale]
        for source in steps["source"]:
            for information in steps["information"]:
                assert has_shape("record:grade", grade.read(scale, source, information))


@pytest.mark.parametrize(
    ("scale", "source", "information"),
    [("6x6", "A", "1"), ("4x4", "Z", "1"), ("4x4", "A", "9"), ("suspected_false", "A", "1")],
)
def test_a_step_of_no_scale_is_refused(scale: str, source: str, information: str) -> None:
    with pytest.raises(MalformedError):
        grade.read(scale, source, information)
