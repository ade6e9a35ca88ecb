"""A whole register through the line: imported, sent to three states, received, counted.

`tests/e2e/test_register.py` runs it with some of CTDC's rows, `tests/bench/register.py` with
all of them. Nothing of a row is printed or kept beyond the run.
"""

import csv
import io
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.exchange import Exchange
from deploy.demo.process import ROOT
from node.gateway.caller import Caller, SendRequest
from tests.e2e.officers import approve, holds, knows_the_log, wait_for
from tests.e2e.sample import last_day

FILE = ROOT.parent / "shared/data/ctdc/ctdc_victim_perpetrator_synthetic_dev.csv"
SENDER = "AR/protection"
RECIPIENTS = ("BR/protection", "CO/protection", "MX/protection")
_READERS = {"BR": "iara", "CO": "mario", "MX": "pablo"}
_AT_ONCE = 64
_PATIENCE = 1800.0


@dataclass
class Figures:
    """What was measured.

    Attributes:
        rows: In the file.
        drafts: That they became.
        refused: That became none.
        notices: Ordered out, and gone to every recipient.
        seconds: What each part took.
    """

    rows: int = 0
    drafts: int = 0
    refused: int = 0
    notices: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


class Clock:
    """Takes the time of one part."""

    def __init__(self, figures: Figures, part: str) -> None:
        self._figures, self._part = figures, part

    def __enter__(self) -> None:
        """Begin."""
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        """End."""
        self._figures.seconds[self._part] = time.monotonic() - self._begun


def rows_of(data: bytes) -> list[dict[str, str]]:
    """Return the records of a file."""
    return list(csv.DictReader(io.StringIO(data.decode())))


def some_rows(data: bytes, most: int) -> bytes:
    """Return a file with its head and at most so many of its rows, from all over it."""
    head, *rest = data.splitlines(keepends=True)
    step = max(1, -(-len(rest) // most))
    return head + b"".join(rest[::step])


def profile() -> str:
    """Return what Argentina's office says of these records."""
    text = (ROOT / "deploy/demo/research.toml").read_text()
    return text.replace("RETENTION", last_day()).replace('state = "MX"', 'state = "AR"')


def publish(exchange: Exchange, file: Path, *, second_person: bool) -> Figures:
    """Import a file and send every draft to three states; return once all have all.

    Args:
        exchange: It runs: a broker and four nodes.
        file: CSV of CTDC's layout.
        second_person: Wait for her word before anything goes; else what may go now goes.
    """
    figures = Figures()
    rosa, elena = exchange.officer("AR", "rosa"), exchange.officer("AR", "elena")
    readers = {state: exchange.officer(state, who) for state, who in _READERS.items()}
    knows_the_log(rosa, exchange.founded)
    with Clock(figures, "import"):
        answers: list[Any] = list(rosa.import_file(file, profile(), "en"))
    last = answers[-1]
    figures.rows, figures.refused = int(last["read"]), int(last["refused"])
    drafts = _drafts(rosa)
    figures.drafts = len(drafts)
    with Clock(figures, "law, seal, sign"):
        sent = _send(rosa, elena, drafts, second_person=second_person)
    figures.notices = sum(
        states == dict.fromkeys(RECIPIENTS, "ready") for states in sent.values()
    )
    with Clock(figures, "until all arrived"):
        for reader in readers.values():
            wait_for(lambda reader=reader: _received(reader) >= len(drafts), _PATIENCE)
    return figures


def majorities(records: list[dict[str, str]]) -> Counter[str]:
    """Return how many rows must be a child's, no child's, or protected as one."""
    told = {"Minor": "yes", "Adult": "no"}
    return Counter(told.get(row["majorityStatus"], "unknown") for row in records)


def _send(
    rosa: Caller, elena: Caller, drafts: list[str], *, second_person: bool
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {draft: {} for draft in drafts}
    for start in range(0, len(drafts), _AT_ONCE):
        request = SendRequest(
            drafts=drafts[start : start + _AT_ONCE],
            recipients=RECIPIENTS,
            language="en",
            now=not second_person,
        )
        rows: Any = rosa.send(request)["states"]
        if second_person:
            rows = [row for answer in _approved(elena) for row in answer]
        for row in rows:
            under_way = row["state"] not in {"held", "barred"}
            found[row["notice"]][row["recipient"]] = "ready" if under_way else row["state"]
    return found


def _approved(elena: Caller) -> list[Any]:
    """Approve everything that waits, a notice at a time, and return what became of it."""
    answers = []
    while waits := holds(elena):
        one_each = {row["draft"]: row["id"] for row in waits}
        answers += [approve(elena, hold) for hold in one_each.values()]
    return answers


def _drafts(rosa: Caller) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page: Any = rosa.list_drafts(after, 1000)
        found += [str(row["id"]) for row in page["drafts"]]
        after = str(page["after"])
        if not after:
            return found


def _received(reader: Caller) -> int:
    count, after = 0, 0
    while True:
        page: Any = reader.list_inbox(after, 1000, "en")
        settled = [row for row in page["notices"] if row["type"]]
        count += len(settled)
        after = int(page["after"])
        if not after:
            return count
