"""Closed lists of codes: HTCDS, ICCS, NIEM, Palermo, ISIC and our own.

It promises that a code is found exactly, by its code or its label, or not at all; an unknown
one is the caller's to keep as `local`. Words in other languages are `node.notice.wording`.

Source: docs/content.md, "Case vocabulary"; each table names its standard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from node.notice import value
from node.notice.folding import fold
from node.notice.table import text_table, toml_table
from node.notice.value import Json
from valija.errors import MalformedError

_CODE_LETTERS = 3  # Of ISO 639-2.
_TABLES = ("htcds", "iccs", "niem", "lists")


@dataclass(frozen=True, slots=True)
class CodeList:
    """One closed list.

    Attributes:
        name: Ours, as `node/notice/codes/schemas.toml` uses it.
        schemes: Scheme of each code.
        labels: English label of each code, in the standard's own spelling and order.
        found: Folded code or label to code.
    """

    name: str
    schemes: Mapping[str, str]
    labels: Mapping[str, str]
    found: Mapping[str, str]

    def read(self, text: str) -> dict[str, Json] | None:
        """Return the code that a cell means by its code or label, or None.

        Case, accents, trailing and non-breaking blanks make no difference.
        """
        known = self.found.get(fold(text))
        return None if known is None else value.code(self.schemes[known], known, text.strip())

    def holds(self, coded: Json) -> bool:
        """Tell whether a value is a code of this list, or an honest local one."""
        if not value.is_code(coded):
            return False
        scheme, known = value.part(coded, "scheme"), value.part(coded, "code")
        return scheme == value.LOCAL or self.schemes.get(known) == scheme


@cache
def code_list(name: str) -> CodeList:
    """Return the list of that name.

    Raises:
        MalformedError: There is no such list.
    """
    if name == "language":
        return _languages()
    schemes: dict[str, str] = {}
    labels: dict[str, str] = {}
    for row in _rows(name):
        labels |= row["codes"]
        schemes |= dict.fromkeys(row["codes"], str(row["scheme"]))
    if name == "industry":
        divisions = [f"{n:02d}" for n in range(1, 100) if isic_section(n)]
        labels |= {number: f"ISIC division {number}" for number in divisions}
        schemes |= dict.fromkeys(divisions, "isic4")
    return _build(name, schemes, labels)


def _rows(name: str) -> list[Mapping[str, Any]]:
    for table in _TABLES:
        lists = toml_table(table)["lists"]
        if name in lists:
            also = [row for other in lists[name].get("also", ()) for row in _rows(other)]
            return [lists[name], *also]
    raise MalformedError("there is no list of codes with that name")


def _build(name: str, schemes: dict[str, str], labels: dict[str, str]) -> CodeList:
    found: dict[str, str] = {}
    for known, label in labels.items():
        for word in (known, label):
            # The first list wins: ISIC's "Construction" before HTCDS's of the same words.
            found.setdefault(fold(word), known)
    return CodeList(name, MappingProxyType(schemes), MappingProxyType(labels), found)


def _languages() -> CodeList:
    labels: dict[str, str] = {}
    found: dict[str, str] = {}
    for line in text_table("languages"):
        known, *rest = line.split()
        codes = [word for word in rest if word.islower() and len(word) == _CODE_LETTERS]
        label = " ".join(word for word in rest if word not in codes and word != "-")
        labels[known] = label
        for word in (known, *codes, label):
            found.setdefault(fold(word), known)
    return CodeList("language", dict.fromkeys(labels, "iso639"), labels, found)


@cache
def folds(name: str) -> Mapping[str, str]:
    """Return the table that folds codes of one list into codes of another."""
    return MappingProxyType(dict(toml_table("folds")[name]))


@cache
def public_mail() -> frozenset[str]:
    """Return the domains of mail providers that are open to everybody."""
    return frozenset(toml_table("folds")["mail"]["public"])


@cache
def isic_section(division: int) -> str:
    """Return the ISIC Rev. 4 section of a two-digit division; empty if there is none."""
    bounds = toml_table("folds")["isic"].items()
    return next((letter for letter, (low, high) in bounds if low <= division <= high), "")
