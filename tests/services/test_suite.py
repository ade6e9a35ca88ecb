"""A worker that dies below Python is told, and ends nothing for good but at the second time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SUITE = Path(__file__).parents[1] / "suite.py"
_OPTIONS = ["-p", "xdist.plugin", "-n", "1", "--dist", "loadgroup", "--max-worker-restart", "0"]
_PLAIN = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
_BEGIN = "import os\nfrom pathlib import Path\nmark = Path(__file__).with_name('ran')\n"
_COUNT = "    mark.write_text(mark.read_text() + '.' if mark.exists() else '.')\n"


def suite(folder: Path, body: str) -> tuple[int, str, int]:
    """Run a suite of one test with this body; return code, output and how often it ran."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_one.py").write_text(f"{_BEGIN}\n\ndef test_one():\n{_COUNT}{body}")
    done = subprocess.run(
        [sys.executable, str(_SUITE), *_OPTIONS, str(folder)],
        cwd=folder,
        env=_PLAIN,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, len((folder / "ran").read_text())


def test_a_suite_that_passes_runs_once(tmp_path: Path) -> None:
    code, said, ran = suite(tmp_path, "    assert True\n")
    assert (0, 1) == (code, ran), said


def test_a_test_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    code, said, ran = suite(tmp_path, "    assert len(mark.read_text()) == 2\n")
    assert (1, 1) == (code, ran), said


def test_a_death_is_tried_again_and_told_at_the_end(tmp_path: Path) -> None:
    code, said, ran = suite(tmp_path, "    len(mark.read_text()) == 2 or os.abort()\n")
    assert (0, 2) == (code, ran), said
    end = said.partition("In the first run a worker died below Python:")[2]
    assert "Fatal Python error: Aborted" in end
    assert "in test_one" in end


@pytest.mark.parametrize("body", ["    os.abort()\n", "    os._exit(0)\n"])
def test_a_second_death_is_a_failure(tmp_path: Path, body: str) -> None:
    code, said, ran = suite(tmp_path, body)
    assert (1, 2) == (code, ran), said
