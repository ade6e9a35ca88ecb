"""Review the law as a whole: every rule linted, every golden case decided.

It promises to look at everything before it speaks: one fault does not hide the next. It
changes nothing and forgives nothing; whether rows of law are still unwritten it tells apart
from faults.

Source: docs/policy.md, sections 10 and 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.bundle import SCHEMA, Bundle, names_of, read_bundle, text_of
from policies.corpus import Law, parse_rows_of, registry_of
from policies.engine import LawSchema
from policies.golden import Golden, differences, parse_golden
from policies.linter import lint, unwritten
from policies.rule import Place
from policies.syntax import Fault
from valija.errors import MalformedError

_CASES = ".cases.toml"


@dataclass(frozen=True, slots=True)
class Review:
    """What a look at the whole law found.

    Attributes:
        faults: Of rules, in order.
        failures: Of golden cases and their files.
        rules: How many rules were read.
        cases: How many golden cases were decided.
        unwritten: Rows of law that want a rule and have none.
    """

    faults: tuple[Fault, ...]
    failures: tuple[Fault, ...]
    rules: int
    cases: int
    unwritten: tuple[str, ...]


def review(files: Mapping[str, bytes]) -> Review:
    """Return what is wrong with a folder of laws.

    Args:
        files: Bodies by path below the folder, the schema and the rows among them.

    Raises:
        MalformedError: Schema, rows or registry do not read.
    """
    rows, schema = parse_rows_of(files), LawSchema(text_of(files[SCHEMA]))
    bundles: list[Bundle] = []
    faults: list[Fault] = []
    for name in names_of(files):
        bundle, unread = read_bundle(name, files)
        bundles.append(bundle)
        faults.extend(sorted([*unread, *lint(bundle, rows, schema)], key=_order))
    law = Law(bundles, registry_of(files), schema)
    cases, failures = _decided(law, files)
    return Review(
        tuple(faults),
        tuple(failures),
        sum(len(bundle.send) + len(bundle.receive) for bundle in bundles),
        cases,
        unwritten(bundles, rows),
    )


def _order(fault: Fault) -> tuple[str, int]:
    return (fault.place.file, fault.place.line)


def golden_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the texts of the golden cases by path."""
    return {path: text_of(body) for path, body in files.items() if path.endswith(_CASES)}


def _decided(law: Law, files: Mapping[str, bytes]) -> tuple[int, list[Fault]]:
    count, failures = 0, list[Fault]()
    for path, text in sorted(golden_files(files).items()):
        try:
            cases = parse_golden(text)
        except MalformedError as cause:
            failures.append(Fault(Place(path, 1), str(cause)))
            continue
        count += len(cases)
        for golden in cases:
            failures.extend(
                Fault(Place(path, _line_of(text, golden)), f"{golden.id}: {difference}")
                for difference in differences(golden.expected, law.decide(golden.case))
            )
    return count, failures


def _line_of(text: str, golden: Golden) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.replace(" ", "").startswith(f'id="{golden.id}"'):
            return number
    return 1
