"""Read a record of native JSON, every field of it or none.

It promises that a field which nobody read is an error: the last call on a reader is `end`.

Source: docs/content.md, "Formats", 1. Native JSON: unknown fields are refused.
"""

from node.notice.value import Json
from valija.errors import MalformedError

_MISSING = "\0"


class Reader:
    """One record, and which of its fields were read."""

    def __init__(self, found: Json, what: str) -> None:
        """Take a record.

        Raises:
            MalformedError: It is no record.
        """
        if not isinstance(found, dict):
            raise MalformedError(f"a {what} is a record")
        self._left = dict(found)
        self._what = what

    def required(self, key: str) -> Json:
        """Return a field.

        Raises:
            MalformedError: It is not there.
        """
        if key not in self._left:
            raise MalformedError(f"a {self._what} lacks a field it must have")
        return self._left.pop(key)

    def optional(self, key: str, default: Json) -> Json:
        """Return a field, or the default where it is not there."""
        return self._left.pop(key, default)

    def text(self, key: str, default: str = _MISSING) -> str:
        """Return a text.

        Raises:
            MalformedError: It is no text, or is not there and has no default.
        """
        found = self.required(key) if default == _MISSING else self.optional(key, default)
        if not isinstance(found, str):
            raise MalformedError(f"a field of a {self._what} is no text")
        return found

    def integer(self, key: str) -> int:
        """Return a whole number.

        Raises:
            MalformedError: It is none, or is not there.
        """
        found = self.required(key)
        if not isinstance(found, int) or isinstance(found, bool):
            raise MalformedError(f"a field of a {self._what} is no whole number")
        return found

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty where it is not there.

        Raises:
            MalformedError: It is something else.
        """
        found = self.optional(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise MalformedError(f"a field of a {self._what} is no list of texts")
        return tuple(str(one) for one in found)

    def records(self, key: str) -> list[Json]:
        """Return a list of records; empty where it is not there.

        Raises:
            MalformedError: It is something else.
        """
        found = self.optional(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise MalformedError(f"a field of a {self._what} is no list of records")
        return found

    def mapping(self, key: str) -> dict[str, Json]:
        """Return a record by key; empty where it is not there.

        Raises:
            MalformedError: It is something else.
        """
        found = self.optional(key, {})
        if not isinstance(found, dict):
            raise MalformedError(f"a field of a {self._what} is no record")
        return found

    def end(self) -> None:
        """Refuse what nobody read.

        Raises:
            MalformedError: A field is left.
        """
        if self._left:
            raise MalformedError(f"a {self._what} has a field that is not ours")
