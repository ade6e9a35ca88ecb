"""What one cell says: values for its property, and what becomes of it in the tally.

It promises that nothing is dropped, repaired or guessed in silence: an empty cell says
nothing and never no, an unknown code stays as a local one, what fails its check stays
unverified, and each of these is told.

Source: docs/content.md, "Dates, unknowns, merged flags" and "Identifiers".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from node.convert.layout import DENIED, KEEP, UNMAPPED, Column
from node.convert.outcome import Settings
from node.convert.table import FORMULA
from node.notice import country, partial, value
from node.notice.codelist import CodeList, code_list
from node.notice.folding import fold
from node.notice.identifier import contact, national, phone
from node.notice.table import toml_table
from node.notice.value import Json

EMPTY_WORDS = frozenset({"", "null", "none", "n/a", "na"})
"""Folded words that say nothing in every layout."""
_MAX_AGE = 120


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell said.

    Attributes:
        state: What becomes of it in the tally.
        values: For its property.
        notes: Attention codes.
    """

    state: str
    values: tuple[Json, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()


NOTHING = Said("empty")


def read(text: str, column: Column, settings: Settings) -> Said:
    """Return what a cell says.

    Args:
        text: Stripped.
        column: Its column.
        settings: Of the import.
    """
    if column.reader == DENIED:
        return Said("denied") if text else NOTHING
    if text == FORMULA:
        return Said("unmapped", notes=("formula",))
    if _is_empty(text, column):
        return NOTHING
    reader = _by_words if text in column.words or column.split else READERS[column.reader]
    return reader(text, column, settings)


def _is_empty(text: str, column: Column) -> bool:
    return text not in column.words and text.lower() in EMPTY_WORDS


def _by_words(text: str, column: Column, _: Settings) -> Said:
    parts = [part.strip() for part in text.split(column.split)] if column.split else [text]
    said = [_word(part, column) for part in parts if part]
    values = tuple(one for found in said for one in found.values)
    state = "local" if any(found.state == "local" for found in said) else "mapped"
    if said and all(found.state == "empty" for found in said):
        state = "empty"
    notes = tuple(dict.fromkeys(note for found in said for note in found.notes))
    return Said(state, values, notes)


def _word(text: str, column: Column) -> Said:
    meaning = column.words.get(text)
    if meaning is None:
        return _coded(text, code_list(column.list))
    if meaning == "?":
        return NOTHING
    if meaning.startswith("?"):
        return Said("mapped", (value.unknown(meaning[1:]),))
    values = _meanings(meaning, text, column)
    local = all(value.part(one, "scheme") == value.LOCAL for one in values)
    return Said("local" if local else "mapped", values)


def _meanings(meaning: str, text: str, column: Column) -> tuple[Json, ...]:
    if meaning == value.LOCAL:
        # The layout itself says that no list has this word: kept, and nobody need look.
        return (value.code(value.LOCAL, f"{column.name}:{text}"),)
    if "&" in meaning:
        return tuple(_meant(one, text, column) for one in meaning.split("&"))
    options = tuple(_meant(one, text, column) for one in meaning.split("|"))
    return options if len(options) == 1 else (value.merged(options),)


def _meant(word: str, text: str, column: Column) -> Json:
    if word.startswith("local:"):
        return value.code(value.LOCAL, word.removeprefix("local:"))
    scheme = code_list(column.list).schemes[word]
    # A flag's cell says `1`, which is no word to keep.
    original = "" if text in {"1", "-"} else text
    return value.code(scheme, word, original)


def _coded(text: str, codes: CodeList) -> Said:
    found = codes.read(text)
    if found is not None:
        return Said("mapped", (found,))
    return Said("local", (value.code(value.LOCAL, text),), ("local_code",))


def _text(text: str, _: Column, __: Settings) -> Said:
    return Said("mapped", (text,))


def _homeless(_: str, column: Column, __: Settings) -> Said:
    return Said(column.reader)


def _code(text: str, column: Column, _: Settings) -> Said:
    return _coded(text, code_list(column.list))


def _codes(text: str, column: Column, _: Settings) -> Said:
    codes = code_list(column.list)
    said = [_coded(part, codes) for part in split(text, codes)]
    state = "local" if any(one.state == "local" for one in said) else "mapped"
    notes = tuple(dict.fromkeys(note for one in said for note in one.notes))
    return Said(state, tuple(found for one in said for found in one.values), notes)


def split(text: str, codes: CodeList) -> list[str]:
    """Return the parts of a multiple choice: `;` between labels, or blanks between codes.

    The longest known label goes first, for some labels hold a `;` themselves.
    """
    if fold(text) in codes.found:
        return [text]
    pieces = [piece.strip() for piece in text.split(";")]
    if len(pieces) == 1 and all(fold(word) in codes.found for word in text.split()):
        return text.split()
    parts: list[str] = []
    while pieces:
        lengths = range(len(pieces), 1, -1)
        known = (n for n in lengths if fold("; ".join(pieces[:n])) in codes.found)
        length = next(known, 1)
        parts.append("; ".join(pieces[:length]))
        pieces = pieces[length:]
    return [part for part in parts if part]


def _date(text: str, _: Column, settings: Settings) -> Said:
    found, fault = partial.read(text, settings.date_order)
    return Said("unmapped", notes=(fault,)) if fault else Said("mapped", (found,))


def _year(text: str, _: Column, __: Settings) -> Said:
    # A range of years is no date: it is shown beside the draft, and not cut down to one.
    return Said("mapped", (text,)) if partial.is_date(text) else Said("text")


def _age(text: str, _: Column, __: Settings) -> Said:
    if text.isascii() and text.isdigit() and int(text) <= _MAX_AGE:
        return Said("mapped", (int(text),))
    return Said("unmapped", notes=("failed_check",))


def _country(text: str, _: Column, __: Settings) -> Said:
    code = country.read(text).code
    if code:
        return Said("mapped", (code,))
    return Said("local", (value.unknown("not_recorded"),), ("local_code",))


def _countries(text: str, column: Column, settings: Settings) -> Said:
    if country.read(text).code:
        return _country(text, column, settings)
    separator = ";" if ";" in text else " "
    said = [_country(part, column, settings) for part in text.split(separator) if part.strip()]
    if separator == " " and any(one.state == "local" for one in said):
        return _country(text, column, settings)
    values = tuple(found for one in said for found in one.values if isinstance(found, str))
    whole = all(one.state == "mapped" for one in said)
    return Said("mapped", values) if whole else Said("local", values, ("local_code",))


def _phone(text: str, _: Column, settings: Settings) -> Said:
    found = phone.read(text, settings.state)
    if found is not None:
        return Said("mapped", (found.e164,))
    return Said("mapped", (f"unverified::{text}",), ("failed_check",))


def _mail(text: str, _: Column, __: Settings) -> Said:
    found = contact.mail(text)
    if found.verified:
        return Said("mapped", (found.value,))
    return Said("mapped", (str(found),), ("failed_check",))


def _number(text: str, _: Column, settings: Settings) -> Said:
    found = national.read(text, settings.state)
    return Said("mapped", (str(found),), () if found.verified else ("failed_check",))


def _consent(text: str, _: Column, __: Settings) -> Said:
    word = fold(text)
    if word in _answers("yes"):
        status = {"status": value.code("valija", "given")}
        return Said("mapped", (dict(status),), ("consent_incomplete",))
    if word in _answers("no"):
        status = {"status": value.code("valija", "refused")}
        return Said("mapped", (dict(status),))
    return Said("unmapped", notes=("consent_incomplete",))


READERS: Mapping[str, Callable[[str, Column, Settings], Said]] = MappingProxyType(
    {
        "age": _age,
        "code": _code,
        "codes": _codes,
        "consent": _consent,
        "countries": _countries,
        "country": _country,
        "date": _date,
        "mail": _mail,
        "number": _number,
        "phone": _phone,
        "string": _text,
        "year": _year,
        KEEP: _homeless,
        UNMAPPED: _homeless,
    }
)
"""How the cells of a column are read, by the name its layout gives."""


def chosen(text: str) -> bool:
    """Tell whether a column of one choice of a multiple choice is ticked.

    Unticked says nothing: empty is unknown, never no.
    """
    return fold(text) in _answers("yes")


@cache
def _answers(which: str) -> frozenset[str]:
    return frozenset(toml_table("answers")[which])
