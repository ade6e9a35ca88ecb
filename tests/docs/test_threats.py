"""docs/threats.md promises nothing that no test tries, and no page names a test that is not."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PAGE = ROOT / "docs" / "threats.md"
_NOT_BUILT = "not built yet"
_LINES = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "- "]
_TEXTS = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md")))
_NAMED = sorted({name for text in _TEXTS for name in re.findall(r"`(test_\w+)`", text)})


@cache
def _tests() -> frozenset[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for text in texts for name in re.findall(r"def (test_\w+)\(", text))


@pytest.mark.parametrize("name", _NAMED)
def test_a_named_test_exists(name: str) -> None:
    assert name in _tests()


def test_every_line_ends_in_a_test_or_says_that_it_is_not_built() -> None:
    for line in _LINES:
        assert re.search(r": `test_\w+`$", line) or line.endswith(f": {_NOT_BUILT}"), line
