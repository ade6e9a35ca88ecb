"""The agreement object: what two or more states agreed on, read from its canonical terms.

It promises that a key which is missing or a word which is on no list refuses the whole object:
an agreement that is half understood gives no basis. Whether it is in force and covers a case
is computed on the day, by `policies.grounds`.

Source: docs/law.md, section 2 (agreement object), AGR-BILAT; docs/envelope.md, section 1
(AgreementStatement.terms).
"""

from collections.abc import Mapping
from datetime import date

from policies.facts import Agreement
from policies.vocabulary import AGENCIES, KINDS, LISTS, PURPOSES, STATES, checked
from valija.errors import MalformedError

_TREATIES = {"UNTOC": "untoc", "TIP": "tip", "IACMACM": "iacmacm", "CCC": "ccc"}
_TYPES = frozenset(
    {"treaty", "bilateral_mou", "fiu_agreement", "jit", "reciprocity", "case_by_case"}
)
_LONGEST = 36500


def parse_agreement(terms: Mapping[str, object]) -> Agreement:
    """Return the agreement that an object of terms states.

    Raises:
        MalformedError: A key is missing, or a value is not what the object may hold.
    """
    try:
        return _agreement(terms)
    except (KeyError, TypeError, ValueError) as cause:
        raise MalformedError(
            "an agreement's terms lack a key or hold an unknown word"
        ) from cause


def _agreement(terms: Mapping[str, object]) -> Agreement:
    name, kind = str(terms["id"]), str(terms["type"])
    if kind not in _TYPES:
        raise MalformedError("an agreement is of a type that the law does not know")
    formal = _choice(terms, "channel", ("formal", "informal")) == "formal"
    use = _choice(terms, "evidence_use", ("yes", "no", "with_consent"))
    _choice(terms, "onward", ("no", "with_consent", "listed"))
    intelligence = not formal or use != "yes"
    return Agreement(
        id=name,
        type=_TREATIES.get(name, kind) if kind == "treaty" else kind,
        parties=checked("State", _words(terms["parties"], STATES)),
        since=date.fromisoformat(str(terms["in_force_from"])),
        until=_day(terms["in_force_to"]),
        covers=_words(terms["purposes"], (*PURPOSES, *LISTS["Channel"])),
        agencies=_words(terms["agencies"], AGENCIES),
        categories=_words(terms["data_categories"], KINDS),
        formal=formal,
        special_techniques=terms["covers_SIT"] is True,
        # Consent to pass on is asked for each notice, so every agreement keeps it closed here.
        duties=frozenset({"no_onward", *(["intel_only"] if intelligence else [])}),
        retention_days=_days(terms["retention_max_days"]),
    )


def _choice(terms: Mapping[str, object], key: str, words: tuple[str, ...]) -> str:
    value = str(terms[key])
    if value not in words:
        raise MalformedError(f"{key} of an agreement is one of {', '.join(words)}")
    return value


def _words(value: object, known: tuple[str, ...]) -> frozenset[str]:
    if not isinstance(value, list) or not set(value) <= {*known, "*"}:
        raise MalformedError("an agreement lists words that the law does not know")
    return frozenset(value)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _days(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 < value <= _LONGEST:
        raise MalformedError("an agreement keeps data for a number of days")
    return value
