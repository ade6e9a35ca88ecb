"""Identifiers that stand in a text: where, and of which kind.

It promises to find what a machine would read as an identifier: numbers count only where their
check verifies, so that a year or an article of law is no hit. What the hit leads to is
`node.notice.scan` and the importers; the value itself is never returned.

Source: docs/content.md, "Free text" and "Identifiers".
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from node.notice import partial
from node.notice.folding import compact
from node.notice.identifier import account, device, national, phone, travel, vehicle
from node.notice.identifier.canonical import Identifier, unverified
from valija.errors import MalformedError, VerificationError

KINDS = (
    "phone",
    "mail",
    "url",
    "username",
    "iban",
    "clabe",
    "cbu",
    "card",
    "national",
    "mrz",
    "vin",
    "imei",
    "wallet",
    "coordinates",
    "own_value",
)
"""Every kind of hit; `own_value` is a value of another field of the same notice."""
_PLAIN = (
    ("mail", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"(?:https?://|www\.)\S+|\b(?:t|wa)\.me/\S+", re.IGNORECASE)),
    ("username", re.compile(r"(?<![\w@.])@\w{3,}")),
    (
        "coordinates",
        re.compile(
            r"-?\d{1,2}\.\d{3,}\s*[,;]\s*-?\d{1,3}\.\d{3,}"
            r"|\d{1,3}\s*°\s*\d{1,2}\s*['\u2032][\s\d.\"\u2033]*[NSEWO]",
            re.IGNORECASE,
        ),
    ),
)
_ZONE = re.compile(r"[A-Z0-9<]{30,44}(?:\s+[A-Z0-9<]{30,44}){0,2}", re.ASCII)
_NUMBER = re.compile(r"(?<!\w)(?:[A-Z]{1,4}-?)?\d[\dA-Z./-]*(?: \d[\dA-Z./-]*)*", re.ASCII)
_LETTERED = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)", re.ASCII)
_WORD = re.compile(r"(?<!\w)[A-Za-z0-9]{13,64}(?!\w)", re.ASCII)
_SHORTEST = 7
_GROUPS = 6

_IMEI = 15


def _imei(text: str) -> Identifier:
    # Only with its Luhn digit: any 14 digits would be one without it.
    return device.imei(text) if len(text) == _IMEI else unverified("", text)


Check: TypeAlias = Callable[[str], Identifier]
_NUMBERS: tuple[tuple[str, Check], ...] = (
    ("clabe", account.clabe),
    ("cbu", account.cbu),
    ("card", account.card),
    ("imei", _imei),
)
_WORDS: tuple[tuple[str, Check], ...] = (("vin", vehicle.vin), ("wallet", account.wallet))


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a text something stands.

    Attributes:
        kind: A word of `KINDS`.
        start: First character.
        end: One past the last.
    """

    kind: str
    start: int
    end: int


def find(text: str, states: Collection[str]) -> tuple[Span, ...]:
    """Return every identifier in a text, in order; overlapping ones are told once.

    Args:
        text: In any language.
        states: Alpha-2 codes of the states whose way of writing numbers is looked for.
    """
    found = sorted(_all(text, states), key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _all(text: str, states: Collection[str]) -> Iterator[Span]:
    for kind, pattern in _PLAIN:
        yield from (Span(kind, *match.span()) for match in pattern.finditer(text))
    if not any(char.isdigit() for char in text):
        return
    yield from (Span("mrz", *m.span()) for m in _ZONE.finditer(text) if _is_zone(m[0]))
    for match in _LETTERED.finditer(text):
        if account.iban(match[0]).verified:
            yield Span("iban", *match.span())
    for match in _WORD.finditer(text):
        yield from (
            Span(kind, *match.span()) for kind, check in _WORDS if check(match[0]).verified
        )
    yield from _numbers(text, states)
    for state in states or ("",):
        yield from (Span("phone", start, end) for start, end in phone.find(text, state))


def _numbers(text: str, states: Collection[str]) -> Iterator[Span]:
    for match in _NUMBER.finditer(text):
        for start, end in _runs(match[0]):
            plain = compact(match[0][start:end])
            if len(plain) < _SHORTEST or _is_date(match[0][start:end]):
                continue
            place = (match.start() + start, match.start() + end)
            for kind, check in _NUMBERS:
                if check(plain).verified:
                    yield Span(kind, *place)
            if any(_is_national(plain, state) for state in states):
                yield Span("national", *place)


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of up to six groups of digits: a number may stand among others."""
    starts = [0, *(place + 1 for place, char in enumerate(text) if char == " ")]
    ends = [*(place for place, char in enumerate(text) if char == " "), len(text)]
    for first, start in enumerate(starts):
        for end in ends[first : first + _GROUPS]:
            yield start, end


def _is_national(plain: str, state: str) -> bool:
    schemes = national.CHECKED.get(state, ())
    return any(national.verified(plain, state, scheme) for scheme in schemes)


def _is_date(text: str) -> bool:
    return partial.is_date(text) or partial.read(text)[1] != "bad_date"


def _is_zone(text: str) -> bool:
    if "<" not in text and not any(char.isdigit() for char in text):
        return False
    try:
        travel.parse_zone(text)
    except (MalformedError, VerificationError):
        return False
    return True
