"""What officers see, told apart by field, form and value, so that tests compare like with like.

Handles are random in every notice: references to another item compare equal, whatever they
are called on each side.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]
Forms = Counter[tuple[str, str]]
Values = Counter[tuple[str, str]]
_OMITTED = "omitted"
_ITEM = "an item"
_REFERENCES = {"owner", "asset", "member", "organization", "director", "holder"}


def promised(column: Record) -> Forms:
    """Return how often a pre-flight column lets each property go in each form."""
    cells = [(_property(cell["field"]), str(cell["form"])) for cell in column["cells"]]
    return Counter(cell for cell in cells if cell[1] != _OMITTED)


def held(shown: Record) -> Forms:
    """Return how often an opened notice shows each property in each form."""
    return Counter((fact["property"], fact["form"]) for fact in facts(shown))


def facts(shown: Record) -> list[Record]:
    """Return every fact that an opened notice shows."""
    return [fact for item in shown["items"] for fact in item["facts"]]


def schemas(shown: Record) -> Counter[str]:
    """Return how many items of each schema an opened notice shows."""
    return Counter(str(item["schema"]) for item in shown["items"])


def dangling(shown: Record) -> list[Record]:
    """Return every reference that leads to an item which the notice does not show."""
    handles = {item["handle"] for item in shown["items"]}
    return [
        fact
        for fact in facts(shown)
        if fact["property"] in _REFERENCES
        and fact["form"] == "exact"
        and json.loads(fact["value"]) not in handles
    ]


def exact_values(shown: Record) -> Values:
    """Return every value that an opened notice shows exactly, with its property."""
    handles = {item["handle"] for item in shown["items"]}
    return Counter(
        (fact["property"], _plain(json.loads(fact["value"]), handles))
        for fact in facts(shown)
        if fact["form"] == "exact"
    )


def drafted_values(draft: Record) -> Values:
    """Return every value of a draft in native JSON, with its property."""
    items = [*draft["sections"], *draft["entities"]]
    names = {item["id"] for item in items}
    return Counter(
        (name, _plain(value, names))
        for item in items
        for name, values in item["properties"].items()
        for value in values
    )


def _property(row: str) -> str:
    return row.rpartition(".")[2].partition("[")[0]


def _plain(value: object, names: set[str]) -> str:
    if isinstance(value, str) and value in names:
        return _ITEM
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
