"""A bundle as a page of law: plain tables that a prosecutor can read, in four languages.

It promises to be made from the rules themselves, so that the page and the decision cannot
differ; nothing is written by hand but the words. It renders Markdown and decides nothing.

Source: docs/policy.md, section 11 (explanation); policies/law/README.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.bundle import TREATY, Bundle
from policies.conditions import what, who
from policies.rule import Atom, Every, Expr, Not, Rule, Some
from policies.vocabulary import CASE_LABELS, LISTS, SUBJECT_LABELS
from policies.words import Words

_SETS = frozenset(
    {
        "basis",
        "resource.Class",
        "resource.Regime",
        "resource.Source",
        "resource.Duty",
        "principal.Circle",
        *(f"case.{name}" for name, (_, is_set) in CASE_LABELS.items() if is_set),
        *(f"subject.{name}" for name, (_, is_set) in SUBJECT_LABELS.items() if is_set),
    }
)
_FEW = 4
_BURDENS = frozenset({"duty", "task", "keep"})
_SECTIONS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "send": {
        "grounds": frozenset({"permit"}),
        "forms": frozenset({"general", "pseudonym", "marker", "omitted", "no_match"}),
        "stops": frozenset({"never"}),
        "burdens": _BURDENS,
    },
    "receive": {"acts": frozenset({"permit", "bar"}), "burdens": _BURDENS},
}
"""Sections of a page, by side, and the effects of the rules in each."""
_COLUMNS = ("article", "does", "when", "opens", "sure")


@dataclass(frozen=True, slots=True)
class Page:
    """How one language writes a page of law.

    Attributes:
        words: The table of words.
        language: en, es, pt or fr.
    """

    words: Words
    language: str

    def render(self, bundle: Bundle) -> str:
        """Return the page of one bundle as Markdown.

        Raises:
            MalformedError: A word is missing.
        """
        parts = [f"# {self._title(bundle.name)}", self._text("caution"), self._text("reading")]
        for side, rules in (("send", bundle.send), ("receive", bundle.receive)):
            if rules:
                parts += [f"## {self._text(side)}", *self._sections(side, rules)]
        return "\n\n".join(parts) + "\n"

    def _title(self, name: str) -> str:
        if name == TREATY:
            return self._text("title").format(state=self._text("treaty"))
        named = self.words.has("Country", name)
        country = self.words.say("Country", name, self.language) if named else ""
        return self._text("title").format(state=f"{country} ({name})" if country else name)

    def _sections(self, side: str, rules: Sequence[Rule]) -> Iterator[str]:
        for section, effects in _SECTIONS[side].items():
            chosen = [rule for rule in rules if rule.effect in effects]
            if chosen:
                yield f"### {self._text(section)}"
                yield self._table(chosen)

    def _text(self, word: str) -> str:
        return self.words.say("text", word, self.language)

    def _table(self, rules: Sequence[Rule]) -> str:
        rows = [
            [self._text(column) for column in _COLUMNS],
            ["---"] * len(_COLUMNS),
            *(self._row(rule) for rule in rules),
        ]
        clean = ([cell.replace("|", "/") for cell in row] for row in rows)
        return "\n".join(f"| {' | '.join(row)} |" for row in clean)

    def _row(self, rule: Rule) -> list[str]:
        return [
            f"{rule.notes['legal_basis']} (`{rule.id}`)",
            self._effect(rule),
            self._when(rule),
            self._opens(rule),
            self._text(rule.notes["confidence"]),
        ]

    def _effect(self, rule: Rule) -> str:
        return self._said(rule).format(actions=self._actions(rule), what=self._what(rule))

    def _said(self, rule: Rule) -> str:
        review = rule.notes.get("keep", "").startswith("review")
        return self.words.say("effect", "review" if review else rule.effect, self.language)

    def _actions(self, rule: Rule) -> str:
        named = [name for name in rule.named if not name.startswith("impose")]
        return ", ".join(self.words.say("Action", name, self.language) for name in named)

    def _what(self, rule: Rule) -> str:
        if "keep" in rule.notes:
            return f"{rule.notes['keep'].partition(':')[2]} {self._text('days')}"
        for note, words, argued in (("duty", "Duty", "Purpose"), ("task", "Task", "Refusal")):
            name, _, argument = rule.notes.get(note, "").partition(":")
            if name:
                text = self.words.say(words, name, self.language)
                said = self.words.say(argued, argument, self.language) if argument else ""
                return text.format(what=said)
        return ""

    def _when(self, rule: Rule) -> str:
        parts = [self._phrase(part) for part in _flat(rule.when)]
        first, _, last = rule.notes.get("in_force", "../..").partition("/")
        parts += [f"{self._text('from')} {first}"] if first != ".." else []
        parts += [f"{self._text('until')} {last}"] if last != ".." else []
        return "; <br>".join(parts) or self._text("always")

    def _phrase(self, expression: Expr) -> str:
        if isinstance(expression, Atom):
            return self._present(expression)
        if isinstance(expression, Not):
            inner = expression.part
            if isinstance(inner, Atom):
                return self._absent(inner)
            return f"{self._text('unless')} {self._joined(_flat(inner), 'and')}"
        joiner = "and" if isinstance(expression, Every) else "or"
        return self._joined(_alike(expression), joiner)

    def _joined(self, parts: Iterable[Expr], joiner: str) -> str:
        said = [self._phrase(part) for part in parts]
        text = f" {self._text(joiner)} ".join(said)
        return f"({text})" if len(said) > 1 else text

    def _present(self, atom: Atom) -> str:
        return f"{self._label(atom)} {self._values(atom.label, atom.values)}"

    def _absent(self, atom: Atom) -> str:
        values = self._values(atom.label, atom.values)
        if atom.label in _SETS:
            word = "not" if len(atom.values) == 1 else "has_not"
            return f"{self._label(atom)} {self._text(word)} {values}"
        others = frozenset(LISTS[_list_of(atom.label)]) - atom.values
        if len(others) <= _FEW:
            return f"{self._label(atom)} {self._values(atom.label, others)}"
        return f"{self._label(atom)} {self._text('any_but')} {values}"

    def _label(self, atom: Atom) -> str:
        colon = " :" if self.language == "fr" else ":"
        return self.words.say("label", atom.label, self.language) + colon

    def _values(self, label: str, values: Iterable[str]) -> str:
        return self.words.one_of(_list_of(label), values, self.language)

    def _opens(self, rule: Rule) -> str:
        if not rule.evidence:
            return "—"
        condition = rule.condition
        return f"{what(condition, self.language)} <br>→ {who(condition, self.language)}"


def _flat(expression: Expr) -> list[Expr]:
    """Return the parts that must all hold, without those that say nothing."""
    if isinstance(expression, Every):
        return [inner for part in expression.parts for inner in _flat(part)]
    return [expression]


def _alike(expression: Every | Some) -> list[Expr]:
    """Return the parts, with those of a part that joins in the same way among them."""
    return [
        inner
        for part in expression.parts
        for inner in (_alike(part) if isinstance(part, type(expression)) else [part])
    ]


def _list_of(label: str) -> str:
    prefix, _, name = label.rpartition(".")
    lists = {"case": CASE_LABELS, "subject": SUBJECT_LABELS}.get(prefix)
    return lists[name][0] if lists else "Basis" if name == "basis" else name
