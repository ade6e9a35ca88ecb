"""The whole law that a node holds: the treaty layer and every state's bundle.

It promises that every question ends in a decision, and that the first decision is the
refusing one: no bundle, no layer, an unknown word, a missing label, an error of the engine or
two readings that differ mean that nothing leaves. It reads no folder and no clock; files come
as bytes (`policies.folder`) and the day stands in the case.

Source: docs/policy.md, sections 7 to 9; docs/law.md, section 4.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from policies.alike import Alike, alike
from policies.answer import NEVER, Form, Keep
from policies.bundle import (
    REGISTRY,
    ROWS,
    SCHEMA,
    TREATY,
    WORDS,
    Bundle,
    names_of,
    read_bundle,
    text_of,
)
from policies.decision import Citation, Decision, FieldDecision
from policies.engine import LawSchema, Roll
from policies.facts import Agreement, Case
from policies.grounds import treaties_between
from policies.hearing import Hearing, hearings
from policies.judgement import Asked, Judgement, judge, questions, weigh
from policies.layer import Layer
from policies.linter import Row, lint, parse_rows
from policies.memory import Memory
from policies.outcome import CODE_RULES, decide_field, decide_notice
from policies.record import duties_digest, heading_of, record
from policies.registry import Registry, parse_registry
from policies.rule import ACTS
from policies.shape import Shape, Shapes
from policies.words import EMPTY, Words
from valija.errors import MalformedError, VerificationError

_REMEMBERED = 136  # Four notices to every other member.
_SEEN = 1 << 11  # Sixty profiles to every other member, some 2 KB each.
_ALIKE = 1 << 8  # What they share, some 30 KB each.
_Ask = Callable[[Sequence[Layer], Sequence[Asked]], Judgement]
_EFFECTS = {"OAS-G-111": "general"}
_ENGINE = {
    "ENG-LABEL": Citation("ENG-LABEL", "engine", "code", CODE_RULES["ENG-LABEL"], "high")
}


class Law:
    """Every bundle at hand, asked for one case at a time.

    Attributes:
        bundles: By name.
        registry: Dated facts about states, from the treaty layer.
        words: What its citations and refusals are called in each language.
    """

    def __init__(
        self,
        bundles: Iterable[Bundle],
        registry: Registry,
        schema: LawSchema,
        words: Words | None = None,
    ) -> None:
        self.bundles: Mapping[str, Bundle] = {bundle.name: bundle for bundle in bundles}
        self.registry = registry
        self.words = words or Words(EMPTY)
        self._schema = schema
        self._layers: dict[tuple[str, bool, tuple[str, ...]], Layer] = {}
        self._days: dict[tuple[str, bool, date], Layer] = {}
        self._previews = Memory[Shape](_SEEN)
        self._weighed = Memory[Alike](_ALIKE)
        self._shapes = Shapes()
        self._decided = Memory[Case](_REMEMBERED)

    def treaties(self, states: Iterable[str], day: date) -> tuple[Agreement, ...]:
        """Return the treaties between `states` on `day`, by the registry."""
        return treaties_between(self.registry, frozenset(states), day)

    def decide(self, case: Case) -> Decision:
        """Return the decision on which a notice may leave, or an act be done.

        Both readings of the law are asked and must agree. An acceptance of caveats that was
        given for other duties than those this decision imposes does not count. The law and
        its registry never change here and the day stands in the case, so an equal case has
        the decision that was made before.
        """
        return self._decided.recall(case, self._accepted)

    def preview(self, case: Case) -> Decision:
        """Return the decision by the second reading alone: for a matrix, never for sealing."""
        found = self._previews.recall(
            self._shapes.shape(case),
            lambda _: self._decide(self._shapes.bare(case), certain=False),
        )
        if found.fault:
            return self._decide(case, certain=False)  # A refusal names what it refuses.
        return self._shapes.named(found, case)

    def _accepted(self, case: Case) -> Decision:
        decision = self._decide(case, certain=True)
        offered = duties_digest(decision.duties)
        kept = tuple(
            reference
            for reference in case.references
            if reference.name != "recipient_accepts_caveats"
            or reference.duties in {"", offered}
        )
        if len(kept) == len(case.references):
            return decision
        return self._decide(replace(case, references=kept), certain=True)

    def _decide(self, case: Case, *, certain: bool) -> Decision:
        refusal = self._refusal(case)
        if refusal:
            return refused(case, refusal)
        try:
            heard = hearings(case, self.registry)
            decision = closed(self.hear(heard, certain=certain), case.missing)
        except (MalformedError, VerificationError) as cause:
            return refused(case, str(cause))
        if not certain:
            return decision
        return replace(decision, record=record(heading_of(case), heard, decision))

    def hear(self, heard: Sequence[Hearing], *, certain: bool = True) -> Decision:
        """Return the decision on one hearing, or on an act and the release that follows it.

        Raises:
            VerificationError: A guard refused.
        """
        found = [self._heard(hearing, certain=certain) for hearing in heard]
        return found[0] if len(found) == 1 else _combined(found[0], found[1])

    def _refusal(self, case: Case) -> str:
        if case.action not in {"release", "match", *ACTS}:
            return "the law knows no such action"
        if TREATY not in self.bundles:
            return "the treaty layer is not there"
        if case.action not in ACTS and case.sender.state not in self.bundles:
            return f"{case.sender.state} has no bundle of its own, so it sends nothing"
        return ""

    def _heard(self, hearing: Hearing, *, certain: bool) -> Decision:
        layers = self._layers_for(hearing)
        if certain:
            roll = Roll(hearing.profile.things(), self._schema)
            return self._said(hearing, layers, partial(judge, roll=roll))
        return self._weighed.recall(
            alike(layers, hearing), lambda _: self._said(hearing, layers, weigh)
        )

    def _said(self, hearing: Hearing, layers: Sequence[Layer], ask: _Ask) -> Decision:
        also = hearing.further()
        judgement = ask(layers, questions(hearing.profile, hearing.action, also))
        fields = [
            decide_field(resolved, answer, hearing.action, also.get(resolved.datum.name, ""))
            for resolved, answer in zip(hearing.profile.fields, judgement.fields, strict=True)
        ]
        return replace(
            decide_notice(hearing, judgement, fields),
            citations=self._citations(layers, judgement, fields),
            bundles={layer.name: self.bundles[layer.name].digest for layer in layers},
        )

    def _layers_for(self, hearing: Hearing) -> list[Layer]:
        """Return the treaty layer and the state's own, if it has rules for this side."""
        names = [TREATY]
        own = self.bundles.get(hearing.state)
        if own and (own.send if hearing.sending else own.receive):
            names.append(own.name)
        return [self._layer(self.bundles[name], hearing.sending, hearing.day) for name in names]

    def _layer(self, bundle: Bundle, sending: bool, day: date) -> Layer:
        today = (bundle.name, sending, day)
        if today not in self._days:
            written = bundle.send if sending else bundle.receive
            rules = tuple(rule for rule in written if rule.in_force(day))
            key = (bundle.name, sending, tuple(rule.id for rule in rules))
            if key not in self._layers:
                self._layers[key] = Layer(bundle.name, rules, self._schema)
            if len(self._days) >= _REMEMBERED:
                self._days.clear()
            self._days[today] = self._layers[key]
        return self._days[today]

    def _citations(
        self, layers: Sequence[Layer], judgement: Judgement, fields: Sequence[FieldDecision]
    ) -> dict[str, Citation]:
        notice = judgement.notice
        used = {*notice.rules, *notice.imposed.rules, "ENG-RET"}
        used.update(rule for field in fields for rule in field.rules)
        found = {
            name: Citation(name, "engine", _EFFECTS.get(name, "code"), CODE_RULES[name], "high")
            for name in sorted(used & CODE_RULES.keys())
        }
        for layer in layers:
            for name in sorted(used & layer.written.keys()):
                found[name] = layer.cite(name)
        return found


