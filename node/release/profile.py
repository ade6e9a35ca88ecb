"""What an office says once of a register: its layout, handling, and what the law must be told.

It promises that a profile says everything an import needs or is refused with the key named,
and that a key which is not ours is an error. It reads no file; the door hands it the text.

Source: docs/content.md, "What the law must be told" (a mapping may declare "this register
holds none") and "Formats".
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from node.convert import ctdc, htcds
from node.convert.outcome import Outcome, Progress, Settings
from node.notice import nativetold
from node.notice.handling import Handling
from node.notice.reader import Reader
from node.notice.told import PersonTold
from node.notice.value import Json
from valija.errors import MalformedError

Read: TypeAlias = Callable[[Path, Settings, Progress | None], Iterator[Outcome]]
_READERS: dict[str, Read] = {"htcds": htcds.read, "ctdc": ctdc.read}
_NOBODY = "nobody"
_MOST_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True)
class Profile:
    """How one register is read.

    Attributes:
        read: The layout's importer.
        settings: What it is told beforehand.
    """

    read: Read
    settings: Settings


def parse_profile(text: str, today: str) -> Profile:
    """Return the profile written as TOML.

    Args:
        text: Keys `layout` (htcds, ctdc), `state`, and optionally `language`, `encoding`,
            `date_order`; tables `handling`, `told` and `persons`.
        today: ISO date of the drafts.

    Raises:
        MalformedError: It is no TOML, a key is missing or not ours, or a word is on no list.
    """
    if len(text) > _MOST_CHARACTERS:
        raise MalformedError("the profile of a register has at most 65,536 characters")
    try:
        whole = Reader(tomllib.loads(text), "profile")
    except (ValueError, RecursionError) as cause:  # No TOML, a number too long, too deep.
        raise MalformedError("the profile of a register is written in TOML") from cause
    layout = whole.text("layout")
    if layout not in _READERS:
        raise MalformedError("the layout of a register is one of " + ", ".join(_READERS))
    settings = Settings(
        date=today,
        state=whole.text("state"),
        handling=_handling(whole.required("handling")),
        told=nativetold.parse(whole.optional("told", {}), _no_handle),
        persons=_persons(whole.optional("persons", None)),
        language=whole.text("language", "es"),
        encoding=whole.text("encoding", ""),
        date_order=whole.text("date_order", ""),
    )
    whole.end()
    return Profile(_READERS[layout], settings)


def _handling(found: Json) -> Handling:
    one = Reader(found, "handling")
    handling = Handling(
        tlp=one.text("tlp"),
        purpose=one.text("purpose"),
        retention_until=one.text("retention_until"),
        legal_basis=one.strings("legal_basis"),
        h=one.strings("h"),
        h3=one.text("h3", ""),
        pap=one.text("pap", ""),
        onward=one.text("onward", "no"),
    )
    one.end()
    return handling


def _persons(found: Json) -> PersonTold | None:
    if found is None:
        return None
    told = nativetold.parse({"persons": {_NOBODY: found}}, str)
    return told.persons[_NOBODY]


def _no_handle(_name: str) -> str:
    raise MalformedError("a profile speaks of no single item or person")
