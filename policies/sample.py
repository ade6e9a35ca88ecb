"""Points of a label space, drawn where they can tell two readings of the law apart.

It promises three kinds, each repeatable: one point of every class that a table tells apart,
points where each rule decides and just outside each of its clauses, and points drawn from
a seed. Random ones are weak alone: most of the space is far from any rule's edge. It asks
nobody anything; `policies.crosscheck` does.

Source: docs/policy.md, section 11 (agreement with Cedar).
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import shake_128

from policies import labels
from policies.diagram import EVERYTHING, NOTHING, Diagrams, Node
from policies.labels import Matter, References
from policies.rule import Rule
from policies.space import ALSO, Space, completed
from policies.vocabulary import CASE_LABELS, EVIDENCE, LISTS, SUBJECT_LABELS

Place = tuple[int, ...]
"""A value for each dimension of a space, by number."""
_BLOCK = 4096
_PLAIN = {"Purpose": "other", "Refusal": "none", "Lane": "outside"}
_OF_FIELD = ("Kind", "Regime", "Source", "Duty")
_RARE = 4  # One member in so many is there, for a point with all of them meets every bar.


class Draws:
    """Numbers that follow from a seed alone, so that a failure can be repeated."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._place = 0
        self._bytes = b""

    def below(self, bound: int) -> int:
        """Return a number from 0 to `bound` - 1; `bound` is at most 256."""
        at = self._place % _BLOCK
        if at == 0:
            block = f"{self._seed} {self._place // _BLOCK}"
            self._bytes = shake_128(block.encode()).digest(_BLOCK)
        self._place += 1
        return self._bytes[at] % bound


def classes(diagrams: Diagrams, sets: Iterable[Node], most: int | None = None) -> list[Node]:
    """Return the classes of points that no set among `sets` tells apart; none is empty.

    More classes than `most` are too many to look at one by one: then there are none.
    """
    found = [EVERYTHING]
    for part in dict.fromkeys(sets):
        split = ((diagrams.both(one, part), diagrams.less(one, part)) for one in found)
        found = [half for halves in split for half in halves if half != NOTHING]
        if most is not None and len(found) > most:
            return []
    return found


def inside(space: Space, part: Node, draws: Draws) -> Place:
    """Return a point of `part`, which is not empty."""
    cube = next(space.diagrams.cover(part))
    found = []
    for at, dimension in enumerate(space.dimensions):
        values = sorted(cube.get(at, range(len(dimension.classes))))
        found.append(values[draws.below(len(values))])
    return tuple(found)


def edges(space: Space, rules: Iterable[Rule], draws: Draws) -> Iterator[Place]:
    """Yield, for each rule, a point where it applies and one beyond each of its clauses."""
    sizes = [len(dimension.classes) for dimension in space.dimensions]
    for rule in rules:
        cube = next(space.diagrams.cover(space.set_of(rule.when)), None)
        if cube is None:
            continue
        # Beside a permit nothing else permits; beside a limit anything may be so.
        free = [0 if rule.permits else draws.below(size) for size in sizes]
        here = [
            sorted(cube[at])[draws.below(len(cube[at]))] if at in cube else free[at]
            for at in range(len(sizes))
        ]
        yield tuple(here)
        for at in cube:
            yield (*here[:at], (here[at] + 1) % sizes[at], *here[at + 1 :])


def anywhere(space: Space, draws: Draws) -> Place:
    """Return a point drawn from the whole space."""
    return tuple(
        int(draws.below(_RARE) == 0)
        if dimension.member
        else draws.below(len(dimension.classes))
        for dimension in space.dimensions
    )


def evidence(draws: Draws) -> References:
    """Return some evidence: none half of the time, else one token in three."""
    if draws.below(2):
        return References()
    return References(frozenset(name for name in EVIDENCE if draws.below(3) == 0))


_Values = dict[str, frozenset[str]]


def stated(space: Space, place: Place, draws: Draws) -> Mapping[str, frozenset[str]]:
    """Return every label at `place`: of each class of values any, members as they are."""
    found = _defaults()
    for dimension, value in zip(space.dimensions, place, strict=True):
        if dimension.member:
            words = sorted(dimension.classes[1])
            there = {words[draws.below(len(words))]} if value else set[str]()
            found[dimension.label] |= there
        else:
            words = sorted(dimension.classes[value])
            found[dimension.label] = frozenset({words[draws.below(len(words))]})
    if not found["resource.Source"]:
        named = {d.member for d in space.dimensions if d.label == "resource.Source"}
        found["resource.Source"] = frozenset(sorted(set(LISTS["Source"]) - named)[:1])
    return completed(found)


def matter(values: Mapping[str, frozenset[str]], known: References, *, notice: bool) -> Matter:
    """Return the matter that has these labels and this evidence: a field's, or a notice's."""
    (state,), (agency,) = values["principal.State"], values["principal.Agency"]
    party = labels.party(state, agency)
    case = labels.case({name: values[f"case.{name}"] for name in CASE_LABELS})
    if notice:
        (kind,) = values["resource.NoticeType"]
        return Matter(party, labels.notice(kind), case, None, values["basis"], known)
    resource = labels.content_field(*(values[f"resource.{name}"] for name in _OF_FIELD))
    about = labels.subject({name: values[f"subject.{name}"] for name in SUBJECT_LABELS})
    return Matter(party, resource, case, about, values["basis"], known)


def _defaults() -> _Values:
    found: _Values = {
        "principal.State": frozenset({"XB"}),
        "principal.Agency": frozenset({"police"}),
        "resource.Kind": frozenset({"identity"}),
        "resource.NoticeType": frozenset({"case_notice"}),
        "basis": frozenset(),
        ALSO: frozenset(),
        **{f"resource.{name}": frozenset[str]() for name in _OF_FIELD[1:]},
    }
    for prefix, lists in (("case", CASE_LABELS), ("subject", SUBJECT_LABELS)):
        for name, (kind, is_set) in lists.items():
            value = frozenset[str]() if is_set else frozenset({_PLAIN.get(kind, "unknown")})
            found[f"{prefix}.{name}"] = value
    return found
