"""A notice ready to be asked about, and what of it one answer of the law would open.

It promises that what all recipients of a draft share is found out once: its fields, frames and
persons, and, for each answer that the law gives of it, which form goes of each field and which
facts that opens. It asks no law; `node.preflight.ruling` does.

Source: docs/architecture.md, The journey, 2 to 4; docs/policy.md, section 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from node.notice import facts
from node.notice.choice import Opened, commit_list, open_list, settle
from node.notice.facts import Field, Frame
from node.notice.notice import Notice
from node.notice.people import people
from node.preflight.shadow import solid
from policies.decision import Decision
from policies.facts import Datum, Person


class Consented(StrEnum):
    """What a consent is worth that the draft states as given."""

    STATED = "stated"
    """As much as the draft says."""
    UNPROVEN = "unproven"
    """Nothing: what was signed for it when it was ordered does not hold."""
    WITHDRAWN = "withdrawn"
    """It was taken back."""


_WORTH = {Consented.UNPROVEN: "unknown", Consented.WITHDRAWN: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer of the law lets a recipient see of a draft.

    Attributes:
        chosen: Form of each field that may go now, by its path.
        opened: The facts that this opens.
        forms: Of each field in order, the form that is opened; empty where none is.
    """

    chosen: Mapping[str, str]
    opened: tuple[Opened, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice with its fields, frames and persons, computed once.

    Attributes:
        notice: As drafted.
        fields: What the law is asked about.
        frames: The shape of each item.
        persons: Those whom fields name, by what a stated consent is worth.
        data: Of every field, in order.
        rows: Of every field, its row and the names of its data.
    """

    notice: Notice
    fields: tuple[Field, ...]
    frames: tuple[Frame, ...]
    persons: Mapping[Consented, tuple[Person, ...]] = field(repr=False)
    data: tuple[Datum, ...] = field(repr=False)
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    _shown: dict[int, tuple[Decision, Shown]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, notice: Notice) -> "Draft":
        """Return a notice with what the law and the seal need of it."""
        stated = people(notice)
        persons = {worth: tuple(_worth(one, worth) for one in stated) for worth in Consented}
        fields = facts.fields(notice)
        data = tuple(datum for each in fields for datum in each.data)
        rows = tuple((each.row, *(datum.name for datum in each.data)) for each in fields)
        return cls(notice, fields, facts.frames(notice), persons, data, rows)

    def committed(self) -> tuple[Opened, ...]:
        """Return every fact that the notice commits, whoever sees it."""
        return commit_list(self.fields, self.frames)

    def shown(self, decision: Decision) -> Shown:
        """Return what a decision on this draft opens; for the very same one, the very same."""
        found = self._shown.get(id(decision))
        if found is None:
            found = self._shown[id(decision)] = (decision, self._open(decision))
        return found[1]

    def _open(self, decision: Decision) -> Shown:
        answers = {one.name: one.standings for one in decision.fields}
        chosen = {one.path: form for one in self.fields if (form := settle(one, answers))}
        standing = solid(self.fields, chosen, decision.fields)
        opened = open_list(self.fields, self.frames, standing)
        paths = {path for path, _, _ in opened}
        forms = tuple(
            "" if paths.isdisjoint((one.path, one.marker_path)) else chosen.get(one.path, "")
            for one in self.fields
        )
        return Shown(chosen, opened, forms)


def _worth(person: Person, worth: Consented) -> Person:
    """Return a person with what the consent that the draft states is worth."""
    if person.consent.status != "given" or worth is Consented.STATED:
        return person
    return replace(person, consent=replace(person.consent, status=_WORTH[worth]))
