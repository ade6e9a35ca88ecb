"""Whoever reads the first pages finds every abbreviation in the glossary."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PAGES = (
    "README.md",
    "docs/architecture.md",
    "docs/threats.md",
    "docs/console.md",
    "docs/guides/join.md",
    "docs/guides/registers.md",
    "deploy/runbook.md",
)
_ASIDE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)", re.DOTALL)
_EVERYDAY = frozenset(
    ["JSON", "CSV", "XLSX", "XLSM", "UTF", "MB", "HTTPS", "AND", "XX", "README"]
)
_OWN = frozenset(["CONTRIBUTING", "SECURITY", "SIGTERM"])
_CODES = frozenset(["VERIFICATION", "SIGNATURE", "DUPLICATE", "LIMIT", "UNAVAILABLE"])
"""A broker's answers to a batch; the runbook's table says what each asks for."""


@pytest.mark.parametrize("page", _PAGES)
def test_every_abbreviation_of_a_first_page_is_in_the_glossary(page: str) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    known = set(re.findall(r"[A-Z][A-Z0-9_]+", glossary)) | _EVERYDAY | _OWN | _CODES
    text = _ASIDE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    for word in re.findall(r"\b[A-Z][A-Z0-9]+(?=s?\b)", text):
        assert word in known, word


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = [line.split("|")[1].strip().lower() for line in text.splitlines()[6:]]
    assert sorted(words) == words
    assert len(set(words)) == len(words)
