"""`python -m node`: a state's own side of Valija.

It makes the clock, sets up the log, reads what was typed and hands it on; nothing is decided
here. Exit codes: 0 done, 1 refused with a sentence, 2 wrong usage or a file or draft that is
not as it must be, 130 stopped by the person.

Source: docs/console.md, The terminal.
"""

import os
import sys
from argparse import Namespace
from datetime import UTC, datetime

from rich.console import Console

from node.terminal import arguments
from node.terminal.screen import clean
from node.terminal.usage import before_parsing
from valija.clock import Clock, SystemClock
from valija.errors import MalformedError, UnavailableError, ValijaError

REFUSED, UNREADABLE, STOPPED = 1, 2, 130
_STOPPED = "stopped; what the node took before is kept, see `status`"
_GENESIS = frozenset({"init", "council", "oversight", "agree", "endorse", "bundle"})
_KEEPING = frozenset({"person", "risk"})


def main(words: list[str]) -> int:
    """Do what was typed, and return the exit code."""
    typed = arguments.parser(before_parsing(words, os.environ)).parse_args(words)
    try:
        _do(typed, SystemClock(lambda: datetime.now(UTC)))  # noqa: TID251  # The one clock.
    except MalformedError as error:
        return _failed(UNREADABLE, error, typed)
    except ValijaError as error:
        return _failed(REFUSED, error, typed)
    except UnicodeEncodeError:
        return _failed(UNREADABLE, MalformedError("an argument is not UTF-8"), typed)
    except KeyboardInterrupt:
        return _failed(STOPPED, UnavailableError(_STOPPED), typed)
    return 0


def _failed(code: int, error: ValijaError, typed: Namespace) -> int:
    said = clean(_said(error, typed))
    print(f"python -m node: {said}", file=sys.stderr)  # noqa: T201  # To a person.
    return code


def _said(error: ValijaError, typed: Namespace) -> str:
    """Return what is said of an error: an officer's verb says it in the officer's language."""
    if not hasattr(typed, "language"):
        return str(error)
    from node.terminal import refusal  # noqa: PLC0415  # As below.
    from node.terminal.language import ENGLISH, language  # noqa: PLC0415  # As below.
    from node.terminal.reader import Reader  # noqa: PLC0415  # As below.

    try:
        chosen = language(typed, os.environ)
    except MalformedError:
        chosen = ENGLISH
    return refusal.told(error, Reader(chosen))


# Each group pays for its own imports only: an officer's verb answers in a second, not in three.


def _do(typed: Namespace, clock: Clock) -> None:
    if typed.verb in _GENESIS:
        from node.terminal import genesis  # noqa: PLC0415  # As above.

        genesis.run(typed, clock, Console())
        return
    from node import config  # noqa: PLC0415  # As above.

    settings = config.load(typed.config)
    if typed.verb == "serve":
        from node.terminal import service  # noqa: PLC0415  # As above.

        service.serve(settings, clock, typed.seconds)
    elif typed.verb in _KEEPING:
        from node.terminal import keeper  # noqa: PLC0415  # As above.

        keeper.run(typed, settings, clock, Console())
    else:
        from node.terminal import officer  # noqa: PLC0415  # As above.

        officer.run(typed, settings, Console())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
