"""The bytes of a decision's record: a salt, and every decision in it under a name.

It promises one form on both sides of an exchange: a release names each recipient, an intake
its two questions; and that the digest of the bytes tells nothing of them, because of the salt.
Each decision inside is exactly what `policies.record` wrote.

Source: docs/policy.md, section 13; docs/envelope.md, section 1 (Label.decision).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes

from valija import canonical
from valija.errors import MalformedError

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record taken apart.

    Attributes:
        salt: 16 random bytes.
        decisions: By recipient desk, or `terms` and `content`: canonical JSON of each.
    """

    salt: bytes
    decisions: Mapping[str, bytes]


def pack(decisions: Mapping[str, bytes]) -> bytes:
    """Return decisions, each as `policies.record` wrote it, as one record, freshly salted."""
    return token_bytes(SALT_BYTES) + canonical.join(decisions)


def unpack(record: bytes) -> Recorded:
    """Return what `pack` put together.

    Raises:
        MalformedError: It is no such record.
    """
    parsed = canonical.parse(record[SALT_BYTES:])
    if not isinstance(parsed, dict):
        raise MalformedError("this is no record of decisions")
    decisions = {name: canonical.to_bytes(one) for name, one in parsed.items()}
    return Recorded(record[:SALT_BYTES], decisions)
