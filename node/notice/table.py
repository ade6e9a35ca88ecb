"""Read our own tables of codes, once each, when they are first asked for.

It promises that a table is read from beside the code and never from a path that somebody
gave. What a table means is the affair of whoever asks.
"""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files("node.notice").joinpath("codes")


@cache
def toml_table(name: str) -> Mapping[str, Any]:
    """Return the TOML table `codes/NAME.toml`."""
    return tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def csv_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of `codes/NAME.csv`, by the names in its first line."""
    text = _FOLDER.joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def text_table(name: str) -> tuple[str, ...]:
    """Return the lines of `codes/NAME.txt` without comments and blanks."""
    text = _FOLDER.joinpath(f"{name}.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
