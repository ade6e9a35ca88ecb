"""How a ruling reads: its cells and articles, in one language.

It promises that every cell names the articles that decided it, what would open more, and who
can meet that. What the law said alike of fields that are called alike reads alike, so it is
written once and remembered. It asks no law; `node.release.preview` does.

Source: docs/policy.md, section 3 (rows of the matrix).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from node.preflight.draft import Draft
from node.preflight.ruling import Ruling
from node.release.expectation import Expectation
from policies import conditions
from policies.answer import Form, Rank, Standing
from policies.decision import Citation, Decision
from policies.memory import Shelf
from policies.words import Words

RANK_WORDS = {Rank.ALLOWED: "allowed", Rank.HELD: "held", Rank.NEVER: "never"}
OMITTED = "omitted"
_ORDER = ("omitted", "marker", "pseudonym", "general", "never", "permit")
_REMEMBERED = 256  # Decisions, some 20 KB each with 30 cells.
_CITATIONS = 2048
_Cells = tuple["Cell", ...]
_Cited = tuple[Citation, ...]
_Place = tuple[int, tuple[tuple[str, ...], ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field towards one recipient.

    Attributes:
        field: Row name, of this node only.
        form: What would go now; `omitted` if nothing.
        exact: Standing of the exact form: allowed, held, never.
        conditions: What would open a fuller form; alternatives as `a | b`.
        who: Who can meet each of them, in the reader's language.
        citations: What decided, the most restrictive first.
    """

    field: str
    form: str
    exact: str
    conditions: tuple[str, ...]
    who: tuple[str, ...]
    citations: tuple[Citation, ...]


class Reader:
    """The law's words in one language; what is read again is remembered.

    Attributes:
        words: The law's.
        language: en, es, pt or fr.
    """

    def __init__(self, words: Words, language: str) -> None:
        """Read the law's words in a language."""
        self.words = words
        self.language = language
        self._articles = Shelf[Citation, Citation](_CITATIONS)
        self._cited = Shelf[int, tuple[Decision, _Cited]](_REMEMBERED)
        self._cells = Shelf[_Place, tuple[Decision, _Cells]](_REMEMBERED)
        self._intakes = Shelf[int, tuple[Expectation, Expectation]](_REMEMBERED)

    def citations(self, decision: Decision) -> _Cited:
        """Return what decided, in the reader's language, the most restrictive first."""
        return self._cited.recall(
            id(decision), lambda: (decision, self._read(decision.citations.values()))
        )[1]

    def intake(self, found: Expectation | None) -> Expectation | None:
        """Return what a recipient's law would do, its citations in the reader's language."""
        return found and self._intakes.recall(id(found), partial(self._told, found))[1]

    def cells(self, ruling: Ruling, draft: Draft) -> _Cells:
        """Return what a ruling shows of a draft's fields, in their order.

        They follow from the decision, from how the draft's rows and data are called, and from
        the forms that are opened.
        """
        decision = ruling.decision
        return self._cells.recall(
            (id(decision), draft.rows, ruling.forms),
            lambda: (decision, tuple(self._written(decision, draft.rows, ruling.forms))),
        )[1]

    def _written(
        self, decision: Decision, rows: Sequence[Sequence[str]], forms: Sequence[str]
    ) -> Iterable[Cell]:
        cited = self.citations(decision)
        by_name = {one.name: one for one in decision.fields}
        for (row, *names), form in zip(rows, forms, strict=True):
            parts = [by_name[name] for name in names if name in by_name]
            unlocking = sorted({c for p in parts for u in p.unlocks() for c in u.conditions})
            rules = {rule for part in parts for rule in part.rules}
            yield Cell(
                field=row,
                form=form or OMITTED,
                exact=_strictest(part.standings[Form.EXACT] for part in parts),
                conditions=tuple(unlocking),
                who=tuple(conditions.who(one, self.language) for one in unlocking),
                citations=tuple(one for one in cited if one.rule in rules),
            )

    def _told(self, found: Expectation) -> tuple[Expectation, Expectation]:
        return found, replace(found, citations=self._read(found.citations))

    def _read(self, found: Iterable[Citation]) -> _Cited:
        return tuple(
            self._articles.recall(one, partial(self._article, one))
            for one in sorted(found, key=_restriction)
        )

    def _article(self, one: Citation) -> Citation:
        return replace(one, legal_basis=self.words.cite(one.legal_basis, self.language))


def _strictest(standings: Iterable[Standing]) -> str:
    """Return the word of the strictest standing; a field that nobody answered is never."""
    ranks = [standing.rank for standing in standings]
    return RANK_WORDS[max(ranks)] if ranks else RANK_WORDS[Rank.NEVER]


def _restriction(citation: Citation) -> tuple[int, str]:
    effect = citation.effect
    return (_ORDER.index(effect) if effect in _ORDER else len(_ORDER), citation.rule)
