"""Evidence that a condition is met, between the store and the law.

It promises that evidence reaches no further than it says: a release, a purpose, named desks,
rules, subjects, days. What a reference says in words stays encrypted in the node.

Source: docs/policy.md, section 3 ("How far a reference reaches").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.facts import Reference
from policies.vocabulary import LISTS
from valija import canonical
from valija.errors import MalformedError

_TEXTS = ("since", "until", "duties", "content", "words", "giver")
_LISTS = ("rules", "subjects", "desks", "recipients", "purposes", "hands")
_KEYS = frozenset((*_TEXTS, *_LISTS, "yes"))


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a piece of evidence reaches; an empty list leaves that side open.

    Attributes:
        rules: Rule ids that it answers.
        subjects: Handles that it speaks of.
        desks: The recipients, exactly, as `BR/judicial`: two desks can be one agency in the
            law's words, and what was said of one counts for no other.
        recipients: States, or `BR/police` in the law's words.
        purposes: Purposes that it is good for.
        hands: Accounts whose work it is a second person's word on; who gave it is none of them.
        since: First day, ISO; empty for always.
        until: Last day, ISO; empty for open.
        duties: Digest of the duties accepted, in hexadecimal.
        content: Digest of the draft as it was seen, in hexadecimal; empty where that is all
            one, as with a court's order.
        words: Reason, or the reference of a court or authority.
        giver: Of a consent: self, guardian or both; else empty.
        yes: False where the person refused.
    """

    rules: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    hands: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    duties: str = ""
    content: str = ""
    words: str = ""
    giver: str = ""
    yes: bool = True

    def to_bytes(self) -> bytes:
        """Return canonical JSON, for the encrypted column."""
        return canonical.to_bytes(
            {
                "rules": list(self.rules),
                "subjects": list(self.subjects),
                "desks": list(self.desks),
                "recipients": list(self.recipients),
                "purposes": list(self.purposes),
                "hands": list(self.hands),
                "since": self.since,
                "until": self.until,
                "duties": self.duties,
                "content": self.content,
                "words": self.words,
                "giver": self.giver,
                "yes": self.yes,
            }
        )


def parse_scope(body: bytes) -> Scope:
    """Return the scope in an encrypted column's bytes.

    Raises:
        MalformedError: These are not a scope.
    """
    value = canonical.parse(body)
    if not isinstance(value, dict) or set(value) != _KEYS:
        raise MalformedError("this is no scope of evidence")
    return Scope(
        rules=_texts(value, "rules"),
        subjects=_texts(value, "subjects"),
        desks=_texts(value, "desks"),
        recipients=_texts(value, "recipients"),
        purposes=_texts(value, "purposes"),
        hands=_texts(value, "hands"),
        since=str(value["since"]),
        until=str(value["until"]),
        duties=str(value["duties"]),
        content=str(value["content"]),
        words=str(value["words"]),
        giver=str(value["giver"]),
        yes=value["yes"] is True,
    )


def reference(token: str, scope: Scope) -> Reference:
    """Return what the law is told of one piece of evidence.

    Raises:
        MalformedError: The token is on no list of the law, or a day is none.
    """
    if token not in LISTS["Evidence"]:
        raise MalformedError("the law knows no such evidence")
    try:
        return Reference(
            name=token,
            rules=frozenset(scope.rules),
            subjects=frozenset(scope.subjects),
            recipients=frozenset(scope.recipients),
            purposes=frozenset(scope.purposes),
            since=date.fromisoformat(scope.since) if scope.since else None,
            until=date.fromisoformat(scope.until) if scope.until else None,
            duties=scope.duties,
        )
    except ValueError as cause:
        raise MalformedError("a day of evidence is written YYYY-MM-DD") from cause


def _texts(value: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = value[key]
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise MalformedError("a scope of evidence lists texts")
    return tuple(found)
