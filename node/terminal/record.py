"""An answer of the gateway as plain records, and how to read one without trusting its shape.

It promises that a key which is absent, or holds something else, reads as nothing there.

Source: proto/valija/v1/gateway.proto.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Record = Mapping[str, object]


def rows(record: Record, key: str) -> Sequence[Record]:
    """Return the records under a key."""
    found = record.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def texts(record: Record, key: str) -> list[str]:
    """Return the texts under a key."""
    found = record.get(key)
    return [str(one) for one in found] if isinstance(found, list) else []


def minute(value: object) -> str:
    """Return a minute since 1970 as a date and time in UTC, which it says."""
    seconds = int(str(value)) * 60
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
