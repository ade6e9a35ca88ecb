"""Statements that stand once others endorsed them, each in the line of those it replaces.

It promises that of each line one statement is in force at a time, that what was replaced or
withdrawn never returns, and that the answer for an earlier leaf never changes. Memberships,
agreements and bundles are such lines; who must endorse which is told by `valija.directory`.

Source: docs/envelope.md, section 1 (log.proto: "stands once", "in force once") and section 5.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from valija.errors import VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, LeafIndex


class Succeeding(Protocol):
    """A statement that names the one it replaces and when it begins, in days or minutes."""

    @property
    def replaces(self) -> Digest:
        """Digest of the statement before; zeros at first."""
        ...

    @property
    def since(self) -> int:
        """First day or minute."""
        ...


Met = Callable[[frozenset[Desk]], bool]
"""Tells whether the desks that endorsed a statement are enough."""
_S = TypeVar("_S", bound=Succeeding)
_K = TypeVar("_K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Standing(Generic[_S]):
    """One statement and how it stands.

    Attributes:
        digest: Names it.
        statement: The statement, parsed.
        leaf_index: Where it was logged.
        endorsers: Desks that say it is theirs too.
        effect: Leaf that brought the last endorsement needed; None while pending.
        ended: Leaf at which one that was needed was withdrawn; None: not withdrawn.
    """

    digest: Digest
    statement: _S
    leaf_index: LeafIndex
    endorsers: frozenset[Desk] = frozenset()
    effect: LeafIndex | None = None
    ended: LeafIndex | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """One desk's word on a statement.

    Attributes:
        desk: Whose.
        withdrawn: True: it is no longer theirs.
        leaf: Where the word was logged.
    """

    desk: Desk
    withdrawn: bool
    leaf: LeafIndex


@dataclass(frozen=True, slots=True)
class Succession(Generic[_K, _S]):
    """All lines of one kind of statement; immutable."""

    standings: Mapping[Digest, Standing[_S]] = field(default_factory=dict)
    lines: Mapping[_K, tuple[Standing[_S], ...]] = field(default_factory=dict)

    def find(self, name: Digest) -> Standing[_S] | None:
        """Return a statement by its digest, however it stands."""
        return self.standings.get(name)

    def last(self, line: _K) -> Digest:
        """Return what the next statement of a line must name in `replaces`."""
        held = self.lines.get(line)
        return held[-1].digest if held else ZERO_DIGEST

    def current(self, line: _K, time: int, leaf: LeafIndex) -> Standing[_S] | None:
        """Return the statement in force in a line, or None.

        Args:
            line: Which line.
            time: Day or minute, as the statements count.
            leaf: Only what the log held up to this leaf is asked.
        """
        for standing in reversed(self.lines.get(line, ())):
            effect, ended = standing.effect, standing.ended
            if effect is not None and effect <= leaf and standing.statement.since <= time:
                return standing if ended is None or leaf < ended else None
        return None

    def proposed(self, line: _K, standing: Standing[_S], met: Met) -> "Succession[_K, _S]":
        """Return lines that also hold a statement: pending, or in effect if that suffices.

        Args:
            line: The line it continues.
            standing: The statement, endorsed by its signer at most.
            met: Whether these endorsers are enough.

        Raises:
            VerificationError: It was proposed before, or replaces another than the last.
        """
        if standing.digest in self.standings:
            raise VerificationError("a statement is logged once")
        if standing.statement.replaces != self.last(line):
            raise VerificationError("a statement names the one it replaces")
        return self._settled(line, standing, standing.leaf_index, met)

    def voted(self, line: _K, name: Digest, vote: Vote, met: Met) -> "Succession[_K, _S]":
        """Return lines in which a desk endorsed a statement, or no longer does.

        A pending statement takes effect with the last endorsement it needs; one in effect
        ends with the first of these that is withdrawn.

        Args:
            line: The line that holds the statement.
            name: Digest of a statement that is held.
            vote: Whose word, and at which leaf.
            met: Whether these endorsers are enough.

        Raises:
            VerificationError: The vote changes nothing, the statement ended before, or
                another took its place meanwhile.
        """
        held = self.standings[name]
        if held.ended is not None or vote.withdrawn is not (vote.desk in held.endorsers):
            raise VerificationError("an endorsement changes how a statement stands")
        one = frozenset({vote.desk})
        endorsers = held.endorsers - one if vote.withdrawn else held.endorsers | one
        counted = replace(held, endorsers=endorsers)
        if held.effect is None:
            return self._settled(line, counted, vote.leaf, met)
        ended = None if met(endorsers) else vote.leaf
        return self._changed(line, replace(counted, ended=ended))

    def _settled(
        self, line: _K, held: Standing[_S], leaf: LeafIndex, met: Met
    ) -> "Succession[_K, _S]":
        if not met(held.endorsers):
            return self._changed(line, held)
        if held.statement.replaces != self.last(line):
            raise VerificationError("another statement took this one's place")
        grown = (*self.lines.get(line, ()), replace(held, effect=leaf))
        return Succession(
            {**self.standings, held.digest: grown[-1]}, {**self.lines, line: grown}
        )

    def _changed(self, line: _K, held: Standing[_S]) -> "Succession[_K, _S]":
        in_line = self.lines.get(line, ())
        kept = tuple(held if each.digest == held.digest else each for each in in_line)
        lines = {**self.lines, line: kept} if kept else self.lines
        return Succession({**self.standings, held.digest: held}, lines)
