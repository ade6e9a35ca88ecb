"""Every command that a page shows is one that the programs take."""

import argparse
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import broker.__main__ as broker_main
import policies.__main__ as policies_main
import valija.__main__ as valija_main
from node.terminal import arguments

ROOT = Path(__file__).parents[2]
_PAGES = (
    "README.md",
    "README.es.md",
    "docs/guides/join.md",
    "docs/guides/registers.md",
    "deploy/runbook.md",
)
_PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "broker": broker_main._parser,
    "policies": policies_main._parser,
    "valija": valija_main._parser,
    "node": arguments.parser,
}
_COMMAND = re.compile(
    r"^ *(?:\w+=\$\()?python -m (broker|node|policies|valija) (.+)$", re.MULTILINE
)
_REST = re.compile(r"\s[|>&#)].*$")
"""What follows a command on its line: the rest of the shell, or what a page says of it."""


def _commands(page: str) -> list[tuple[str, str]]:
    text = (ROOT / page).read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", " ", text)
    return [(program, _REST.sub("", words)) for program, words in _COMMAND.findall(joined)]


@pytest.mark.parametrize("page", _PAGES)
def test_every_command_of_a_page_parses(page: str) -> None:
    commands = _commands(page)
    assert commands
    for program, words in commands:
        typed = shlex.split(re.sub(r"\$(?:QUISPE|SOSA|LIMA)\b", "--config node.toml", words))
        _PARSERS[program]().parse_args(typed)
