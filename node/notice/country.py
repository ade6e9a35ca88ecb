"""Countries and nationalities: any usual way to write one, to its ISO alpha-2 code.

It promises folded exact matches only: alpha-2, alpha-3, numeric, names and demonyms in es, en,
pt, fr, an alias list with former states. A word that fits two states, a total, or a stranger
is unknown; nothing is guessed. Which states take part is the registry's affair, not this one's.

Source: docs/content.md, "Countries"; ISO 3166-1 and -3, M49; names of the Unicode CLDR
(Unicode licence 3.0); ICAO 9303 part 3 for XXA and XXB.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from node.notice.folding import fold
from node.notice.table import csv_table, toml_table

SMALL = frozenset({"AG", "BB", "BS", "BZ", "DM", "GD", "GY", "KN", "LC", "SR", "VC"})
"""States under a million inhabitants: a parish there is an address."""
STATELESS = frozenset({"XXA", "XXB"})
_LANGUAGES = ("en", "es", "pt", "fr")


@dataclass(frozen=True, slots=True)
class Found:
    """What a cell said of a country.

    Attributes:
        code: Alpha-2, XXA or XXB; empty: unknown.
        suggestion: For a human, where nothing matched: never taken by the machine.
    """

    code: str
    suggestion: str = ""


def is_country(code: str) -> bool:
    """Tell whether a text is an alpha-2 code, XXA or XXB."""
    return code in _subregions() or code in STATELESS


def subregion(code: str) -> str:
    """Return the M49 subregion of an alpha-2 code, three digits; empty where it has none."""
    return _subregions().get(code, "")


def name(code: str, language: str) -> str:
    """Return the name of a state in es, en, pt or fr; the code itself where it has none."""
    rows = _rows().get(code)
    return code if rows is None else rows.get(language, rows["en"])


def read(text: str) -> Found:
    """Return the country that a text names, by folded exact match.

    A text with destroyed letters (U+FFFD) matches if exactly one entry fits.
    """
    if "�" in text:
        return Found(_mended(text))
    folded = fold(text)
    if code := _index().get(folded, ""):
        return Found(code)
    if not folded or folded in _nobody() or folded.isdigit():
        return Found("")
    close = difflib.get_close_matches(folded, _index(), n=1, cutoff=0.85)
    return Found("", _index()[close[0]] if close else "")


def _mended(text: str) -> str:
    pattern = re.compile(".".join(re.escape(fold(part)) for part in text.split("�")))
    matches = {code for word, code in _index().items() if pattern.fullmatch(word)}
    return matches.pop() if len(matches) == 1 else ""


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    return {row["alpha2"]: row for row in csv_table("countries")}


@cache
def _subregions() -> Mapping[str, str]:
    return {code: row["m49_subregion"] for code, row in _rows().items()}


@cache
def _nobody() -> frozenset[str]:
    return frozenset(fold(word) for word in toml_table("aliases")["unknown"]["words"])


@cache
def _index() -> Mapping[str, str]:
    """Return every folded way to write a country; a way that fits two is left out."""
    ways: dict[str, set[str]] = {}
    for code, row in _rows().items():
        numeric = {row["numeric"], row["numeric"].lstrip("0")}
        for way in {code, row["alpha3"], *numeric, *(row[lang] for lang in _LANGUAGES)}:
            ways.setdefault(fold(way), set()).add(code)
    aliases = toml_table("aliases")
    for table in ("names", "demonyms", "stateless"):
        for code, words in aliases[table].items():
            for way in (code, *words):
                ways.setdefault(fold(way), set()).add(code)
    return {way: codes.pop() for way, codes in ways.items() if len(codes) == 1}
