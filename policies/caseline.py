"""One line of a case file as JSON in which nothing stands twice.

It promises MalformedError, and no other error, for what is no such line: of two values under
one key nobody knows which was meant, and what is not a number decides nothing. What a case
says is `policies.casefile`'s.

Source: RFC 8259, section 4 (names should be unique); docs/law.md, section 9.
"""

import json
from collections.abc import Iterator
from typing import NoReturn

from valija.errors import MalformedError


def lines_of(data: bytes) -> Iterator[str]:
    """Yield the lines of a case file that hold anything.

    Raises:
        MalformedError: The file is not UTF-8.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as cause:
        raise MalformedError("a file of cases is UTF-8") from cause
    yield from (line for line in text.split("\n") if line.strip())


def parse_line(line: str) -> object:
    """Return what one line says.

    Raises:
        MalformedError: It is no JSON, a key stands twice in an object, a number is none or
            too long, a text holds half a character, or it is nested too deep.
    """
    try:
        found: object = json.loads(line, object_pairs_hook=_once, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as cause:
        raise MalformedError("a case is one JSON object on one line") from cause
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise MalformedError("a key stands twice in an object of a case")
    return dict(pairs)


def _refuse(_: str) -> NoReturn:
    raise MalformedError("a number of a case is a number")
