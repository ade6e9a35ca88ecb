"""Whether a draft may be published at all, as it stands, before any law is asked.

It promises that a draft with a blocking finding, or with an identifier hidden in its text,
goes nowhere, and that a refusal names codes and rows and no value.

Source: docs/content.md, "Free text"; `node.notice.validation`.
"""

from collections.abc import Sequence

from node.notice.scan import scan
from node.notice.validation import check
from node.release.loaded import Loaded
from valija.errors import MalformedError
from valija.ids import Desk

_NAMED = 10


def findings(loaded: Loaded) -> tuple[str, ...]:
    """Return what stops a draft, as `code at row`; empty where nothing does."""
    found = [finding for finding in check(loaded.draft.notice) if finding.blocking]
    return tuple(f"{one.code} at {one.where or 'the notice'}" for one in found)


def check_publishable(loaded: Loaded, recipients: Sequence[Desk]) -> None:
    """Refuse a draft that may not be published as it stands.

    Raises:
        MalformedError: It names the draft, codes and rows, and no value.
    """
    name = loaded.line.notice.hex()
    if blocking := findings(loaded):
        raise MalformedError(
            f"draft {name} may not go as it stands: {_some(blocking)}; nothing was sent"
        )
    states = {loaded.line.desk.member, *(desk.member for desk in recipients)}
    if hits := scan(loaded.draft.notice, states):
        places = [f"{hit.kind} in {hit.where} ({hit.lang or 'no language'})" for hit in hits]
        raise MalformedError(
            f"draft {name}: a text holds what belongs in a field: {_some(places)}; "
            "move it there or rephrase; nothing was sent"
        )


def _some(places: Sequence[str]) -> str:
    more = len(places) - _NAMED
    return ", ".join(places[:_NAMED]) + (f" and {more} more" if more > 0 else "")
