"""A small exchange of doomed processes, each started again when it has died."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deploy.demo.exchange import Exchange
from deploy.demo.process import Running, listening
from node.gateway.caller import Caller
from valija.errors import UnavailableError

_Found = TypeVar("_Found")
_PATIENCE = 90.0
_STEP = 0.1
_DOORS = {
    "b1": ("broker", "exchange/b1.toml", "listen"),
    "AR": ("node", "AR/node.toml", "gateway"),
    "BR": ("node", "BR/node.toml", "gateway"),
}


class Doom:
    """Argentina, Brazil and one broker, who may be told to die.

    Attributes:
        deaths: How often each process killed itself.
    """

    def __init__(self, exchange: Exchange) -> None:
        """Start everything."""
        self.exchange = exchange
        self.deaths = dict.fromkeys(_DOORS, 0)
        for name in _DOORS:
            self._start(name)

    def tell(self, name: str, when: str, step: str, call: int = 1) -> None:
        """Let a process die before or after a call of a step, counted from now."""
        fresh = self._fate(name).with_suffix(".new")
        fresh.write_text(f"{when} {step} {call}")
        fresh.replace(self._fate(name))

    def until(self, look: Callable[[], _Found]) -> _Found:
        """Do something until it gives what is true; who died meanwhile is started again."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                found = look()
            except UnavailableError:
                found = None
            self._revive()
            if found:
                return found
            assert time.monotonic() < end, "it never came"
            time.sleep(_STEP)

    @contextmanager
    def officer(self, state: str, account: str) -> Iterator[Caller]:
        """Yield a caller with a channel of its own: old ones remember the dead."""
        caller = self.exchange.officer(state, account)
        try:
            yield caller
        finally:
            caller.close()

    def _revive(self) -> None:
        for name in _DOORS:
            one = self.exchange.running[name]
            if not one.alive:
                self.deaths[name] += one._process.returncode == -signal.SIGKILL
                self._start(name)

    def _start(self, name: str) -> None:
        program, toml, door = _DOORS[name]
        words = [program, str(self._fate(name)), "serve", "--config", toml]
        one = Running(name, "tests.crash.doomed", words, self.exchange.home)
        self.exchange.running[name] = one
        one.wait_for(lambda: listening(self.exchange.listens(toml, door)))

    def _fate(self, name: str) -> Path:
        return self.exchange.home / f"{name}.fate"