def _combined(act: Decision, release: Decision) -> Decision:
    """Return the decision on passing on: the act and the release must both be allowed."""
    standing = act.standing.meet(release.standing)
    return replace(
        release,
        action=act.action,
        standing=standing,
        requires=tuple(sorted(standing.conditions)),
        duties=tuple(sorted({*act.duties, *release.duties})),
        tasks=tuple(sorted({*act.tasks, *release.tasks})),
        alternatives=tuple(sorted({*act.alternatives, *release.alternatives})),
        citations={**act.citations, **release.citations},
    )


def closed(decision: Decision, missing: Sequence[str]) -> Decision:
    """Return a decision as it stands while labels are missing: never, whatever it would be.

    The fields keep the form they would have if each missing label were read in the most
    protective way, so that the officer sees what is at stake.
    """
    if not missing:
        return decision
    return replace(
        decision,
        standing=NEVER,
        requires=("complete_labels",),
        citations={**decision.citations, **_ENGINE},
        fault=_lacking(missing),
    )


def _lacking(missing: Sequence[str]) -> str:
    return "labels are missing: " + ", ".join(missing)


def refused(case: Case, sentence: str) -> Decision:
    """Return the decision by which nothing leaves, and why."""
    standings = dict.fromkeys(list(Form)[:-1], NEVER)
    fields = tuple(
        FieldDecision(
            datum.name, Form.OMITTED, standings, False, datum.essential, (), (), Keep(), (), ()
        )
        for datum in case.data
    )
    decision = Decision(
        day=case.day,
        action=case.action,
        standing=NEVER,
        fields=fields,
        requires=("complete_labels",) if case.missing else (),
        citations=_ENGINE,
        fault=_lacking(case.missing) if case.missing else sentence,
    )
    return replace(decision, record=record(heading_of(case), (), decision))


def read_law(files: Mapping[str, bytes]) -> Law:
    """Return the law written in `files`, by path below the folder of laws.

    Raises:
        MalformedError: A file does not read, a rule has a fault, or schema or rows are missing.
    """
    rows = parse_rows_of(files)
    schema = LawSchema(text_of(files[SCHEMA]))
    bundles = []
    for name in names_of(files):
        bundle, unread = read_bundle(name, files)
        faults = unread or lint(bundle, rows, schema)
        if faults:
            raise MalformedError(str(faults[0]))
        bundles.append(bundle)
    return Law(bundles, registry_of(files), schema, Words(files.get(WORDS, EMPTY)))


def parse_rows_of(files: Mapping[str, bytes]) -> dict[str, Row]:
    """Return the rows of law among `files`.

    Raises:
        MalformedError: They, or the schema, are missing or do not parse.
    """
    if SCHEMA not in files or ROWS not in files:
        raise MalformedError("the schema or the rows of the law are missing")
    return parse_rows(files[ROWS])


def registry_of(files: Mapping[str, bytes]) -> Registry:
    """Return the registry among `files`; an empty one if there is none.

    Raises:
        MalformedError: It does not parse.
    """
    path = f"{TREATY}/{REGISTRY}"
    return parse_registry(text_of(files[path])) if path in files else Registry()
