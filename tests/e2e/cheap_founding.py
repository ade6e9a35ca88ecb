"""Found the exchange of the tests from outside: the real commands, one after the other.

They run in this one process, and key files cost next to nothing to open, because a first day
with the usual cost takes minutes. Everything else is what the demo's founding does.

    python -m tests.e2e.cheap_founding FOLDER
"""

import os
import sys
from contextlib import chdir, redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from threading import Lock

from valija import keyfile

_CHEAP = keyfile.Cost(1, 1)
_ONE_AT_A_TIME = Lock()


def make_keys_cheap() -> None:
    """Let key files of this process cost little; nothing that seals them may be loaded yet."""
    keyfile.__dict__["USUAL_COST"] = _CHEAP
    keyfile.seal_keys.__defaults__ = (_CHEAP,)


def run_here(home: Path, module: str, *words: str) -> str:
    """Run `python -m module words` in this process, and return what it printed."""
    said = StringIO()
    with _ONE_AT_A_TIME, chdir(home), redirect_stdout(said):
        code = import_module(f"{module}.__main__").main(list(words))
    if code:
        raise RuntimeError(f"python -m {module} {' '.join(words)} ended with {code}")
    return said.getvalue()


def main(home: Path) -> None:
    """Found it."""
    make_keys_cheap()
    founding = import_module("deploy.demo.founding")
    founding.__dict__["command"] = run_here
    states = import_module("tests.e2e.states")
    os.environ["VALIJA_PASSPHRASE_FILE"] = str(home / "passphrase")
    founding.found(home, states.STATES, states.BROKERS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
