"""What the words of a page cover: forms, classes of datum, groups of offices, grounds, aims.

It promises that a page explains every group word that its rules use, from the same lists by
which the law is asked, so that the word and the decision cannot part. It has no words of its
own; `policies.words` does.

Source: docs/law.md, section 2 (sets used by the rules); policies/law/README.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policies.clause import TREATIES, TREATY_BASIS, grouped
from policies.rule import Rule, atoms
from policies.vocabulary import CIRCLES, CLASSES, KINDS, LANES, LISTS
from policies.words import Words, order

_FORMS = ("EXACT", "GENERAL", "PSEUDONYM", "MARKER", "OMITTED")
_GROUPS = (
    ("class", "Class", "Kind", CLASSES, frozenset({"resource.Class"})),
    ("circle", "Circle", "Agency", CIRCLES, frozenset({"principal.Circle", "case.s_circles"})),
    ("ground", "Basis", "Basis", {TREATY_BASIS: TREATIES}, frozenset({"basis"})),
)
_AIM = "case.lane"


@dataclass(frozen=True, slots=True)
class Legend:
    """How one language explains the group words of a page.

    Attributes:
        words: The table of words.
        language: en, es, pt or fr.
    """

    words: Words
    language: str

    def lines(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """Return the lines of a table: the forms, then each group word that `rules` use.

        Raises:
            MalformedError: A word is missing.
        """
        used = _used(rules)
        rows = [*self._forms()]
        for title, group, member, covered, labels in _GROUPS:
            named = frozenset().union(*(used.get(label, frozenset()) for label in labels))
            rows += [
                (
                    f"{self._text(title)} {self._word(group, name)}",
                    self._members(member, inside),
                )
                for name, inside in covered.items()
                if name in named
            ]
        rows += self._aims(used.get(_AIM, frozenset()))
        rows = [(left, right) for left, right in rows if not left.endswith(f" {right}")]
        head = [(self._text("word"), self._text("covers")), ("---", "---")]
        return tuple(f"| {left} | {right} |" for left, right in [*head, *rows])

    def _forms(self) -> Iterator[tuple[str, str]]:
        for form in _FORMS:
            yield self._word("Form", form), self._word("Gloss", form)
        yield self._text("matching"), self._word("Gloss", "MATCH")

    def _aims(self, named: frozenset[str]) -> Iterator[tuple[str, str]]:
        for lane in LISTS["Lane"]:
            inside = {purpose for purpose, its in LANES.items() if its == lane}
            if lane in named and inside:
                left = f"{self._text('aim')} {self._word('Lane', lane)}"
                yield left, self._members("Purpose", inside)

    def _members(self, list_name: str, inside: Iterable[str]) -> str:
        members = frozenset(inside)
        outside = frozenset(KINDS) - members
        if list_name == "Kind" and len(outside) < len(members):
            return f"{self._text('all_but')} {self._listed(list_name, outside)}"
        return self._listed(list_name, members)

    def _listed(self, list_name: str, names: Iterable[str]) -> str:
        return ", ".join(sorted((self._word(list_name, name) for name in names), key=order))

    def _word(self, list_name: str, word: str) -> str:
        return self.words.say(list_name, word, self.language)

    def _text(self, word: str) -> str:
        return self.words.say("text", word, self.language)


def _used(rules: Iterable[Rule]) -> Mapping[str, frozenset[str]]:
    """Return the values that the rules name, by label."""
    found: dict[str, frozenset[str]] = {}
    for rule in rules:
        for atom in atoms(rule.when):
            values = grouped(atom.values) if atom.label == "basis" else atom.values
            found[atom.label] = found.get(atom.label, frozenset()) | values
    return found
