"""What a change of the law would newly let through, in words that a security officer reads.

It promises to look at every bundle, both sides and every period in which another set of rules
is in force, and to name states, kinds, recipients and the smallest conditions. A row of the
registry that opens something on some day is shown whole, with the rows that go with it; one
that only narrows is not. What widens needs a second signature; what narrows does not.

Source: docs/policy.md, section 11 (widening report); docs/envelope.md (PolicyBundleStatement
.widens).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from policies.analysis import Widening, noted, on_fields, on_notices, tabulate, widenings
from policies.bundle import TREATY, Bundle, manifest, names_of, parts_of, read_bundle
from policies.corpus import registry_of
from policies.registry import Row, lost, opened
from policies.rule import ACTS, LADDER, Rule, asserted, periods
from policies.space import Space
from policies.telling import told_of
from valija.errors import MalformedError

_FIELD_SEND = (*LADDER, "match")
_SENTENCES, _CUBES = 6, 12


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which more is let through.

    Attributes:
        bundle: A state's code or `treaty`.
        side: send, receive or registry.
        since: First day of the period it was found in; None: from the first.
        what: `ever`, `now`, `without CONDITION`, `without`, `kept longer`, `with a trace`; for
            the registry `row` and `row gone`.
        actions: The actions, duty, limit or row.
        where: The smallest conditions, a sentence each.
        more: There are further conditions than those listed.
    """

    bundle: str
    side: str
    since: date | None
    what: str
    actions: tuple[str, ...]
    where: tuple[str, ...]
    more: bool


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Change, ...]:
    """Return what `new` lets through that `old` does not; nothing: it widens nowhere.

    Args:
        old: Files of the law in force, by path.
        new: Files proposed.

    Raises:
        MalformedError: A rule does not read.
    """
    found = list(_rows(old, new))
    for name in sorted({*names_of(old), *names_of(new)}):
        if manifest(parts_of(name, old)) != manifest(parts_of(name, new)):
            found.extend(_sides(name, _bundle(name, old), _bundle(name, new)))
    return tuple(found)


def _bundle(name: str, files: Mapping[str, bytes]) -> Bundle:
    bundle, faults = read_bundle(name, files)
    if faults:
        raise MalformedError(str(faults[0]))
    return bundle


def _rows(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    before, after = registry_of(old), registry_of(new)
    wider, gone, burdens = opened(before, after), lost(before, after), _burdens(old)
    for row in sorted({*before.rows} ^ {*after.rows}, key=_row_order):
        lifts = (row.state, row.value) in gone and row.value in burdens
        if (row.subject, row.state) not in wider and not lifts:
            continue
        sign = "row" if row in after.rows else "row gone"
        said = f"{row.subject} {row.state}: {row.value}, {row.since} to {row.until or 'open'}"
        yield Change("treaty", "registry", row.since, sign, (row.subject,), (said,), more=False)


def _burdens(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the grounds on which some rule bars, holds or imposes: what may fall with them."""
    rules = (
        rule
        for name in names_of(files)
        for bundle in (_bundle(name, files),)
        for rule in (*bundle.send, *bundle.receive)
        if not rule.permits or any(noted(rule))
    )
    return frozenset(
        value
        for rule in rules
        for atom in asserted(rule.when)
        if atom.label == "basis"
        for value in atom.values
    )


def _row_order(row: Row) -> tuple[str, str, str, date]:
    return (row.subject, row.state, row.value, row.since)


def _sides(name: str, old: Bundle, new: Bundle) -> Iterator[Change]:
    sides = (("send", old.send, new.send), ("receive", old.receive, new.receive))
    for side, left, right in sides:
        if side == "receive" and name != TREATY and not (left and right):
            yield from _law_gone(name, left)
            continue
        seen: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
        for since in periods((*left, *right)):
            day = since or date.min
            rules = [[rule for rule in part if rule.in_force(day)] for part in (left, right)]
            for found, where, more in _grouped(side, *rules):
                key = (found[0], found[1], where)
                if key not in seen:
                    seen.add(key)
                    yield Change(name, side, since, found[0], found[1], where, more)


def _law_gone(name: str, before: Sequence[Rule]) -> Iterator[Change]:
    """Yield what it means that a state has no receiving law any more: nothing of its own bars.

    A state without rules of its own receives under the treaty layer alone, so the first rules
    that it writes only narrow.
    """
    if before:
        said = "wherever the treaty layer allows it: no law of the state's own is asked"
        yield Change(name, "receive", None, "ever", tuple(ACTS), (said,), more=False)


_Found = tuple[str, tuple[str, ...]]


def _grouped(
    side: str, old: Sequence[Rule], new: Sequence[Rule]
) -> Iterator[tuple[_Found, tuple[str, ...], bool]]:
    """Yield each change once, with every action it is true of."""
    groups: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for found, where, more in _changes(side, old, new):
        groups.setdefault((found.what, where, more), []).append(found.action)
    for (what, where, more), actions in groups.items():
        yield (what, tuple(actions)), where, more


def _changes(
    side: str, old: Sequence[Rule], new: Sequence[Rule]
) -> Iterator[tuple[Widening, tuple[str, ...], bool]]:
    field_actions = _FIELD_SEND if side == "send" else ACTS
    notice_actions = ("deliver",) if side == "send" else ()
    for pick, actions in ((on_fields, field_actions), (on_notices, notice_actions)):
        space = Space([*pick(old), *pick(new)])
        before, after = (tabulate(space, pick(rules), actions) for rules in (old, new))
        for found in widenings(space, before, after):
            cubes = list(islice(space.diagrams.cover(found.points), _CUBES + 1))
            told = told_of([space.labels_of(cube) for cube in cubes[:_CUBES]])
            yield found, told[:_SENTENCES], len(cubes) > _CUBES or len(told) > _SENTENCES
