"""What treaties, lists and statutes say of states, as dated rows with their source.

It promises that a row counts from its first day to its last, and that no row means no: not a
party, not adequate, not exempt, nothing known. It does not judge the sources; counsel does.

Source: docs/policy.md, section 3; docs/law.md, finding 14; policies/law/README.md.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from valija.errors import MalformedError

SUBJECTS = frozenset(
    {
        "party",
        "adequate",
        "exempt_agency",
        "abolitionist",
        "max_penalty",
        "sexual_offence",
        "smallest_cell",
    }
)
_HARMLESS = frozenset({"no", "imprisonment", "life"})
_KEYS = frozenset({"subject", "state", "value", "from", "source", "checked"})


@dataclass(frozen=True, slots=True)
class Row:
    """One dated fact.

    Attributes:
        subject: What it is about, one of `SUBJECTS`.
        state: Whose.
        value: What.
        since: First day.
        until: Last day; None while it lasts.
        source: Where it is written, and when that was looked up.
    """

    subject: str
    state: str
    value: str
    since: date
    until: date | None
    source: str


class Registry:
    """The rows, asked by date."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows = tuple(rows)
        self._about: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self._rows:
            self._about[row.subject, row.state].append(row)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row, in the order written."""
        return self._rows

    def values(self, subject: str, state: str, day: date) -> frozenset[str]:
        """Return what stands for `state` on `day`; nothing where no row does."""
        return frozenset(
            row.value
            for row in self._about.get((subject, state), ())
            if row.since <= day and (row.until is None or day <= row.until)
        )

    def value(self, subject: str, state: str, day: date) -> str:
        """Return the one thing that stands for `state` on `day`, else `unknown`."""
        found = self.values(subject, state, day)
        return next(iter(found)) if len(found) == 1 else "unknown"


def opened(old: Registry, new: Registry) -> frozenset[tuple[str, str]]:
    """Return for which subjects and states `new` lets more through than `old` on some day.

    A ground (a treaty, adequacy, an exemption) opens when it comes; a list of sexual offences
    and a smallest cell when they shrink; a penalty and abolition when they become harmless.
    """
    return frozenset(
        (subject, state)
        for subject, state, before, after in _changed(old, new)
        if _opens(subject, before, after)
    )


def lost(old: Registry, new: Registry) -> frozenset[tuple[str, str]]:
    """Return the treaties that a state is a party to in `old`, and not in `new`, on some day.

    Each as the state and the treaty: what a treaty asks for may fall with it.
    """
    return frozenset(
        (state, treaty)
        for subject, state, before, after in _changed(old, new)
        if subject == "party"
        for treaty in before - after
    )


def _changed(
    old: Registry, new: Registry
) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Yield what stands before and after, on each day on which that may differ."""
    rows = {*old.rows} ^ {*new.rows}
    days = {row.since for row in rows}
    days |= {row.until + timedelta(days=1) for row in rows if row.until}
    for subject, state in {(row.subject, row.state) for row in rows}:
        for day in days:
            before, after = (found.values(subject, state, day) for found in (old, new))
            yield subject, state, before, after


def _opens(subject: str, old: frozenset[str], new: frozenset[str]) -> bool:
    if subject == "sexual_offence":
        return not old <= new
    if subject == "smallest_cell":
        return max(map(int, new), default=0) < max(map(int, old), default=0)
    if subject in {"abolitionist", "max_penalty"}:
        harmless = len(new) == 1 and new <= _HARMLESS
        return harmless and new != old
    return not new <= old


def parse_registry(text: str) -> Registry:
    """Return the registry written as TOML.

    Raises:
        MalformedError: It is not TOML, a key is missing, or a subject or date is none.
    """
    try:
        rows = tomllib.loads(text).get("row", [])
        return Registry([_row(row) for row in rows])
    except (TypeError, ValueError, AttributeError, RecursionError) as cause:
        raise MalformedError("the registry does not parse") from cause


def _row(row: dict[str, object]) -> Row:
    if not row.keys() >= _KEYS or row["subject"] not in SUBJECTS:
        raise MalformedError("a row of the registry lacks a key or has an unknown subject")
    date.fromisoformat(str(row["checked"]))
    until = row.get("to")
    return Row(
        str(row["subject"]),
        str(row["state"]),
        str(row["value"]),
        date.fromisoformat(str(row["from"])),
        date.fromisoformat(str(until)) if until is not None else None,
        f"{row['source']} ({row['checked']})",
    )
