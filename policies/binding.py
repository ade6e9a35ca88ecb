"""What binds recorded decisions to a label: one digest over a salt and all of them.

It promises that a record which replays well and is yet not the one that was made is named: the
digest that the label carries covers every decision of the record, byte for byte. Whether a
label carries that digest, the log says.

Source: docs/policy.md, section 13; docs/envelope.md, section 1 (Label.decision).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from valija import canonical
from valija.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Bound:
    """Where one recorded decision belongs.

    Attributes:
        decision: Digest that labels carry, in hexadecimal.
        salt: 16 bytes in hexadecimal.
        name: What the decision is called in its record: a recipient's desk, `terms`, `content`.
    """

    decision: str
    salt: str
    name: str


def parse_index(data: bytes) -> tuple[Bound, ...]:
    """Return the lines of an index, one a record.

    Raises:
        MalformedError: A line says not where its record belongs.
    """
    return tuple(_bound(canonical.parse(line)) for line in data.splitlines())


def unbound(records: Sequence[bytes], index: Sequence[Bound]) -> Iterator[bool]:
    """Yield for each record whether it is not covered by the digest that it names.

    Raises:
        MalformedError: There are not as many records as lines in the index, or a record or
            a salt is none.
    """
    if len(records) != len(index):
        raise MalformedError(f"{len(records)} records, and {len(index)} lines in the index")
    pairs = zip(records, index, strict=True)
    for (decision, salt), group in groupby(pairs, lambda pair: _key(pair[1])):
        found = list(group)
        parsed = {bound.name: canonical.parse(record) for record, bound in found}
        whole = _salt(salt) + canonical.to_bytes(parsed)
        broken = len(parsed) != len(found) or sha256(whole).hexdigest() != decision
        yield from [broken] * len(found)


def _key(bound: Bound) -> tuple[str, str]:
    return bound.decision, bound.salt


def _salt(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as cause:
        raise MalformedError("a salt is written in hexadecimal digits") from cause


def _bound(line: canonical.Json) -> Bound:
    match line:
        case {"decision": str(decision), "salt": str(salt), "name": str(name)}:
            return Bound(decision, salt, name)
    raise MalformedError("a line of the index names a decision, a salt and a name")
