"""Climb the forms of a field with Cedar, one question a form.

It promises that what it calls allowed, Cedar allows with the evidence at hand; that what it
calls held, Cedar allows once every condition is met and refuses today only for conditions;
and that everything else is never. Why is told by `policies.matching`.

Source: docs/policy.md, section 6 (ladder).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policies.answer import ALLOWED, NEVER, Standing, held
from policies.engine import Question, Roll, RuleSet, Verdict
from policies.labels import Matter
from policies.rule import Rule


@dataclass(frozen=True, slots=True)
class Rung:
    """What Cedar says of one matter.

    Attributes:
        standings: By action.
        attached: Ids of the rules of the group `impose` that Cedar says apply.
    """

    standings: Mapping[str, Standing]
    attached: frozenset[str]


def climb(
    rules: RuleSet,
    written: Mapping[str, Rule],
    asked: Sequence[tuple[Matter, Iterable[str]]],
    roll: Roll,
) -> tuple[Rung, ...]:
    """Return one rung a matter, in order.

    Args:
        rules: The layer as Cedar holds it.
        written: The same rules by id, for their conditions.
        asked: Matters, each with its concrete actions.
        roll: Every entity they name.

    Raises:
        VerificationError: A guard of `policies.engine` refused.
    """
    questions = [
        Question(action, matter, matter.evidence.free)
        for matter, actions in asked
        for action in actions
    ]
    now = rules.ask(questions, roll)
    ever = dict(_ever(rules, questions, now, roll))
    rungs = []
    position = 0
    for matter, actions in asked:
        standings: dict[str, Standing] = {}
        attached: frozenset[str] = frozenset()
        for action in actions:
            verdict = now[position]
            if action.startswith("impose_"):
                attached |= frozenset(verdict.reasons) if verdict.allowed else frozenset()
            else:
                standings[action] = _standing(verdict, ever.get(position), written, matter)
            position += 1
        rungs.append(Rung(standings, attached))
    return tuple(rungs)


def _ever(
    rules: RuleSet, questions: Sequence[Question], now: Sequence[Verdict], roll: Roll
) -> Iterable[tuple[int, Verdict]]:
    """Ask again, as if every condition were met, what prohibitions refuse today."""
    places = [
        place for place, verdict in enumerate(now) if not verdict.allowed and verdict.reasons
    ]
    again = rules.ask([questions[place].with_all_evidence() for place in places], roll)
    return zip(places, again, strict=True)


def _standing(
    now: Verdict, ever: Verdict | None, written: Mapping[str, Rule], matter: Matter
) -> Standing:
    if now.allowed:
        return ALLOWED
    if ever is None or not ever.allowed:
        return NEVER
    limits = [written[name] for name in now.reasons]
    # A reference may name the one rule it answers; Cedar saw only those that name none.
    return held(
        rule.condition for rule in limits if not matter.evidence.answers(rule.id, rule.evidence)
    )
