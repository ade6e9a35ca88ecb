"""`python -m policies`: check the law, decide cases.

    check                        lint every rule, run every golden case
    mutants                      drop each rule in turn: some golden case must fail
    compare OLD NEW              what NEW would let through that OLD does not
    replay FILE [--today DAY]    take recorded decisions again; --index: are they the labels'?
    explain FILE [--lang es]     the same in words: what may go, why, and what would open it
    table STATE [--lang es]      a bundle as a page of law, in en, es, pt or fr
    pages FOLDER [--check]       every page of law in four languages; are they current?
    agree [--points N]           the analysis beside Cedar, over every class of every bundle
    corridors --from S --to R    what is open, held or closed between two states, and why
    may --from S --to R …        may this ever reach them? by which rules, or what bars it
    decide FILE.jsonl [--json]   answer the cases of a file; `-` is standard input

It promises exit 0 when all is well, 1 when a rule, a case or a line is not, 2 when what was
named cannot be read. It makes no decision of its own.

Source: docs/law.md, section 9; docs/policy.md, section 10.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import repeat
from pathlib import Path

from policies.binding import parse_index, unbound
from policies.bundle import WORDS, names_of, read_bundle
from policies.caseanswer import answer_of
from policies.casefile import parse_case
from policies.caseline import lines_of, parse_line
from policies.comparison import compare
from policies.conditions import LANGUAGES
from policies.corpus import Law, read_law
from policies.explanation import Explanation
from policies.folder import HOME, load, read_folder
from policies.inquiry import add_commands
from policies.mutation import mutate
from policies.pages import pages, stale
from policies.replay import replay
from policies.review import review
from policies.table import Page
from policies.words import Words
from valija.errors import ValijaError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (ValijaError, OSError, ValueError) as cause:
        sys.stderr.write(f"{type(cause).__name__}: {cause}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policies", description="The law.")
    parser.add_argument("--law", type=Path, default=HOME, help="folder of laws")
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="lint every rule, run every golden case")
    check.set_defaults(run=_check)
    mutants = commands.add_parser("mutants", help="drop each rule; some golden case must fail")
    mutants.set_defaults(run=_mutants)
    comparing = commands.add_parser("compare", help="what a change would newly let through")
    comparing.add_argument("old", type=Path, help="folder of the law in force")
    comparing.add_argument("new", type=Path, help="folder of the law proposed")
    comparing.set_defaults(run=_compare)
    again = commands.add_parser("replay", help="take recorded decisions again")
    again.add_argument("file", type=Path, help="records, one a line")
    again.add_argument("--index", type=Path, help="what binds them to labels, beside FILE")
    again.add_argument("--today", type=date.fromisoformat, help="by the law of this day")
    again.set_defaults(run=_replay)
    page = commands.add_parser("table", help="a bundle as a page of law")
    page.add_argument("state", help="a state's code, or treaty")
    page.add_argument("--lang", choices=LANGUAGES, default="en")
    page.set_defaults(run=_table)
    every = commands.add_parser("pages", help="every page of law, in four languages")
    every.add_argument("folder", type=Path, help="where they are written: docs/law")
    every.add_argument("--check", action="store_true", help="write nothing; are they current?")
    every.set_defaults(run=_pages)
    explain = commands.add_parser("explain", help="answer the cases of a file in words")
    explain.add_argument("file", type=Path, help="cases, one JSON object a line")
    explain.add_argument("--lang", choices=LANGUAGES, default="en")
    explain.set_defaults(run=_explain)
    decide = commands.add_parser("decide", help="answer the cases of a file")
    decide.add_argument("file", help="cases, one JSON object a line; - for standard input")
    decide.add_argument("--json", action="store_true", help="one JSON object a line")
    decide.set_defaults(run=_decide)
    add_commands(commands.add_parser, _today)
    return parser


def _today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251  # The one clock: the day a person asks on.


def _check(chosen: argparse.Namespace) -> int:
    found = review(read_folder(chosen.law))
    for fault in (*found.faults, *found.failures):
        _say(*str(fault).splitlines())
    if found.unwritten:
        _say(f"rows of law without a rule yet: {', '.join(found.unwritten)}")
    _say(
        f"{found.rules} rules, {found.cases} golden cases,"
        f" {len(found.faults)} faults, {len(found.failures)} failures"
    )
    return 1 if found.faults or found.failures else 0


def _mutants(chosen: argparse.Namespace) -> int:
    total, survivors = 0, 0
    for name, found in mutate(read_folder(chosen.law)).items():
        count = sum(map(len, (found.killed, found.named, found.survived, found.excused)))
        total, survivors = total + count, survivors + len(found.survived)
        _say(
            f"{name}: {len(found.killed)} of {count} rules noticed by outcome,"
            f" {len(found.named)} by name, {len(found.excused)} excused"
        )
        for rule in found.survived:
            _say(f"  no case of {name} notices that {rule} is gone")
    _say(f"{total} rules, {survivors} unnoticed")
    return 1 if survivors else 0


def _compare(chosen: argparse.Namespace) -> int:
    found = compare(read_folder(chosen.old), read_folder(chosen.new))
    for change in found:
        since = f" from {change.since}" if change.since else ""
        _say(
            f"{change.bundle} {change.side}{since}: {change.what}: {', '.join(change.actions)}"
        )
        for where in change.where:
            _say(f"    {where}")
        if change.more:
            _say("    and under further conditions")
    _say(f"{len(found)} widenings" if found else "it widens nowhere")
    return 1 if found else 0


def _replay(chosen: argparse.Namespace) -> int:
    law, wrong = load(chosen.law), 0
    records = chosen.file.read_bytes().splitlines()
    forgeries: Iterable[bool] = repeat(False, len(records))
    if chosen.index:
        forgeries = unbound(records, parse_index(chosen.index.read_bytes()))
    for line, forged in zip(records, forgeries, strict=True):
        found = replay(law, line, today=chosen.today)
        told = (*[_FORGED][: int(forged)], *found.differences)
        wrong += bool(told)
        _say(f"{found.digest.hex()} {'; '.join(told) or 'decides alike'}")
    return 1 if wrong else 0


_FORGED = "it is not what the digest in the label covers"


def _table(chosen: argparse.Namespace) -> int:
    files = read_folder(chosen.law)
    if chosen.state not in names_of(files) or WORDS not in files:
        _say(f"there is no bundle of {chosen.state} here, or no table of words")
        return 1
    bundle, _ = read_bundle(chosen.state, files)
    sys.stdout.write(Page(Words(files[WORDS]), chosen.lang).render(bundle))
    return 0


def _pages(chosen: argparse.Namespace) -> int:
    files = read_folder(chosen.law)
    if not chosen.check:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages(files).items():
            (chosen.folder / name).write_text(text, encoding="utf-8")
        return 0
    written = {path.name: path.read_text("utf-8") for path in chosen.folder.glob("*.md")}
    old = stale(files, written)
    for name in old:
        _say(f"{name} is not what the law gives: run python -m policies pages {chosen.folder}")
    return 1 if old else 0


def _explain(chosen: argparse.Namespace) -> int:
    files = read_folder(chosen.law)
    law, teller = read_law(files), Explanation(Words(files.get(WORDS, b"")), chosen.lang)
    for line in lines_of(chosen.file.read_bytes()):
        document = parse_line(line)
        decision = law.decide(parse_case(document))
        _say(f"{_name_of(document)}:", *teller.tell(decision))
    return 0


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write("".join(map(_shown, line)) + "\n")


def _shown(one: str) -> str:
    """Return a character that prints; any other could act on a terminal, so its number."""
    return one if one.isprintable() else f"<U+{ord(one):04X}>"


def _decide(chosen: argparse.Namespace) -> int:
    law = load(chosen.law)
    read = sys.stdin.buffer.read if chosen.file == "-" else Path(chosen.file).read_bytes
    answers = [_answer(law, line) for line in lines_of(read())]
    _show(answers, as_json=chosen.json)
    return 1 if any("error" in answer for answer in answers) else 0


def _answer(law: Law, line: str) -> dict[str, object]:
    name: object = None
    try:
        document = parse_line(line)
        name = _name_of(document)
        return answer_of(name, law.decide(parse_case(document)))
    except ValijaError as cause:
        return {"id": name, "error": str(cause)}


def _name_of(document: object) -> object:
    return document.get("id") if isinstance(document, dict) else None


def _show(answers: Iterable[dict[str, object]], *, as_json: bool) -> None:
    for answer in answers:
        _say(*([json.dumps(answer)] if as_json else _told(answer)))


def _told(answer: dict[str, object]) -> Sequence[str]:
    return [str(answer["id"]), *(f"  {key}: {json.dumps(v)}" for key, v in answer.items())]


if __name__ == "__main__":
    sys.exit(main())
