"""What the law answers for one field or one notice, and how two answers meet.

It promises that `meet` is a lattice operation: commutative, associative, idempotent, and
never wider than either side. Nothing here asks the law; `policies.matching` and
`policies.ladder` do.

Source: docs/policy.md, sections 1 and 7; docs/law.md, section 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType

from policies.vocabulary import CLASSES, KINDS


class Form(IntEnum):
    """How much of a field is shown; the larger, the less."""

    EXACT = 0
    GENERAL = 1
    PSEUDONYM = 2
    MARKER = 3
    OMITTED = 4


class Rank(IntEnum):
    """Whether it may go; the larger, the stricter."""

    ALLOWED = 0
    HELD = 1
    NEVER = 2


_MARKED = frozenset(
    [
        "image",
        "biometric",
        "hashed_identifier",
        "interview_video",
        "sexual",
        "religion",
        "political",
        "ethnicity",
        "migration_status",
        "fiu_report",
        "intercept",
        "csam_hash",
    ]
)


def _forms(kind: str) -> tuple[Form, ...]:
    if kind in CLASSES["existence"] or kind == "unknown":
        return (Form.EXACT,)
    if kind == "identity":
        return (Form.EXACT, Form.PSEUDONYM, Form.MARKER)
    if kind in _MARKED:
        return (Form.EXACT, Form.MARKER)
    return (Form.EXACT, Form.GENERAL, Form.MARKER)


FORMS: Mapping[str, tuple[Form, ...]] = MappingProxyType({kind: _forms(kind) for kind in KINDS})
"""The forms that a kind can take, the fullest first (docs/policy.md, section 6)."""


@lru_cache(maxsize=1024)
def forms_of(kinds: frozenset[str]) -> tuple[Form, ...]:
    """Return the forms that a datum of all these kinds can take, the fullest first."""
    taken = set(Form).intersection(*(FORMS[kind] for kind in kinds))
    return tuple(sorted(taken))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether one form of one field may go, and what it waits for.

    Attributes:
        rank: Allowed, held or never.
        conditions: Every one is needed; alternatives are written `a | b`. Empty unless held.
    """

    rank: Rank
    conditions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Keep one way to write each standing: conditions belong to held ones only."""
        if (self.rank is Rank.HELD) is not bool(self.conditions):
            raise ValueError("a standing has conditions exactly when it is held")

    def meet(self, other: "Standing") -> "Standing":
        """Return the standing when both must hold."""
        rank = max(self.rank, other.rank)
        if rank is not Rank.HELD:
            return NEVER if rank is Rank.NEVER else ALLOWED
        return Standing(rank, self.conditions | other.conditions)


ALLOWED = Standing(Rank.ALLOWED)
NEVER = Standing(Rank.NEVER)


def held(conditions: Iterable[str]) -> Standing:
    """Return the standing that waits for `conditions`; allowed if there are none."""
    names = frozenset(conditions)
    return Standing(Rank.HELD, names) if names else ALLOWED


@dataclass(frozen=True, slots=True)
class Keep:
    """How long something may be kept, in days; None for no limit.

    Attributes:
        days: To erasure.
        review: To the next review of the need to keep it.
    """

    days: int | None = None
    review: int | None = None

    def meet(self, other: "Keep") -> "Keep":
        """Return the shorter limits."""
        return Keep(_least(self.days, other.days), _least(self.review, other.review))


def _least(left: int | None, right: int | None) -> int | None:
    limits = [days for days in (left, right) if days is not None]
    return min(limits) if limits else None


@dataclass(frozen=True, slots=True)
class Imposed:
    """What comes with it.

    Attributes:
        duties: Travel with the notice; an argument stands behind a colon.
        tasks: Stay with the sender.
        keep: The shortest limits.
        rules: Ids of the rules that imposed it.
    """

    duties: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()
    keep: Keep = Keep()
    rules: frozenset[str] = frozenset()

    def meet(self, other: "Imposed") -> "Imposed":
        """Return the burden of both."""
        return Imposed(
            self.duties | other.duties,
            self.tasks | other.tasks,
            self.keep.meet(other.keep),
            self.rules | other.rules,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What one or several layers say of one question.

    Attributes:
        standings: By action asked (`share_exact`, `match`, `deliver`, an act). An action that
            is not there was not asked, and is never.
        imposed: What comes with it.
        rules: Ids of the rules that restrict or permit.
        limits: Those of them that restrict and that no evidence answers yet.
        silent: An omission leaves no trace.
        alternatives: Other routes that a restriction names.
    """

    standings: Mapping[str, Standing]
    imposed: Imposed = field(default_factory=Imposed)
    rules: frozenset[str] = frozenset()
    silent: bool = False
    alternatives: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()

    def standing(self, action: str) -> Standing:
        """Return the standing of one action; never if nobody asked for it."""
        return self.standings.get(action, NEVER)

    def meet(self, other: "Answer") -> "Answer":
        """Return the answer when both layers must agree."""
        actions = self.standings.keys() | other.standings.keys()
        return Answer(
            {name: self.standing(name).meet(other.standing(name)) for name in actions},
            self.imposed.meet(other.imposed),
            self.rules | other.rules,
            self.silent or other.silent,
            self.alternatives | other.alternatives,
            self.limits | other.limits,
        )
