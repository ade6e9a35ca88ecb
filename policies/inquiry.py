"""Commands that ask the whole label space: agree, corridors, may.

It promises to print what the analysis found, with the deciding rules and their articles, and
to judge none of it.

Source: docs/policy.md, section 11.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from policies.answer import Form, forms_of
from policies.corpus import Law
from policies.corridor import Corridor, Labels, Passage, Route
from policies.crosscheck import crosscheck
from policies.folder import load, read_folder
from policies.rule import LADDER
from policies.space import SCALARS
from policies.vocabulary import CASE_LABELS, LISTS, SUBJECT_LABELS
from valija.errors import MalformedError

_FORMS = {form.name.lower(): LADDER[form] for form in list(Form)[:3]} | {"match": "match"}
_SHORT = {
    "agency": "principal.Agency",
    "kind": "resource.Kind",
    "purpose": "case.purpose",
    "channel": "case.channel",
    "role": "subject.roles",
}
_OF_SETS = {
    "basis": "Basis",
    **{f"resource.{name}": name for name in ("Regime", "Source")},
    **{f"case.{name}": kind for name, (kind, is_set) in CASE_LABELS.items() if is_set},
    **{f"subject.{name}": kind for name, (kind, is_set) in SUBJECT_LABELS.items() if is_set},
}
Add = Callable[..., argparse.ArgumentParser]


def add_commands(add: Add, today: Callable[[], date]) -> None:
    """Add the commands to a parser.

    Args:
        add: Adds one, by name.
        today: The day that counts where none is named.
    """
    agree = add("agree", help="the analysis beside Cedar: classes, edges, random points")
    agree.add_argument("--points", type=int, default=1000, help="how many are drawn at random")
    agree.set_defaults(run=_agree)
    corridors = add("corridors", help="what is open, held or closed between two states")
    may = add("may", help="may this ever reach them? with the deciding rules")
    for command, run in ((corridors, _corridors), (may, _may)):
        command.add_argument("--from", dest="sender", required=True, help="a state's code")
        command.add_argument("--to", dest="recipient", required=True, help="a state's code")
        command.add_argument("--day", type=date.fromisoformat, help="the law of this day")
        for name in _SHORT:
            command.add_argument(f"--{name}", help="one word, or several with commas")
        command.add_argument(
            "--set", action="append", default=[], metavar="LABEL=VALUES", help="a label more"
        )
        command.set_defaults(run=run, today=today)
    may.add_argument("--form", choices=_FORMS, help="no less than this form")
    may.add_argument("--never", action="store_true", help="exit 1 if it may: an invariant")


def _agree(chosen: argparse.Namespace) -> int:
    classes = edges = drawn = asked = wrong = 0
    for found in crosscheck(read_folder(chosen.law), chosen.points):
        side = found.side
        since = f" from {side.since}" if side.since else ""
        what = "notice" if side.notice else "fields"
        _say(
            f"{side.bundle} {side.side} {what}{since}: {found.classes} classes,"
            f" {found.edges} edges, {found.drawn} drawn, {found.wrong} wrong"
        )
        classes, edges, drawn = (
            classes + found.classes,
            edges + found.edges,
            drawn + found.drawn,
        )
        asked, wrong = asked + found.asked, wrong + found.wrong
    _say(
        f"{classes} classes, {edges} edges, {drawn} points drawn: {asked} comparisons,"
        f" {wrong} points at which analysis and Cedar differ"
    )
    return 1 if wrong else 0


def _corridors(chosen: argparse.Namespace) -> int:
    given, law = _given(chosen), load(chosen.law)
    corridor = Corridor(law, _route(chosen), given)
    for agencies in corridor.classes("principal.Agency"):
        asked = given.get("principal.Agency", agencies) & agencies
        if not asked:
            continue
        _say(f"{chosen.sender} to {chosen.recipient}/{', '.join(sorted(asked))}:")
        for passage, kinds in _grouped(corridor, given, asked).items():
            _say(f"  {_told(passage)}: {', '.join(sorted(kinds))}")
            for line in _because(law, passage):
                _say(f"      {line}")
    return 0


def _grouped(
    corridor: Corridor, given: Labels, agencies: frozenset[str]
) -> dict[Passage, set[str]]:
    found: dict[Passage, set[str]] = {}
    for kinds in corridor.classes("resource.Kind"):
        for forms, alike in _by_forms(given.get("resource.Kind", kinds) & kinds).items():
            labels = {**given, "principal.Agency": agencies, "resource.Kind": alike}
            passage = corridor.ask(labels, forms, told=False)
            found.setdefault(passage, set()).update(alike)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[0].rank), pair[0].form)))


def _by_forms(kinds: frozenset[str]) -> Mapping[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for kind in kinds:
        forms = tuple(LADDER[f] for f in forms_of(frozenset({kind})) if f < Form.MARKER)
        found[forms] = found.get(forms, frozenset()) | {kind}
    return found


def _may(chosen: argparse.Namespace) -> int:
    given, law = _given(chosen), load(chosen.law)
    passage = Corridor(law, _route(chosen), given).ask(given, _asked(chosen, given))
    scope = "in an ordinary case"
    if passage.rank == "closed":
        passage = Corridor(law, _route(chosen)).ask(given, _asked(chosen, given))
        scope = "in any case"
    _say(f"{_told(passage)}, {scope}")
    for line in (*_because(law, passage), *(f"where {text}" for text in passage.where)):
        _say(f"    {line}")
    return int(chosen.never and passage.rank != "closed")


def _asked(chosen: argparse.Namespace, given: Labels) -> tuple[str, ...]:
    if chosen.form == "match":
        return ("match",)
    kinds = given.get("resource.Kind", frozenset({"nationality"}))
    forms = [_FORMS[f.name.lower()] for f in forms_of(kinds) if f < Form.MARKER]
    least = LADDER.index(_FORMS[chosen.form]) if chosen.form else len(LADDER)
    return tuple(form for form in forms if LADDER.index(form) <= least)


def _route(chosen: argparse.Namespace) -> Route:
    states = frozenset({chosen.sender, chosen.recipient})
    if not states <= set(LISTS["State"]):
        raise MalformedError("the law knows no such state")
    return Route(chosen.sender, chosen.recipient, chosen.day or chosen.today())


def _told(passage: Passage) -> str:
    form = passage.form.removeprefix("share_")
    if passage.rank == "held":
        return f"{form} once there is {' and '.join(passage.conditions)}"
    return f"{form} now" if passage.rank == "open" else "closed, even in a lesser form"


def _because(law: Law, passage: Passage) -> Iterator[str]:
    articles = {
        rule.id: rule.notes["legal_basis"]
        for bundle in law.bundles.values()
        for rule in bundle.send
    }
    word = "would open without" if passage.rank == "closed" else "by"
    said = [
        f"{name} ({articles[name]})" if name in articles else name for name in passage.rules
    ]
    if said:
        yield f"{word} {'; '.join(said)}"


def _given(chosen: argparse.Namespace) -> dict[str, frozenset[str]]:
    pairs = [(_SHORT[name], getattr(chosen, name)) for name in _SHORT if getattr(chosen, name)]
    pairs += [tuple(text.split("=", 1)) for text in chosen.set if "=" in text]
    found = {label: frozenset(values.split(",")) for label, values in pairs}
    lists = {**SCALARS, **_OF_SETS}
    for label, values in found.items():
        if label not in lists or not values <= set(LISTS[lists[label]]):
            raise MalformedError(f"the law knows no such label or value: {label}")
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
