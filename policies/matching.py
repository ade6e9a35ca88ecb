"""Every rule that applies to a matter, and what they say together, without Cedar.

It promises to see what the ladder cannot: conditions that are already met, permits that a
prohibition overrides, the article behind each. It draws the matrix. Nothing leaves on its word
alone: `policies.ladder` asks Cedar the same, and both must agree.

Source: docs/policy.md, section 6 (matching pass).
"""

from collections.abc import Iterable, Mapping, Sequence

from policies.answer import ALLOWED, NEVER, Answer, Imposed, Keep, Standing, held
from policies.labels import Matter
from policies.rule import Rule, holds


def matching(rules: Iterable[Rule], matter: Matter) -> tuple[Rule, ...]:
    """Return the rules whose conditions hold for `matter`, evidence aside, in their order.

    A rule that reads a subject is not asked of a notice, which has none.
    """
    point = matter.point()
    kind = matter.resource.entity
    return tuple(rule for rule in rules if speaks_of(rule, kind) and holds(rule.when, point))


def speaks_of(rule: Rule, entity: str) -> bool:
    """Return whether a rule speaks of a thing of this type, Field or Notice."""
    notice = not rule.actions.isdisjoint({"deliver", "impose_notice"})
    return notice if entity == "Notice" else not rule.actions <= {"deliver", "impose_notice"}


def answer(rules: Sequence[Rule], matter: Matter, actions: Iterable[str]) -> Answer:
    """Return what `rules`, all of which apply to `matter`, say of each of `actions`.

    Args:
        rules: What `matching` returned.
        matter: The matter; its evidence decides which conditions are met.
        actions: Concrete actions; those of the group `impose` attach, all others decide.
    """
    asked = [name for name in actions if not name.startswith("impose_")]
    imposing = {name for name in actions if name.startswith("impose_")}
    unmet = frozenset(
        rule.id for rule in rules if not matter.evidence.answers(rule.id, rule.evidence)
    )
    standings = {name: _standing(rules, unmet, name) for name in asked}
    weighed = [rule for rule in rules if not rule.actions.isdisjoint(asked)]
    open_limits = [rule for rule in weighed if not rule.permits and rule.id in unmet]
    return Answer(
        standings,
        burden(rule for rule in rules if not rule.actions.isdisjoint(imposing)),
        frozenset(rule.id for rule in weighed),
        any("silent" in rule.notes for rule in open_limits),
        frozenset(route for rule in open_limits for route in _routes(rule)),
        frozenset(rule.id for rule in open_limits),
    )


def _standing(rules: Sequence[Rule], unmet: frozenset[str], action: str) -> Standing:
    named = [rule for rule in rules if action in rule.actions]
    limits = [rule for rule in named if not rule.permits and rule.id in unmet]
    if not any(rule.permits for rule in named) or any(not rule.evidence for rule in limits):
        return NEVER
    return held(rule.condition for rule in limits) if limits else ALLOWED


def _routes(rule: Rule) -> tuple[str, ...]:
    return tuple(part for part in rule.notes.get("alternative", "").split(" | ") if part)


def burden(rules: Iterable[Rule]) -> Imposed:
    """Return what the given rules of the group `impose` attach."""
    found = Imposed()
    for rule in rules:
        found = found.meet(_attached(rule.id, rule.notes))
    return found


def _attached(rule: str, notes: Mapping[str, str]) -> Imposed:
    duties = frozenset({notes["duty"]}) if "duty" in notes else frozenset[str]()
    tasks = frozenset({notes["task"]}) if "task" in notes else frozenset[str]()
    what, _, number = notes.get("keep", "").partition(":")
    keep = Keep(
        int(number) if what == "days" else None, int(number) if what == "review" else None
    )
    return Imposed(duties, tasks, keep, frozenset({rule}))
