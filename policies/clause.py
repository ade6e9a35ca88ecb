"""When a rule applies, in words: its conditions as phrases of one language.

It promises to leave out nothing that the rule reads, and to say a negation as what remains
(the values left, `any but`), or, of a label with several values at once, as a denial of its
own. It knows no page; `policies.table` lays out rows.

Source: docs/policy.md, section 11 (explanation); policies/law/README.md, section A rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass

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
"""Labels that may have several values at once: not one of them does not mean another."""
_FEW = 4
TREATIES = frozenset({"untoc", "tip", "iacmacm", "ccc", "bilateral", "fiu_agreement", "jit"})
"""Grounds that rest on a treaty or a standing agreement: said in one word, so that a list of
grounds stays short; `policies.legend` tells what the word covers."""
TREATY_BASIS = "treaty_basis"
_DISCLOSURE = "impose_disclosure"


@dataclass(frozen=True, slots=True)
class Clauses:
    """How one language says the conditions of a rule.

    Attributes:
        words: The table of words.
        language: en, es, pt or fr.
    """

    words: Words
    language: str

    def of(self, rule: Rule) -> tuple[str, ...]:
        """Return the phrases that must all hold, the dates among them; none: always.

        Raises:
            MalformedError: A word is missing.
        """
        parts = [self._text("disclosure")] if _DISCLOSURE in rule.named else []
        parts += [self._phrase(part) for part in _flat(rule.when)]
        first, _, last = rule.notes.get("in_force", "../..").partition("/")
        parts += [f"{self._text('from')} {self._day(first)}"] if first != ".." else []
        parts += [f"{self._text('until')} {self._day(last)}"] if last != ".." else []
        return tuple(parts)

    def _day(self, day: str) -> str:
        year, month, number = day.split("-")
        return self._text("date").format(year=year, month=month, day=number)

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
        text = said[0] + "".join(
            f"; {self.words.joined(joiner, it, self.language)}" for it in said[1:]
        )
        return f"({text})" if len(said) > 1 else text

    def _present(self, atom: Atom) -> str:
        return f"{self._lead('label', atom)} {self._values(atom.label, atom.values)}"

    def _absent(self, atom: Atom) -> str:
        values = self._values(atom.label, atom.values)
        if atom.label in _SETS:
            return f"{self._lead('denied', atom)} {values}"
        others = frozenset(LISTS[_list_of(atom.label)]) - atom.values
        if len(others) <= _FEW:
            return f"{self._lead('label', atom)} {self._values(atom.label, others)}"
        return f"{self._lead('label', atom)} {self._text('any_but')} {values}"

    def _lead(self, list_name: str, atom: Atom) -> str:
        colon = " :" if self.language == "fr" else ":"
        return self.words.say(list_name, atom.label, self.language) + colon

    def _values(self, label: str, values: Iterable[str]) -> str:
        said = grouped(values) if label == "basis" else values
        return self.words.one_of(_list_of(label), said, self.language)

    def _text(self, word: str) -> str:
        return self.words.say("text", word, self.language)


def grouped(grounds: Iterable[str]) -> frozenset[str]:
    """Return grounds with one word for all that rest on a treaty, where all of them stand."""
    named = frozenset(grounds)
    return (named - TREATIES) | {TREATY_BASIS} if named >= TREATIES else named


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
