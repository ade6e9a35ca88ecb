"""What the law must be told, from and to native JSON.

It promises that every word stands on a list and that silence stays `unknown`: it adds no
answer that nobody gave.

Source: docs/content.md, "What the law must be told".
"""

import re
from collections.abc import Callable, Iterable

from node.notice.reader import Reader
from node.notice.told import (
    FLAGS,
    PROVENANCE,
    REGIMES,
    UNKNOWN,
    CaseTold,
    Danger,
    ItemTold,
    PersonTold,
    Told,
)
from node.notice.value import Json
from policies.vocabulary import LISTS
from valija.errors import MalformedError

_JOINT_TEAM = re.compile(r"jit:[A-Z]{2}(?:-[A-Z]{2})+", re.ASCII)
_PERSON_FLAGS = ("asylum", "protected_witness", "publication_ban")
_CASE_FLAGS = (
    "dual_criminality",
    "coercive",
    "political",
    "military",
    "ad_hoc_tribunal",
    "own_inquiry_at_risk",
)


def parse(found: Json, handle: Callable[[str], str]) -> Told:
    """Return what was told.

    Args:
        found: The record of the file.
        handle: Turns a name of the file into a handle, or raises.

    Raises:
        MalformedError: A word is on no list, or a field is not ours.
    """
    one = Reader(found, "told")
    told = Told(
        source=_listed("Source", one.text("source", UNKNOWN)),
        regime=_regimes(one.strings("regime")),
        channel=_listed("Channel", one.text("channel", UNKNOWN)),
        items={handle(name): _item(part) for name, part in one.mapping("items").items()},
        persons={handle(name): _person(part) for name, part in one.mapping("persons").items()},
        case=_case(Reader(one.optional("case", {}), "case")),
        danger=_danger(one.optional("danger", None)),
        essential=frozenset(_essential(text, handle) for text in one.strings("essential")),
    )
    one.end()
    return told


def record(told: Told) -> Json:
    """Return what was told as JSON."""
    found: dict[str, Json] = {
        "source": told.source,
        "regime": list(told.regime),
        "channel": told.channel,
        "items": {
            name: {
                "source": item.source,
                "regime": list(item.regime),
                "provenance": list(item.provenance),
            }
            for name, item in told.items.items()
        },
        "persons": {
            name: {
                "asylum": person.asylum,
                "feared_state": person.feared_state,
                "protected_witness": person.protected_witness,
                "publication_ban": person.publication_ban,
            }
            for name, person in told.persons.items()
        },
        "case": _case_record(told.case),
        "essential": [*sorted(told.essential)],
    }
    if (danger := told.danger) is not None:
        found["danger"] = {
            "reason": danger.reason,
            "since": danger.since,
            "until": danger.until,
            "officer": danger.officer,
            "second": danger.second,
        }
    return found


def _item(found: Json) -> ItemTold:
    one = Reader(found, "told item")
    source = one.text("source", "")
    item = ItemTold(
        source=_listed("Source", source) if source else "",
        regime=_regimes(one.strings("regime")),
        provenance=_all_listed(PROVENANCE, one.strings("provenance")),
    )
    one.end()
    return item


def _person(found: Json) -> PersonTold:
    one = Reader(found, "told person")
    flags = {name: _flag(one.text(name, UNKNOWN)) for name in _PERSON_FLAGS}
    feared = one.text("feared_state", UNKNOWN)
    if feared not in {"none", UNKNOWN, *LISTS["State"]}:
        raise MalformedError("a feared state is on no list")
    one.end()
    return PersonTold(feared_state=feared, **flags)


def _case(one: Reader) -> CaseTold:
    flags = {name: _flag(one.text(name, UNKNOWN)) for name in _CASE_FLAGS}
    charges = one.optional("charges", None)
    secrecy = one.optional("secrecy", None)
    one.end()
    return CaseTold(
        secrecy=None if secrecy is None else tuple(_orders(secrecy)),
        charges=None if charges is None else tuple(_texts(charges)),
        **flags,
    )


def _case_record(case: CaseTold) -> Json:
    found: dict[str, Json] = {name: str(getattr(case, name)) for name in _CASE_FLAGS}
    if case.charges is not None:
        found["charges"] = list(case.charges)
    if case.secrecy is not None:
        found["secrecy"] = [{"type": kind, "until": until} for kind, until in case.secrecy]
    return found


def _orders(found: Json) -> Iterable[tuple[str, str]]:
    if not isinstance(found, list):
        raise MalformedError("orders of secrecy are a list")
    for part in found:
        one = Reader(part, "order")
        yield _listed("Secrecy", one.text("type")), one.text("until", "")
        one.end()


def _texts(found: Json) -> Iterable[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise MalformedError("charges are a list of texts")
    return (str(one) for one in found)


def _danger(found: Json) -> Danger | None:
    if found is None:
        return None
    one = Reader(found, "danger")
    danger = Danger(
        reason=one.text("reason"),
        since=one.integer("since"),
        until=one.integer("until"),
        officer=one.text("officer"),
        second=one.text("second"),
    )
    one.end()
    return danger


def _essential(text: str, handle: Callable[[str], str]) -> str:
    name, slash, prop = text.partition("/")
    if not slash or not prop:
        raise MalformedError("an essential field is written id/property")
    return f"{handle(name)}/{prop}"


def _flag(word: str) -> str:
    if word not in FLAGS:
        raise MalformedError("a flag is yes, no or unknown")
    return word


def _listed(name: str, word: str) -> str:
    if word not in LISTS[name]:
        raise MalformedError("a word is on no list of the law")
    return word


def _regimes(words: tuple[str, ...]) -> tuple[str, ...]:
    if not all(word in REGIMES or _JOINT_TEAM.fullmatch(word) for word in words):
        raise MalformedError("a regime is on no list, and names no joint team")
    return words


def _all_listed(allowed: Iterable[str], words: tuple[str, ...]) -> tuple[str, ...]:
    if not set(words) <= set(allowed):
        raise MalformedError("a word is on no list of the law")
    return words
