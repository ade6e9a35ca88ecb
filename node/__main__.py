"""`python -m node`: a state's own side of Valija.

It makes the clock, sets up the log, reads what was typed and hands it on; nothing is decided
here. Exit codes: 0 done, 1 refused with a sentence, 2 wrong usage or unreadable file.

Source: docs/console.md, The terminal.
"""

import asyncio
import sys
from argparse import Namespace
from datetime import UTC, datetime

from rich.console import Console

from node import config, logs
from node.terminal import arguments, beginnings, councillor, keeper, officer, render, stating
from node.terminal.service import Service
from valija.clock import SystemClock
from valija.errors import MalformedError, ValijaError

REFUSED, UNREADABLE = 1, 2
_GENESIS = {"init": beginnings.init, "council": councillor.run, **stating.VERBS}


def main(words: list[str]) -> int:
    """Do what was typed, and return the exit code."""
    typed = arguments.parser().parse_args(words)
    try:
        _do(typed)
    except MalformedError as error:
        print(f"python -m node: {error}", file=sys.stderr)  # noqa: T201  # To a person.
        return UNREADABLE
    except ValijaError as error:
        print(f"python -m node: {error}", file=sys.stderr)  # noqa: T201  # To a person.
        return REFUSED
    return 0


def _do(typed: Namespace) -> None:
    clock = SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # The one clock is made here.
    console = Console()
    if typed.verb in _GENESIS:
        render.print_answer(console, _GENESIS[typed.verb](typed, clock), as_json=typed.json)
        return
    settings = config.load(typed.config)
    if typed.verb == "serve":
        logs.configure(person=sys.stderr.isatty())
        asyncio.run(Service(settings, clock).run(typed.seconds))
    elif typed.verb in {"person", "risk"}:
        keeper.run(typed, settings, clock, console)
    else:
        officer.run(typed, settings, console)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
