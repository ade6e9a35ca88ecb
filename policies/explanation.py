"""A decision in words: what may go, on which ground, because of what, and what would open it.

It promises to tell every cell from the rules that decided it, each with its article, in the
reader's language. It is for the sender's own eyes: what is left out without a trace stands in
it too, so it never travels.

Source: docs/law.md, finding 4; docs/policy.md, section 6; docs/console.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.answer import Form, Rank
from policies.conditions import what, who
from policies.decision import Citation, Decision, FieldDecision
from policies.french import set_in_french
from policies.words import Words

_ATTACHED = frozenset({"duty", "task", "keep"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one language tells decisions.

    Attributes:
        words: The table of words.
        language: en, es, pt or fr.
    """

    words: Words
    language: str

    def tell(self, decision: Decision) -> tuple[str, ...]:
        """Return the sentences on a decision: the notice first, then each field.

        Raises:
            MalformedError: A word is missing.
        """
        told = (*self._notice(decision), *self._fields(decision))
        return (
            tuple(set_in_french(line, " ") for line in told) if self.language == "fr" else told
        )

    def _notice(self, decision: Decision) -> Iterator[str]:
        rank = self.words.say("Rank", decision.standing.rank.name, self.language)
        fault = self.words.refusal(decision.fault, self.language)
        yield f"{rank}: {fault}" if fault else rank
        for condition in decision.requires:
            yield f"  {self._who('waits', condition)}"
        for route in decision.alternatives:
            yield f"  {self._who('instead', route)}"
        for duty in decision.duties:
            yield f"  {self._imposed('duty', 'Duty', duty, 'Purpose')}"
        for task in decision.tasks:
            yield f"  {self._imposed('task', 'Task', task, 'Refusal')}"
        if decision.retention_days is not None and decision.standing.rank is not Rank.NEVER:
            yield f"  {self._say('kept').format(what=decision.retention_days)}"

    def _fields(self, decision: Decision) -> Iterator[str]:
        for field in decision.fields:
            yield f"{field.name}: {self._form(field)}"
            rules = [
                decision.citations[name] for name in field.rules if name in decision.citations
            ]
            yield from self._cited("ground", (c for c in rules if c.effect == "permit"))
            limits = [citation for citation in rules if _limits(citation)]
            yield from self._cited("because", (c for c in limits if c.rule in field.limits))
            yield from self._cited("met", (c for c in limits if c.rule not in field.limits))
            for unlock in field.unlocks():
                form = self.words.say("Form", unlock.form.name, self.language)
                for condition in unlock.conditions:
                    yield f"  {self._who('opens', condition, form)}"

    def _form(self, field: FieldDecision) -> str:
        form = self.words.say("Form", field.form.name, self.language)
        if field.silent:
            return f"{form}, {self._say('silent')}"
        never = all(standing.rank is Rank.NEVER for standing in field.standings.values())
        return (
            f"{form}: {self._say('nothing')}" if never and field.form is Form.OMITTED else form
        )

    def _cited(self, word: str, citations: Iterable[Citation]) -> Iterator[str]:
        cite, language = self.words.cite, self.language
        said = [f"{cite(one.legal_basis, language)} ({one.rule})" for one in citations]
        if said:
            yield f"  {self._say(word)} {'; '.join(said)}"

    def _who(self, word: str, condition: str, form: str = "") -> str:
        return self._say(word).format(
            form=form, what=what(condition, self.language), who=who(condition, self.language)
        )

    def _imposed(self, word: str, list_name: str, text: str, argued: str) -> str:
        name, _, argument = text.partition(":")
        said = self.words.say(argued, argument, self.language) if argument else ""
        return self._say(word).format(
            what=self.words.say(list_name, name, self.language).format(what=said)
        )

    def _say(self, word: str) -> str:
        return self.words.say("explain", word, self.language)


def _limits(citation: Citation) -> bool:
    return citation.effect not in _ATTACHED | {"permit", "code"}
