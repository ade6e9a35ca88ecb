"""The whole law that a node holds: the treaty layer and every state's bundle.

It promises that every question ends in a decision, and that the first decision is the
refusing one: no bundle, no layer, an unknown word, a missing label, an error of the engine or
two readings that differ mean that nothing leaves. It reads no folder and no clock; files come
as bytes (`policies.folder`) and the day stands in the case.

Source: docs/policy.md, sections 7 to 9; docs/law.md, section 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from policies.answer import NEVER, Form, Keep
from policies.bundle import (
    REGISTRY,
    ROWS,
    SCHEMA,
    TREATY,
    Bundle,
    names_of,
    read_bundle,
    text_of,
)
from policies.decision import Citation, Decision, FieldDecision
from policies.engine import LawSchema, Roll
from policies.facts import Agreement, Case, Datum
from policies.grounds import treaties_between
from policies.judgement import Judgement, judge, questions, weigh
from policies.layer import Layer
from policies.linter import Row, lint, parse_rows
from policies.outcome import CODE_RULES, decide_field, decide_notice
from policies.record import duties_digest, record
from policies.registry import Registry, parse_registry
from policies.resolver import Profile, resolve
from policies.rule import ACTS, Rule
from valija.errors import MalformedError, VerificationError

_REMEMBERED = 1024


class Law:
    """Every bundle at hand, asked for one case at a time.

    Attributes:
        bundles: By name.
        registry: Dated facts about states, from the treaty layer.
    """

    def __init__(
        self, bundles: Iterable[Bundle], registry: Registry, schema: LawSchema
    ) -> None:
        self.bundles: Mapping[str, Bundle] = {bundle.name: bundle for bundle in bundles}
        self.registry = registry
        self._schema = schema
        self._layers: dict[tuple[str, bool, tuple[str, ...]], Layer] = {}
        self._days: dict[tuple[str, bool, date], Layer] = {}
        self._previews: dict[Case, Decision] = {}

    def treaties(self, states: Iterable[str], day: date) -> tuple[Agreement, ...]:
        """Return the treaties between `states` on `day`, by the registry."""
        return treaties_between(self.registry, frozenset(states), day)

    def decide(self, case: Case) -> Decision:
        """Return the decision on which a notice may leave, or an act be done.

        Both readings of the law are asked and must agree. An acceptance of caveats that was
        given for other duties than those this decision imposes does not count.
        """
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

    def preview(self, case: Case) -> Decision:
        """Return the decision by the second reading alone: for a matrix, never for sealing."""
        found = self._previews.get(case)
        if found is None:
            if len(self._previews) >= _REMEMBERED:
                self._previews.clear()
            found = self._previews[case] = self._decide(case, certain=False)
        return found

    def _decide(self, case: Case, *, certain: bool) -> Decision:
        refusal = self._refusal(case)
        if refusal:
            return refused(case, refusal)
        try:
            asked = self._onward if case.action == "onward" else self._plainly
            decision, profile = asked(case, certain)
        except (MalformedError, VerificationError) as cause:
            return refused(case, str(cause))
        if not certain:
            return decision
        return replace(decision, record=record(case, profile, decision))

    def _plainly(self, case: Case, certain: bool) -> tuple[Decision, Profile]:
        return self._asked(case, case.action, certain=certain)

    def _refusal(self, case: Case) -> str:
        if case.missing:
            return "labels are missing: " + ", ".join(case.missing)
        if case.action not in {"release", "match", *ACTS}:
            return "the law knows no such action"
        if TREATY not in self.bundles:
            return "the treaty layer is not there"
        if case.action not in ACTS and case.sender.state not in self.bundles:
            return f"{case.sender.state} has no bundle of its own, so it sends nothing"
        return ""

    def _onward(self, case: Case, certain: bool) -> tuple[Decision, Profile]:
        """Ask the act first, then the release of data that came from another state."""
        act, _ = self._asked(case, "onward", certain=certain)
        foreign = tuple(
            replace(datum, sources=datum.sources | {"foreign"}) for datum in case.data
        )
        handed = replace(case, data=foreign)
        release, profile = self._asked(handed, "release", certain=certain)
        standing = act.standing.meet(release.standing)
        both = replace(
            release,
            action=case.action,
            standing=standing,
            requires=tuple(sorted(standing.conditions)),
            duties=tuple(sorted({*act.duties, *release.duties})),
            tasks=tuple(sorted({*act.tasks, *release.tasks})),
            alternatives=tuple(sorted({*act.alternatives, *release.alternatives})),
            citations={**act.citations, **release.citations},
        )
        return both, profile

    def _asked(self, case: Case, action: str, *, certain: bool) -> tuple[Decision, Profile]:
        profile = resolve(case, self.registry)
        layers = self._layers_for(case, action)
        also = _further_acts(case, action)
        asked = questions(profile, action, also)
        if certain:
            judgement = judge(layers, asked, Roll(profile.things(), self._schema))
        else:
            judgement = weigh(layers, asked)
        fields = [
            decide_field(resolved, answer, action, also.get(resolved.datum.name, ""))
            for resolved, answer in zip(profile.fields, judgement.fields, strict=True)
        ]
        decision = decide_notice(case, profile, judgement, fields)
        decision = replace(
            decision,
            citations=self._citations(layers, judgement, fields),
            bundles={layer.name: self.bundles[layer.name].digest for layer in layers},
        )
        return decision, profile

    def _layers_for(self, case: Case, action: str) -> list[Layer]:
        """Return the layers to ask: the sender's law for a release, the actor's for an act."""
        sending = action not in ACTS
        state = case.sender.state if sending or action == "onward" else case.recipient.state
        names = [TREATY]
        if state in self.bundles and (sending or self.bundles[state].receive):
            names.append(state)
        return [self._layer(self.bundles[name], sending, case.day) for name in names]

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
            name: Citation(name, "engine", "code", CODE_RULES[name], "high")
            for name in sorted(used & CODE_RULES.keys())
        }
        for layer in layers:
            for name in sorted(used & layer.written.keys()):
                found[name] = _citation(layer.name, layer.written[name])
        return found


def _citation(layer: str, rule: Rule) -> Citation:
    notes = rule.notes
    return Citation(
        rule.id,
        layer,
        rule.effect,
        notes.get("legal_basis", ""),
        notes.get("confidence", ""),
        rule.condition,
    )


def _further_acts(case: Case, action: str) -> dict[str, str]:
    """Return, by field, the act that is asked besides: another purpose than it was sent for.

    Source: docs/policy.md, section 14; docs/law.md, section 6 (`ml_tf` is met by a financial
    investigation at a financial intelligence unit only).
    """
    if action not in ACTS or action in {"disclose_exculpatory", "use_other_purpose"}:
        return {}
    return {
        datum.name: "use_other_purpose" for datum in case.data if _other_purpose(case, datum)
    }


def _other_purpose(case: Case, datum: Datum) -> bool:
    limits = [duty.partition(":")[2] for duty in datum.duties if duty.startswith("use_only")]
    financial = case.purpose == "financial_investigation" and case.recipient.agency == "fiu"
    met = {case.purpose, "ml_tf"} if financial else {case.purpose}
    return any(limit not in met for limit in limits)


def refused(case: Case, sentence: str) -> Decision:
    """Return the decision by which nothing leaves, and why."""
    standings = dict.fromkeys(list(Form)[:-1], NEVER)
    fields = tuple(
        FieldDecision(
            datum.name, Form.OMITTED, standings, False, datum.essential, (), (), Keep(), (), ()
        )
        for datum in case.data
    )
    return Decision(
        day=case.day,
        action=case.action,
        standing=NEVER,
        fields=fields,
        requires=("complete_labels",) if case.missing else (),
        citations={
            "ENG-LABEL": Citation(
                "ENG-LABEL", "engine", "code", CODE_RULES["ENG-LABEL"], "high"
            )
        },
        fault=sentence,
    )


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
    return Law(bundles, registry_of(files), schema)


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
