"""An agreement as people write it down, read into the statement that desks sign.

It promises that an agreement is understood whole, by the law as well, or refused with what is
missing: nobody signs terms that the law would not read.

Source: docs/law.md, section 2 (agreement object); docs/envelope.md, section 1.
"""

import json
from pathlib import Path
from secrets import token_bytes

from node.notice.reader import Reader
from node.notice.value import Json
from policies.agreement import parse_agreement
from valija import canonical
from valija.clock import Day
from valija.errors import MalformedError
from valija.ids import ZERO_DIGEST, Desk, digest
from valija.statement import AgreementStatement

_ID_BYTES = 16
_MOST_DAYS = 36_500


def read_agreement(path: Path, text: Path, today: Day) -> AgreementStatement:
    """Return the statement of an agreement.

    Args:
        path: JSON file: `desks`, `instruments`, `purposes`, `days`, `terms`.
        text: The signed text, any file; its digest is logged.
        today: First day on which it may stand.

    Raises:
        MalformedError: A file cannot be read, a key is missing or not ours, or the law does
            not understand the terms.
    """
    try:
        found = json.loads(path.read_bytes(), object_pairs_hook=_once)  # A door.
        whole, signed = Reader(found, "agreement"), text.read_bytes()
    except (OSError, ValueError, RecursionError) as cause:
        raise MalformedError(f"{path.name}: no agreement, or its text is not there") from cause
    terms = whole.mapping("terms")
    understood, days = parse_agreement(terms), whole.integer("days")
    if not 1 <= days <= _MOST_DAYS:
        raise MalformedError("an agreement stands for 1 day to 100 years")
    statement = AgreementStatement(
        id=token_bytes(_ID_BYTES),
        parties=tuple(Desk.parse(desk) for desk in whole.strings("desks")),
        instruments=_printable(whole.strings("instruments")),
        formal=understood.formal,
        purposes=_printable(whole.strings("purposes")),
        since=today,
        until=Day(today + days),
        text=digest(signed),
        replaces=ZERO_DIGEST,
        terms=canonical.to_bytes(terms),
    )
    whole.end()
    return statement


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return a record in which no field stands twice: of two, nobody knows which was meant."""
    if len(dict(pairs)) != len(pairs):
        raise MalformedError("a record of an agreement has a field twice")
    return dict(pairs)


def _printable(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(text.isprintable() for text in texts):
        raise MalformedError("a text of an agreement has characters that do not print")
    return texts
