"""What officers of the tests do again and again, each through his own node's gateway."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from node.gateway.caller import ApproveRequest, Caller, SendRequest
from valija.errors import HeldError

_Found = TypeVar("_Found")
_STEP = 0.1
SECOND_PERSON = "approval:second_person"


def wait_for(look: Callable[[], _Found], seconds: float = 180.0) -> _Found:
    """Look again and again until something true is seen, and return it."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "it never came"
        time.sleep(_STEP)
    return found


def knows_the_log(officer: Caller, size: int) -> None:
    """Wait until an officer's node read the log up to a size, and not only its checkpoint."""
    wait_for(lambda: int(str(officer.status("", "en")["log_read"])) >= size)


def send(officer: Caller, drafts: Iterable[str], recipients: Sequence[str]) -> list[Any]:
    """Order drafts out, and return where each stands towards each recipient."""
    request = SendRequest(drafts=list(drafts), recipients=recipients, language="en")
    return list(_rows(officer.send(request), "states"))


def holds(officer: Caller, draft: str = "") -> list[Any]:
    """Return what waits at a desk, of one draft or of all."""
    rows = _rows(officer.list_holds("en"), "holds")
    return [row for row in rows if draft in ("", row["draft"])]


def approve(officer: Caller, hold: str, condition: str = SECOND_PERSON) -> list[Any]:
    """Give a second person's word."""
    request = ApproveRequest(hold=hold, condition=condition, yes=True, reason="seen and right")
    return list(_rows(officer.approve(request), "states"))


def inbox(officer: Caller, limit: int = 100) -> list[Any]:
    """Return the newest of what a desk received."""
    return list(_rows(officer.list_inbox(0, limit, "en"), "notices"))


def show(officer: Caller, label: str, purpose: str) -> Any:  # noqa: ANN401  # A record of JSON.
    """Open a received notice, as soon as the recipient's own law has let it in."""

    def opened() -> Any:  # noqa: ANN401  # As above.
        try:
            return officer.show(label, purpose, "en")
        except HeldError:
            return None

    return wait_for(opened)


def states(officer: Caller, notice: str) -> dict[str, str]:
    """Return the one state of a notice towards each recipient."""
    found = _rows(officer.status(notice, "en"), "states")
    return {row["recipient"]: row["state"] for row in found}


def _rows(record: Any, key: str) -> list[Any]:  # noqa: ANN401  # A record of JSON.
    found = record[key]
    assert isinstance(found, list)
    return found
