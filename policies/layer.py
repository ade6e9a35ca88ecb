"""The rules of one bundle that are law on one day, ready to be asked twice.

It promises that a remembered answer is the answer: what is remembered is keyed by every label
that a rule of this layer can read, which is sound because party, field and notice carry no
attributes and case and subject are named by their content. The memory dies with the layer.

Source: docs/policy.md, section 6 (memo), section 9 (an empty layer is no law).
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from policies.answer import NEVER, Answer
from policies.decision import Citation
from policies.engine import LawSchema, Roll, RuleSet
from policies.labels import Labels, Matter, References
from policies.ladder import Rung, climb
from policies.matching import answer
from policies.rule import Rule, atoms
from policies.sieve import Sieve

_REMEMBERED = 1 << 13  # Eight matrices of 30 fields by 34 recipients; some 16 MB a layer.
Cut = tuple[tuple[str, frozenset[str]], ...]
"""What a layer can tell of a thing: its type, and the labels that some rule names."""
_Key = tuple[Cut, Cut, str, str, frozenset[str], References, tuple[str, ...]]


class Layer:
    """One bundle's rules on one day, for sending or for receiving.

    Attributes:
        name: A state's code or `treaty`.
        rules: Those in force.
    """

    def __init__(self, name: str, rules: Iterable[Rule], schema: LawSchema) -> None:
        self.name = name
        self.rules = tuple(rules)
        self._schema = schema
        self._named: dict[str, frozenset[str]] = {}
        for rule in self.rules:
            for atom in atoms(rule.when):
                self._named[atom.label] = self._named.get(atom.label, frozenset()) | atom.values
        self._cuts: dict[tuple[str, str], Cut] = {}
        self._memory: dict[_Key, Answer] = {}
        self._rungs: dict[_Key, Rung] = {}

    @cached_property
    def written(self) -> dict[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules}

    def cite(self, name: str) -> Citation:
        """Return which norm one of its rules writes down."""
        rule = self.written[name]
        basis, confidence = (rule.notes.get(key, "") for key in ("legal_basis", "confidence"))
        return Citation(rule.id, self.name, rule.effect, basis, confidence, rule.condition)

    @cached_property
    def _sieve(self) -> Sieve:
        return Sieve(self.rules)

    @cached_property
    def _cedar(self) -> RuleSet:
        return RuleSet(self.rules, self._schema)

    def weigh(self, matter: Matter, actions: Sequence[str]) -> Answer:
        """Return what this layer says of `matter`; never, if it has no rules."""
        if not self.rules:
            return Answer({name: NEVER for name in actions if not name.startswith("impose_")})
        key = self._key(matter, tuple(actions))
        found = self._memory.get(key)
        if found is None:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            found = answer(self._sieve.matching(matter), matter, actions)
            self._memory[key] = found
        return found

    def climb(
        self, asked: Sequence[tuple[Matter, tuple[str, ...]]], roll: Roll
    ) -> tuple[Rung, ...]:
        """Return what Cedar says of each matter, in order; it is asked once for each key.

        Raises:
            VerificationError: A guard of `policies.engine` refused.
        """
        keys = [self._key(matter, actions) for matter, actions in asked]
        fresh = {
            key: question
            for key, question in zip(keys, asked, strict=True)
            if key not in self._rungs
        }
        if len(self._rungs) + len(fresh) > _REMEMBERED:
            self._rungs.clear()
            fresh = dict(zip(keys, asked, strict=True))
        if fresh or not self.rules:
            found = climb(self._cedar, self.written, list(fresh.values()), roll)
            self._rungs.update(zip(fresh, found, strict=True))
        return tuple(self._rungs[key] for key in keys)

    def _key(self, matter: Matter, actions: tuple[str, ...]) -> _Key:
        return (
            self.cut(matter.party),
            self.cut(matter.resource),
            matter.case.id,
            matter.subject.id if matter.subject else "",
            matter.basis,
            matter.evidence,
            actions,
        )

    def cut(self, labels: Labels) -> Cut:
        """Return the labels of a thing that a rule of this layer names, and what it is."""
        name = (labels.entity, labels.id)
        found = self._cuts.get(name)
        if found is None:
            if len(self._cuts) >= _REMEMBERED:
                self._cuts.clear()
            seen = (
                (label, values & self._named.get(label, frozenset()))
                for label, values in labels.values.items()
            )
            found = ((labels.entity, frozenset()), *(pair for pair in seen if pair[1]))
            self._cuts[name] = found
        return found
