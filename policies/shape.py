"""A case without the names of its fields and persons, which decide nothing.

It promises that two cases of one shape are decided alike, field by field. A name tells a field
from its neighbours, and a handle a person from the others; no rule reads either, and the
resolver asks of a handle only whether it is another one (`policies.resolver`,
`policies.grounds`). So each is replaced by the place where it first stands: a renaming that
keeps apart what was apart, of everything that the case names at once. What was decided of the
bare case gets the names of the asked one here; `policies.corpus` asks the law.

Source: docs/policy.md, section 3 (rules see labels alone) and section 6 (memo);
docs/performance.md (a profile that was seen).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from operator import attrgetter

from policies.decision import Decision, FieldDecision
from policies.facts import Case, Datum, Person, Reference
from policies.memory import Shelf

_REMEMBERED = 256
_AT_ONCE = 64  # Drafts and views that are being asked about.
_APART = frozenset({"data", "persons", "references", "retention_limits"})
_OTHERS = attrgetter(*(one.name for one in fields(Case) if one.name not in _APART))
"""Every other attribute of a case, whichever the law comes to have."""
_Named = tuple[tuple[Datum, ...], tuple[Person, ...]]
_Naming = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Bare:
    """Fields and persons without names; equal ones are one object while it is remembered."""

    data: tuple[Datum, ...]
    persons: tuple[Person, ...]


Shape = tuple[Hashable, ...]
"""All that decides in a case: its bare fields and persons, and every other attribute."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """Fields and persons as they stand in a draft, which all of its recipients share."""

    named: _Named
    bare: Bare
    handles: Mapping[str, str]
    names: tuple[str, ...]


class Shapes:
    """Takes names out of cases; those of one draft share what they name, which it notices."""

    def __init__(self) -> None:
        self._known = Shelf[_Named, Bare](_REMEMBERED)
        self._drafts = Shelf[tuple[int, int], _Draft](_AT_ONCE)
        self._decisions = Shelf[_Naming, tuple[Decision, Decision]](_REMEMBERED)

    def shape(self, case: Case) -> Shape:
        """Return the shape of a case."""
        draft = self._draft(case)
        return (
            draft.bare,
            case.references and _spoken(case.references, draft.handles),
            tuple(case.retention_limits.items()),
            *_OTHERS(case),
        )

    def bare(self, case: Case) -> Case:
        """Return the case without names, which the law decides for all of its shape."""
        draft = self._draft(case)
        return replace(
            case,
            data=draft.bare.data,
            persons=draft.bare.persons,
            references=_spoken(case.references, draft.handles),
        )

    def named(self, decision: Decision, case: Case) -> Decision:
        """Return a decision on the bare case with the names of a case of its shape.

        Cases that are decided alike and name their fields alike have one and the same.
        """
        naming = (id(decision), self._draft(case).names)
        make = partial(_kept, decision, case.data)
        return self._decisions.recall(naming, make)[1]

    def _draft(self, case: Case) -> _Draft:
        key = (id(case.data), id(case.persons))
        return self._drafts.recall(key, partial(self._made, (case.data, case.persons)))

    def _made(self, named: _Named) -> _Draft:
        data, persons = named
        handles = _places(_named_in(persons, data))
        nobody = tuple(replace(one, id=handles[one.id]) for one in persons)
        said = (_bare(data, handles), nobody)
        bare = self._known.recall(said, partial(Bare, *said))
        return _Draft(named, bare, handles, tuple(datum.name for datum in data))


def _places(names: Iterable[str]) -> dict[str, str]:
    places: dict[str, str] = {}
    for name in names:
        places.setdefault(name, str(len(places)))
    return places


def _named_in(persons: Iterable[Person], data: Iterable[Datum]) -> Iterable[str]:
    yield from (person.id for person in persons)
    for datum in data:
        yield from datum.subjects


def _bare(data: Sequence[Datum], handles: Mapping[str, str]) -> tuple[Datum, ...]:
    places = _places(datum.name for datum in data)
    return tuple(
        replace(
            datum,
            name=places[datum.name],
            subjects=tuple(handles[one] for one in datum.subjects),
        )
        for datum in data
    )


def _spoken(
    references: Iterable[Reference], handles: Mapping[str, str]
) -> tuple[Reference, ...]:
    """Return references with the handles of the bare case; who is nobody there stays apart."""
    strangers = {one for reference in references for one in reference.subjects} - handles.keys()
    known = {**handles, **_places_after(len(handles), sorted(strangers))}
    return tuple(
        replace(one, subjects=frozenset(known[name] for name in one.subjects))
        for one in references
    )


def _places_after(first: int, names: Iterable[str]) -> dict[str, str]:
    return {name: str(place) for place, name in enumerate(names, first)}


def _kept(decision: Decision, data: Sequence[Datum]) -> tuple[Decision, Decision]:
    pairs = zip(decision.fields, data, strict=True)
    fields = tuple(_field(found, datum.name) for found, datum in pairs)
    return decision, replace(decision, fields=fields)


def _field(found: FieldDecision, name: str) -> FieldDecision:
    # Written out: dataclasses.replace takes twice as long, and a matrix has a thousand.
    return FieldDecision(
        name,
        found.form,
        found.standings,
        found.silent,
        found.essential,
        found.duties,
        found.tasks,
        found.keep,
        found.rules,
        found.alternatives,
        found.limits,
    )
