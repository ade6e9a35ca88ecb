"""Handling: how far a notice may go, what for, and what may be done with it.

It promises that a code only ever adds a duty to the law's, and that the words in the terms
say all of it: who may not see the handling may not see the notice. The duties' force is
`policies`; the terms' bytes are `valija.wire`.

Source: docs/content.md, "Handling and evaluation"; TLP 2.0; Regulation (EU) 2016/794.
"""

from dataclasses import dataclass

from node.notice import partial
from valija.errors import MalformedError

TLP = ("clear", "green", "amber", "amber+strict", "red")
PAP = ("clear", "green", "amber", "red")
H_CODES = ("H0", "H1", "H2", "H3")
ONWARD = ("no", "with_consent", "listed")
_TLP_1 = {"white": "clear", "amber": "amber+strict"}


@dataclass(frozen=True, slots=True)
class Handling:
    """The handling of one notice, always sent exact.

    Attributes:
        tlp: A word of `TLP`.
        purpose: A word of the law's list of purposes.
        retention_until: Partial ISO date of three parts: the notice ends everywhere.
        legal_basis: Instrument and article, one text each.
        h: Words of `H_CODES`.
        h3: The text of H3; empty without it.
        pap: A word of `PAP`, or empty: required where a technique is named.
        onward: A word of `ONWARD`.
    """

    tlp: str
    purpose: str
    retention_until: str
    legal_basis: tuple[str, ...] = ()
    h: tuple[str, ...] = ()
    h3: str = ""
    pap: str = ""
    onward: str = "no"

    def __post_init__(self) -> None:
        """Refuse a word that stands on no list.

        Raises:
            MalformedError: A word is unknown, a date is none, or H3 lacks its text.
        """
        listed = (
            self.tlp in TLP
            and set(self.h) <= set(H_CODES)
            and self.pap in {*PAP, ""}
            and self.onward in ONWARD
        )
        if not listed:
            raise MalformedError("handling has a word that is on no list")
        if not partial.parse(self.retention_until).full:
            raise MalformedError("a notice ends on a day, not in a month or year")
        if ("H3" in self.h) != bool(self.h3):
            raise MalformedError("H3 and its text come together")

    def words(self) -> tuple[str, ...]:
        """Return what the terms say: `H1`, `H3:text`, `tlp:red`, `pap:amber`; in order."""
        codes = [f"H3:{self.h3}" if code == "H3" else code for code in sorted(self.h)]
        return (*codes, f"tlp:{self.tlp}", *([f"pap:{self.pap}"] if self.pap else []))

    def duties(self) -> frozenset[str]:
        """Return the law's duties that these codes add."""
        found = set()
        if "H0" in self.h:
            found.add(f"use_only:{self.purpose}")
        if "H1" in self.h:
            found.add("intel_only")
        if "H2" in self.h or self.tlp in {"red", "amber+strict"}:
            found.add("no_onward")
        return frozenset(found)

    @property
    def named_desks_only(self) -> bool:
        """Tell whether only desks named one by one may receive it (TLP red)."""
        return self.tlp == "red"

    @property
    def asks_acceptance(self) -> bool:
        """Tell whether its text must be accepted before the content is opened (H3)."""
        return "H3" in self.h


def from_tlp_1(word: str) -> str:
    """Return the word of TLP 2.0 for one of TLP 1: white is clear, amber is amber+strict.

    Raises:
        MalformedError: It is a word of neither.
    """
    found = _TLP_1.get(word.lower(), word.lower())
    if found not in TLP:
        raise MalformedError("not a word of TLP")
    return found
