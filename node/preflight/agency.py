"""Which kind of agency a desk is, in the law's words.

It promises one answer for each office, and `unknown`, which the law treats as the public,
for an office that has none. It does not know desks' keys; `valija.directory` does.

Source: docs/envelope.md, section 1 (Office); docs/law.md, section 2 (agency_type).
"""

from policies.facts import Desk as LawDesk
from valija.ids import Desk, Office

_AGENCY = {
    Office.POLICE: "police",
    Office.JUDICIAL: "prosecutor",
    Office.CENTRAL: "prosecutor",
    Office.FINANCIAL: "fiu",
    Office.PROTECTION: "child_protection",
}


def law_desk(desk: Desk) -> LawDesk:
    """Return a desk as the law's rules see it."""
    return LawDesk(desk.member, _AGENCY.get(desk.office, "unknown"))
