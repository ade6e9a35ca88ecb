"""One first day for all tests from outside; each starts its own processes over a copy."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SECONDS = 300


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an exchange in which everything but the log stands.

    Tests that ask for it belong to the xdist group of its name: one process makes it.
    """
    home = tmp_path_factory.mktemp("first-day") / "exchange"
    words = [sys.executable, "-m", "tests.e2e.cheap_founding", str(home)]
    done = subprocess.run(
        words, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return home
