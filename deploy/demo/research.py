"""The import of research records in one node while others work: CTDC's file, where it is here.

It promises that every row is in the tally it returns. The file is read from beside the
repository and never copied into it.
"""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from deploy.demo.exchange import Exchange
from deploy.demo.process import ROOT

RECORDS = ROOT.parent / "shared/data/ctdc/ctdc_victim_perpetrator_synthetic_dev.csv"
_PROFILE = Path(__file__).parent / "research.toml"
_ENDS = timedelta(days=180)


def end_of_retention() -> str:
    """Return the day on which everything of the demo ends, ISO."""
    today: date = datetime.now(UTC).date()  # noqa: TID251  # The demo's day.
    return (today + _ENDS).isoformat()


class Research:
    """An import of the whole research file in one node, while others work."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._last: Mapping[str, object] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.seconds = 0.0

    def start(self) -> None:
        """Begin, if the file is here."""
        if RECORDS.exists():
            self._thread.start()

    def result(self) -> Mapping[str, object]:
        """Wait for the end, and return the tally."""
        self._thread.join()
        return self._last

    def _run(self) -> None:
        begun = time.monotonic()
        profile = _PROFILE.read_text().replace("RETENTION", end_of_retention())
        officer = self._exchange.officer("MX", "tzec")
        for self._last in officer.import_file(RECORDS, profile, "en"):
            pass
        self.seconds = time.monotonic() - begun
