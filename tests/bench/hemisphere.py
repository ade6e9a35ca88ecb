"""The states of the hemisphere as one log names them, and the first one's node that knows it.

It promises a real exchange (`tests.node.exchange`), with one agreement of all police desks and
the law of each state that has one in this repository: as in life, the others receive under the
treaty layer alone, and send nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from node.assembly import Assembly
from node.store import risks
from node.store.database import Transaction
from policies.folder import HOME
from tests.node import laws
from tests.node.exchange import Exchange
from valija.clock import Minute, minute_of

_SOON = 100_000


class Hemisphere(Exchange):
    """An exchange of many states, some of which have a law."""

    def bring_law(self, member: str, folder: Path = HOME) -> None:
        """Let a state bring its law, if it has one."""
        if (folder / member).is_dir():
            super().bring_law(member, folder)

    @asynccontextmanager
    async def knowing(self) -> AsyncIterator[Assembly]:
        """Open the first state's node, which has read the log and judged every other desk."""
        first, *others = (self.states[name] for name in self.members)
        now = minute_of(self.now)

        def judged(tx: Transaction) -> None:
            for state in others:
                far = Minute(now + _SOON)
                risks.put(tx, risks.RiskRow(state.desk, "none", "no", "no", "d.luna", far))

        async with first.open(self.clock) as node:
            node.parts.knowledge.directory = laws.folded(self.anchor, self.genesis, now)
            node.parts.database.write_now("people", judged)
            yield node
