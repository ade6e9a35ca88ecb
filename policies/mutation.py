"""Drop each rule in turn: some golden case of its own bundle must fail.

It promises that a rule which no case notices is named, so that a bundle's cases show what each
of its rules is for. A rule that only `rules_include` notices counts apart: its outcome is
shown by no case.

Source: docs/policy.md, section 12; policies/law/README.md, section Golden cases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from policies.bundle import SCHEMA, Bundle, names_of, read_bundle, text_of
from policies.corpus import Law, registry_of
from policies.engine import LawSchema
from policies.golden import Golden, differences, parse_golden
from policies.review import golden_files
from policies.rule import Rule


@dataclass(frozen=True, slots=True)
class Mutants:
    """What became of the rules that were dropped, by id.

    Attributes:
        killed: Some case of the bundle sees another outcome.
        named: Some case misses the rule's id, and nothing else.
        survived: No case notices.
        excused: No case notices, and the rule says why it stays: `@redundant`.
    """

    killed: tuple[str, ...]
    named: tuple[str, ...]
    survived: tuple[str, ...]
    excused: tuple[str, ...]


def mutate(files: Mapping[str, bytes]) -> Mapping[str, Mutants]:
    """Return, by bundle, what its golden cases notice.

    Raises:
        MalformedError: A file of the law does not read.
    """
    schema = LawSchema(text_of(files[SCHEMA]))
    bundles = {name: read_bundle(name, files)[0] for name in names_of(files)}
    registry = registry_of(files)
    found = {}
    for name, bundle in bundles.items():
        cases = [
            golden
            for path, text in golden_files(files).items()
            if path.startswith(f"{name}/")
            for golden in parse_golden(text)
        ]
        law = Law(bundles.values(), registry, schema)
        cited = [(golden, law.preview(golden.case).citations.keys()) for golden in cases]
        fates: dict[str, list[str]] = {"killed": [], "named": [], "survived": [], "excused": []}
        for rule in (*bundle.send, *bundle.receive):
            others = {**bundles, name: _without(bundle, rule)}
            seen = [golden for golden, rules in cited if rule.id in rules]
            fates[_fate(rule, Law(others.values(), registry, schema), seen)].append(rule.id)
        found[name] = Mutants(*(tuple(fates[fate]) for fate in fates))
    return found


def _without(bundle: Bundle, dropped: Rule) -> Bundle:
    return replace(
        bundle,
        send=tuple(rule for rule in bundle.send if rule is not dropped),
        receive=tuple(rule for rule in bundle.receive if rule is not dropped),
    )


def _fate(rule: Rule, law: Law, cases: Iterable[Golden]) -> str:
    named = False
    for golden in cases:
        decision = law.preview(golden.case)
        outcome = {k: v for k, v in golden.expected.items() if not k.startswith("rules_")}
        if differences(outcome, decision):
            return "killed"
        named = named or bool(differences(golden.expected, decision))
    if named:
        return "named"
    return "excused" if "redundant" in rule.notes else "survived"
