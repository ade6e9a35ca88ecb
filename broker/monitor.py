"""Health and metrics of one broker, for who operates it.

It promises to say in one sentence what is wrong, and nothing that names a person or a notice.
It is served in clear on loopback alone (`broker.config` sees to it), by `broker.http`.

Source: docs/style.md, Logs and metrics.
"""

import json

from broker.exchange import Exchange
from broker.pages import Page
from valija.errors import AbsentError


class Monitor:
    """The pages `health` and `metrics`."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def respond(self, path: str, _certificate: bytes) -> Page:
        """Return the page at a path.

        Raises:
            AbsentError: There is none.
        """
        if path == "metrics":
            return Page(self._exchange.metrics.page(), "text/plain; version=0.0.4")
        if path == "health":
            return Page(json.dumps(self.health()).encode(), "application/json")
        raise AbsentError("nothing stands at this path")

    def health(self) -> dict[str, object]:
        """Return whether the broker serves, a sentence, and how far its tree reaches."""
        halted, tree = self._exchange.halted, self._exchange.tree
        serving, sentence = True, "The broker serves."
        if halted is None or not self._exchange.is_open:
            serving, sentence = False, "The broker is catching up with the log."
        if halted is not None and halted.done():
            error = halted.exception()
            serving, sentence = False, f"The broker has halted: {error}."
        size = self._exchange.heads.newest.size
        return {
            "serving": serving,
            "sentence": sentence,
            "tree_size": tree.size,
            "checkpoint": size,
        }
