"""Who tells the demo: says a sentence, checks what it claims, and works as the officers do.

It promises that a check which fails is printed as such and counted. What is told is
`deploy.demo.story`'s and `deploy.demo.reception`'s.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console

from deploy.demo.exchange import Exchange
from node.gateway.caller import ApproveRequest, Caller
from node.terminal.render import rows

_PATIENCE = 180.0
_STEP = 0.1


@dataclass
class Teller:
    """One telling.

    Attributes:
        exchange: A founded exchange, not started.
        console: Where it is told.
        checks: What was claimed, and whether it held.
    """

    exchange: Exchange
    console: Console
    checks: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Return how many checks did not hold."""
        return sum(not held for _, held in self.checks)

    def say(self, line: str) -> None:
        """Print a line."""
        self.console.print(line, soft_wrap=True)

    def check(self, sentence: str, held: bool) -> None:
        """Print a sentence that claims something, and whether it holds."""
        self.checks.append((sentence, held))
        mark = "[green]ok[/green]  " if held else "[red]FAIL[/red]"
        self.say(f"  {mark} {sentence}")

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; what comes after says whether it does."""
        until = time.monotonic() + _PATIENCE
        while not holds() and time.monotonic() < until:
            time.sleep(_STEP)

    def officer(self, code: str, account: str) -> Caller:
        """Return a caller at a state's node."""
        return self.exchange.officer(code, account)

    def log_read(self, code: str) -> int:
        """Return how many entries of the log a state's node has read."""
        account = next(s.people[0][0] for s in self.exchange.states if s.code == code)
        return int(str(self.officer(code, account).status("", "en")["log_read"]))

    def inbox(self, code: str, account: str) -> int:
        """Return how many notices, told from receipts, an officer's desk holds."""
        received = rows(self.officer(code, account).list_inbox(0, 100, "en"), "notices")
        return sum(str(one["type"]) != "" for one in received)

    def approve_all(self, second: Caller) -> None:
        """Approve until nothing waits: one word answers every recipient of a draft."""
        while waiting := rows(second.list_holds("en"), "holds"):
            hold = waiting[0]
            second.approve(
                ApproveRequest(
                    hold=str(hold["id"]),
                    condition=str(hold["condition"]),
                    yes=True,
                    reason="checked against the case file",
                )
            )
