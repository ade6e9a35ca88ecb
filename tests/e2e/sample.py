"""Drafts for the tests from outside, dated today: the demo's own, of invented people."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.process import ROOT

_KEPT = timedelta(days=360)


def network() -> dict[str, Any]:
    """Return the demo's network in native JSON."""
    found: dict[str, Any] = json.loads((ROOT / "deploy/demo/network.json").read_text())
    today = datetime.now(UTC).date()  # noqa: TID251  # The nodes' clock is the machine's.
    found["date"] = today.isoformat()
    found["handling"]["retention_until"] = (today + _KEPT).isoformat()
    return found


def last_day() -> str:
    """Return the last day of a register's records, as ISO writes it."""
    return (datetime.now(UTC).date() + _KEPT).isoformat()  # noqa: TID251  # As above.


def bytes_of(notice: dict[str, Any]) -> bytes:
    """Return a notice as a register would hand it over."""
    return json.dumps(notice).encode()
