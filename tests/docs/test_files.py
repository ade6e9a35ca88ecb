"""What the pages name is there: files in the picture and in the text, links between pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PAGES = sorted(
    [
        *(path for path in ROOT.glob("*.md")),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "deploy").glob("*.md"),
        *(ROOT / "policies").rglob("*.md"),
    ]
)
_PICTURE = ROOT / "docs" / "journey.svg"
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_FILE = re.compile(r"`((?:valija|policies|broker|node|deploy|proto|tests)/[\w./-]+)`")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    for target in _FILE.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_every_file_in_the_picture_is_there() -> None:
    said = re.findall(r"monospace\">([^<]+)</text>", _PICTURE.read_text(encoding="utf-8"))
    names = [name for line in said for name in line.split(", ")]
    assert len(names) > 20
    for name in names:
        assert (ROOT / name).exists() or (ROOT / f"{name}.py").exists(), name


def test_readme_says_the_same_in_two_languages() -> None:
    texts = [
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.es.md")
    ]
    links = [{*_LINK.findall(text)} - {"README.md", "README.es.md"} for text in texts]
    assert links[0] == links[1]
    assert len({text.count("\n## ") for text in texts}) == 1
    commands = [re.findall(r"^(python -m [^\n]*?) +#", text, re.MULTILINE) for text in texts]
    assert 10 == len(commands[0])
    assert commands[0] == commands[1]


def test_every_page_that_the_code_cites_is_there() -> None:
    for folder in ("valija", "policies", "broker", "node", "deploy", "proto"):
        for suffix in ("*.py", "*.proto", "*.toml", "*.cedar"):
            for path in (ROOT / folder).rglob(suffix):
                text = path.read_text(encoding="utf-8")
                for page in re.findall(r"\bdocs/[\w/-]+\.md\b", text):
                    assert (ROOT / page).exists(), f"{path.relative_to(ROOT)} cites {page}"
