"""Grades: how far a source and an information are trusted, in Europol's 4x4.

It promises that what was received is kept beside its translation, which loses detail. The
source half and the original never leave the node; `node.notice.facts` sees to that.

Source: docs/content.md, "Handling and evaluation", the table of scales.
"""

from node.notice import value
from node.notice.table import toml_table
from node.notice.value import Json
from valija.errors import MalformedError

SCALES = ("admiralty", "5x5x5", "3x5x2", "4x4")
"""Scales that a grade may come in."""


def read(scale: str, source: str, information: str) -> dict[str, Json]:
    """Return the grade of an item from an evaluation on one scale.

    Args:
        scale: A word of `SCALES`.
        source: The half that judges the source, as that scale writes it.
        information: The half that judges the information.

    Raises:
        MalformedError: The scale is none of ours, or has no such step.
    """
    table = toml_table("evaluation")
    if scale not in SCALES:
        raise MalformedError("a grade is of a scale that is on no list")
    steps = table[scale]
    first, second = source.strip().upper(), information.strip().upper()
    if first not in steps["source"] or second not in steps["information"]:
        raise MalformedError("a grade has a step that its scale has not")
    grade: dict[str, Json] = {
        "source": value.code("4x4", steps["source"][first]),
        "information": value.code("4x4", steps["information"][second]),
        "original": {"scheme": scale, "text": f"{first}{second}"},
    }
    if second in table["suspected_false"].get(scale, ()):
        grade["suspected_false"] = "yes"
    return grade
