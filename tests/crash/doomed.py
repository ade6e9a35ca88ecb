"""The real broker or node, which kills itself by SIGKILL at the step that a file names.

    python -m tests.crash.doomed broker|node FATE serve --config FILE

Nothing dies while there is no file FATE. It holds `before|after`, a step, and which call of it
counted from the moment the file is there; whoever meets it removes it first, so that the same
command started again lives. Only the calls between the program's parts are wrapped.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


class Fate:
    """Where this process dies, said by a file that may come at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._met: Counter[str] = Counter()

    def meet(self, when: str, step: str) -> None:
        """Die here if the file says so."""
        try:
            said = self._file.read_text().split()
        except FileNotFoundError:
            return
        if said[:2] == [when, step]:
            self._met[step] += 1
            if self._met[step] == int(said[2]):
                self._file.unlink()
                os.kill(os.getpid(), signal.SIGKILL)


def wrap(fate: Fate, holder: type, name: str, step: str) -> None:
    """Let a coroutine method meet its fate before and after each call."""
    plain: Callable[..., Awaitable[Any]] = getattr(holder, name)

    async def call(*arguments: Any) -> Any:  # noqa: ANN401  # Any part's.
        fate.meet("before", step)
        result = await plain(*arguments)
        fate.meet("after", step)
        return result

    setattr(holder, name, call)


def doom_node(fate: Fate) -> None:
    """Wrap a node's store, by the names of its steps, and its streams."""
    from node.client import Stream  # noqa: PLC0415  # A broker's process knows no node.
    from node.store.database import Database  # noqa: PLC0415  # As above.

    plain: Callable[..., object] = Database.write_now

    def write(store: Database, step: str, work: object) -> object:
        fate.meet("before", step)
        result = plain(store, step, work)
        fate.meet("after", step)
        return result

    Database.write_now = write  # type: ignore[method-assign,assignment]  # For this process.
    wrap(fate, Stream, "send", "stream.send")
    wrap(fate, Stream, "receive", "stream.receive")


def doom_broker(fate: Fate) -> None:
    """Wrap a broker's spool, index and delivery."""
    from broker.delivery import Delivery  # noqa: PLC0415  # A node's process knows no broker.
    from broker.mailroom import Mailroom  # noqa: PLC0415  # As above.
    from broker.spool.sqlite import SqliteSpool  # noqa: PLC0415  # As above.

    wrap(fate, SqliteSpool, "append_contents", "content")
    wrap(fate, SqliteSpool, "append_record", "record")
    wrap(fate, SqliteSpool, "append_checkpoint", "checkpoint")
    wrap(fate, Mailroom, "keep", "index")
    wrap(fate, Delivery, "_message", "message")


def main(program: str, fate: Path, words: list[str]) -> int:
    """Run it."""
    if program == "node":
        doom_node(Fate(fate))
        from node.__main__ import main as run_node  # noqa: PLC0415  # As above.

        return run_node(words)
    doom_broker(Fate(fate))
    from broker.__main__ import main as run_broker  # noqa: PLC0415  # As above.

    return run_broker(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
