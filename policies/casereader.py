"""How one value of a case file is read: as stated, as missing, or as unknown.

It promises that a label which nobody stated is noted by its path, that a value which is on no
list becomes `unknown`, and that what is of another shape than the format says is refused and
never passed over: a restriction that does not read would else be none. What a case consists of
is `policies.casefile`.

Source: docs/law.md, section 9.
"""

from collections.abc import Collection, Mapping
from datetime import date

from valija.errors import MalformedError

Table = Mapping[str, object]
"""One JSON object."""


class Reader:
    """What is read of one case.

    Attributes:
        missing: Paths of the labels that nobody stated, in the order they were looked for.
    """

    def __init__(self) -> None:
        self.missing: list[str] = []

    def stated(self, table: Table, key: str, path: str) -> object:
        """Return a value, and note its path if it is absent or null."""
        value = table.get(key)
        if value is None:
            self.missing.append(path)
        return value

    def word(self, table: Table, key: str, path: str, known: Collection[str]) -> str:
        """Return a word of a closed list; `unknown` if it is not on it."""
        value = self.stated(table, key, path)
        return value if isinstance(value, str) and value in known else "unknown"

    def flag(self, table: Table, key: str, path: str, default: str = "") -> str:
        """Return yes, no or unknown; what may be absent has a default and is not missing."""
        if default and table.get(key) is None:
            return default
        return flag_of(self.stated(table, key, path))

    def table(self, table: Table, key: str) -> Table:
        """Return an object within one; an empty one if it is absent or null.

        Raises:
            MalformedError: It is something else.
        """
        value = table.get(key)
        if value is not None and not isinstance(value, dict):
            raise MalformedError(f"{key} is an object")
        return value or {}


def flag_of(value: object) -> str:
    """Return yes or no as it is written, true, false or in words; else unknown."""
    return {True: "yes", False: "no", "yes": "yes", "no": "no"}.get(
        value if isinstance(value, bool | str) else "", "unknown"
    )


def entries(table: Table, key: str) -> list[Table]:
    """Return a list of objects; an empty one if it is absent or null.

    Raises:
        MalformedError: It holds something else.
    """
    value = table.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise MalformedError(f"{key} is a list of objects")
    return value


def day_of(value: object) -> date:
    """Return the date of a case.

    Raises:
        MalformedError: It is none.
    """
    try:
        return date.fromisoformat(str(value))
    except ValueError as cause:
        raise MalformedError("a case has a date, YYYY-MM-DD") from cause


def until_of(value: object, otherwise: date | None) -> date | None:
    """Return a last day; None is open, and what is no date is `otherwise`."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return otherwise


def words_of(table: Table, key: str) -> frozenset[str]:
    """Return one word or a list of them as a set; an empty one if it is absent or null.

    Raises:
        MalformedError: It is something else, or the list holds something else.
    """
    value = table.get(key)
    if value is None:
        return frozenset()
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise MalformedError(f"{key} is a word or a list of words")
    return frozenset(words)


def name_of(table: Table, key: str) -> str:
    """Return what an entry is called by others.

    Raises:
        MalformedError: It is called nothing.
    """
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{key} is a name: a text that is not empty")
    return value
