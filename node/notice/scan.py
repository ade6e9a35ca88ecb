"""Scan the free texts of a draft, so that no identifier hides in what has no general form.

It promises that every language of every free text is looked at before pre-flight, for
identifiers and for every exact value of the notice's own fields that may not be told to
everybody. A hit refuses publication and says where; nothing is masked by itself.

Source: docs/content.md, "Free text".
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from node.notice import pattern, value
from node.notice.facts import EXACT, GENERAL, Field, fields
from node.notice.folding import fold
from node.notice.notice import Notice
from node.notice.schema import ROLE, schema
from node.notice.value import Json

_NAMES = frozenset({"name", "alias", "firstName", "middleName", "lastName", "aliases"})
_FREE = frozenset({"structure", "relationship", "role"})
_PART_TEXTS = ("text", "article", "statute")
_SHORTEST = 3
_NUMBER_SHORTEST = 6
_PHONE_TAIL = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """Something in a text that may not stand there.

    Attributes:
        where: Row name of the text.
        lang: Its language; empty where the text has none of its own.
        kind: A word of `node.notice.pattern.KINDS`.
        start: First character.
        end: One past the last.
        of: Row name of the field whose value it is; empty of identifiers.
    """

    where: str
    lang: str
    kind: str
    start: int
    end: int
    of: str = ""


def scan(notice: Notice, states: Collection[str]) -> tuple[Hit, ...]:
    """Return every hit in the free texts of a draft.

    Args:
        notice: The draft.
        states: Alpha-2 codes of the origin and of every recipient.
    """
    rows = fields(notice)
    own = [
        (field.row, key) for field in rows if _guarded(field, notice) for key in _keys(field)
    ]
    return tuple(
        hit
        for field in rows
        for lang, text in _texts(notice, field)
        for hit in _hits(field.row, lang, text, states, own)
    )


def _texts(notice: Notice, field: Field) -> Iterator[tuple[str, str]]:
    found = field.forms[EXACT]
    item = notice.by_handle[field.handle]
    if isinstance(found, dict) and set(found) == {"lang", "text", "by"}:
        yield value.part(found, "lang"), value.part(found, "text")
    elif value.is_code(found) or value.options(found):
        yield from (("", text) for text in _register_words(found))
    elif isinstance(found, dict):
        yield from (("", value.part(found, key)) for key in _PART_TEXTS if key in found)
    elif isinstance(found, str) and _is_free(item.schema, field.prop):
        yield "", found


def _register_words(found: Json) -> Iterator[str]:
    """Yield what a register's own words say in a code: its original, and all of a local one."""
    for one in value.options(found) or (found,):
        if original := value.part(one, "original"):
            yield original
        if value.is_local(one):
            yield value.part(one, "code")


def _is_free(name: str, prop: str) -> bool:
    return prop in _FREE or (name in {"Trip", "Event"} and prop == "name")


def _hits(
    where: str, lang: str, text: str, states: Collection[str], own: list[tuple[str, "_Key"]]
) -> Iterator[Hit]:
    for span in pattern.find(text, states):
        yield Hit(where, lang, span.kind, span.start, span.end)
    folded = _Folded(text)
    for row, key in own:
        if row != where:
            for start, end in folded.find(key):
                yield Hit(where, lang, "own_value", start, end, row)


def _guarded(field: Field, notice: Notice) -> bool:
    """Tell whether the exact value of a field may not be told to everybody."""
    if field.categories <= {"general"} or field.prop == ROLE or field.target:
        return False
    known = schema(notice.by_handle[field.handle].schema).properties[field.prop]
    if known.value not in {"string", "date"}:
        return False
    return field.forms.get(GENERAL) != field.forms[EXACT]


@dataclass(frozen=True, slots=True)
class _Key:
    """What is looked for: folded words, or the end of a number written in any way."""

    words: str = ""
    digits: str = ""


def _keys(field: Field) -> Iterator[_Key]:
    found = str(field.forms[EXACT])
    plain = found.rpartition(":")[2] if ":" in found else found
    folded = fold(plain)
    if len(folded) >= _SHORTEST:
        yield _Key(words=folded)
    if field.prop in _NAMES:
        # Read in any direction: family name first, or given name first.
        words = folded.split()
        for turn in range(1, len(words)):
            yield _Key(words=" ".join((*words[turn:], *words[:turn])))
        if len(words) > 1:
            yield _Key(words=" ".join(reversed(words)))
    if "birthDate" in field.prop:
        yield from (_Key(words=" ".join(parts)) for parts in _turned(folded.split()))
    digits = "".join(char for char in plain if char.isdigit())
    if len(digits) >= _NUMBER_SHORTEST and field.prop != "birthDate":
        yield _Key(digits=digits[-_PHONE_TAIL:] if found.startswith("+") else digits)


def _turned(parts: list[str]) -> Iterator[list[str]]:
    if len(parts) == len(("year", "month", "day")):
        year, month, day = parts
        yield [day, month, year]
        yield [month, day, year]
        yield [day.lstrip("0"), month.lstrip("0"), year]


class _Folded:
    """A text folded for comparison, and where each of its folded characters stood."""

    def __init__(self, text: str) -> None:
        letters: list[str] = [" "]
        places: list[int] = [0]
        digits: list[str] = []
        digit_places: list[int] = []
        for place, char in enumerate(text):
            plain = fold(char) or " "
            if plain == " " and letters[-1] == " ":
                continue
            letters += plain
            places += [place] * len(plain)
            digits += plain if plain.isdigit() else ""
            digit_places += [place] * len(plain) if plain.isdigit() else []
        self._words = "".join(letters) + " "
        self._places = places
        self._digits = "".join(digits)
        self._digit_places = digit_places

    def find(self, key: _Key) -> Iterator[tuple[int, int]]:
        """Yield where a key stands: first character and one past the last."""
        if key.words:
            padded = f" {key.words} "
            start = self._words.find(padded)
            while start >= 0:
                last = start + len(key.words)
                yield self._places[start + 1], self._places[last] + 1
                start = self._words.find(padded, start + 1)
        elif key.digits and (start := self._digits.find(key.digits)) >= 0:
            last = start + len(key.digits) - 1
            yield self._digit_places[start], self._digit_places[last] + 1
