"""A bundle as a page of law: plain tables that a prosecutor can read, in four languages.

It promises to be made from the rules themselves, so that the page and the decision cannot
differ; nothing is written by hand but the words. It renders Markdown and decides nothing.
Conditions are said by `policies.clause`, group words explained by `policies.legend`.

Source: docs/policy.md, section 11 (explanation); policies/law/README.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.bundle import TREATY, Bundle
from policies.clause import Clauses
from policies.conditions import what, who
from policies.french import set_in_french
from policies.legend import Legend
from policies.rule import Rule
from policies.words import Words

_MATCH = "match"
_FORMS = frozenset({"general", "pseudonym", "marker", "omitted"})
_BURDENS = frozenset({"duty", "task", "keep"})
_WAITS = {"never": "waits", "bar": "bar_waits"}
"""Effects that wait, where evidence can answer them."""
_ONLY_MARKED = ("share_marker",)
"""What a rule names that omits the marker alone: it bars nothing itself."""
_SECTIONS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "send": {
        "grounds": frozenset({"permit"}),
        "forms": _FORMS | {"no_match"},
        "stops": frozenset({"never"}),
        "burdens": _BURDENS,
    },
    "receive": {"acts": frozenset({"permit", "bar"}), "burdens": _BURDENS},
}
"""Sections of a page, by side, and the effects of the rules in each."""
_COLUMNS = ("article", "does", "when", "opens", "sure")
_NOTHING = "—"
_OWN = "ENG-"
"""Rows that rest on design, not on a text of law (docs/law.md, Engine defaults)."""


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
        reading = "reading_treaty" if bundle.name == TREATY else "reading"
        parts = [
            f"# {self._title(bundle.name)}",
            self._text("caution"),
            self._text(reading).format(page=f"{TREATY}.{self.language}.md"),
            self._text("columns"),
        ]
        for side, rules in (("send", bundle.send), ("receive", bundle.receive)):
            if rules:
                parts += [f"## {self._text(side)}", *self._sections(side, rules)]
        legend = Legend(self.words, self.language).lines((*bundle.send, *bundle.receive))
        text = "\n\n".join([*parts, f"## {self._text('words')}", "\n".join(legend)]) + "\n"
        return set_in_french(text) if self.language == "fr" else text

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
        cited = self.words.cite(rule.notes["legal_basis"], self.language)
        when = Clauses(self.words, self.language).of(rule)
        basis = "own" if rule.id.startswith(_OWN) else rule.notes["basis"]
        read = self.words.say("Reading", basis, self.language)
        return [
            f"{cited} <br>`{rule.id}`",
            self._effect(rule),
            "; <br>".join(when) or self._text("always"),
            self._opens(rule),
            f"{self._text(rule.notes['confidence'])}; <br>{read}",
        ]

    def _effect(self, rule: Rule) -> str:
        said = self._said(rule).format(actions=self._actions(rule), what=self._what(rule))
        if rule.effect in _FORMS and _MATCH in rule.named:
            return f"{said}; {self._text('unmatched')}"
        return said

    def _said(self, rule: Rule) -> str:
        effect = _WAITS.get(rule.effect, rule.effect) if rule.evidence else rule.effect
        effect = "unmarked" if effect == "omitted" and rule.named == _ONLY_MARKED else effect
        review = rule.notes.get("keep", "").startswith("review")
        return self.words.say("effect", "review" if review else effect, self.language)

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

    def _opens(self, rule: Rule) -> str:
        said = [self._answer("", rule.condition)] if rule.evidence else []
        route = rule.notes.get("alternative", "")
        said += [self._answer(f"{self._text('instead')} ", route)] if route else []
        return "; <br>".join(said) or _NOTHING

    def _answer(self, lead: str, condition: str) -> str:
        """Return what opens and who can give it; of several ways, each with its own giver."""
        ways = [
            f"{what(way, self.language)} <br>→ {who(way, self.language)}"
            for way in condition.split(" | ")
        ]
        others = (self.words.joined("or", way, self.language) for way in ways[1:])
        return "; <br>".join([f"{lead}{ways[0]}", *others])
