"""An agreement as people write it down, read into the statement that desks sign.

It promises that an agreement is understood whole, by the law as well, or refused with what is
missing: nobody signs terms that the law would not read.

Source: docs/law.md, section 2 (agreement object); docs/envelope.md, section 1.
"""

import json
from pathlib import Path
from secrets import token_bytes

from node.notice.reader import Reader
from policies.agreement import parse_agreement
from valija import canonical
from valija.clock import Day
from valija.errors import MalformedError
from valija.ids import ZERO_DIGEST, Desk, digest
from valija.statement import AgreementStatement

_ID_BYTES = 16


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
        whole = Reader(json.loads(path.read_bytes()), "agreement")  # A door.
        signed = text.read_bytes()
    except (OSError, ValueError) as cause:
        raise MalformedError(f"{path.name}: no agreement, or its text is not there") from cause
    terms = whole.mapping("terms")
    understood = parse_agreement(terms)
    statement = AgreementStatement(
        id=token_bytes(_ID_BYTES),
        parties=tuple(Desk.parse(desk) for desk in whole.strings("desks")),
        instruments=whole.strings("instruments"),
        formal=understood.formal,
        purposes=whole.strings("purposes"),
        since=today,
        until=Day(today + whole.integer("days")),
        text=digest(signed),
        replaces=ZERO_DIGEST,
        terms=canonical.to_bytes(terms),
    )
    whole.end()
    return statement
