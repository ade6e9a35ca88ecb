"""Which language an officer reads.

It promises one of the four, or a refusal where somebody named another on purpose; and that
what a program reads (`--json`) follows the command line alone, never where it happens to run.

Source: docs/console.md, The terminal; POSIX.1-2017, section 8.2 (LC_ALL, LC_MESSAGES, LANG).
"""

import re
from argparse import Namespace
from collections.abc import Mapping

from node.gateway.words import LANGUAGES
from valija.errors import MalformedError

ENGLISH = "en"
NAMED = "VALIJA_LANGUAGE"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_PARTS = re.compile(r"[_.@-]")


def language(typed: Namespace, environment: Mapping[str, str]) -> str:
    """Return es, en, pt or fr: as typed, else as the environment says, else English.

    Of the locale's variables the first one that is set decides, as everywhere: what it names
    that is none of the four, `C` above all, is English.

    Raises:
        MalformedError: `VALIJA_LANGUAGE` names none of the four.
    """
    if typed.language:
        return str(typed.language)
    if typed.json:
        return ENGLISH
    if named := environment.get(NAMED, ""):
        if named not in LANGUAGES:
            raise MalformedError("VALIJA_LANGUAGE: one of es, en, pt, fr")
        return named
    locale = next((found for name in _LOCALE if (found := environment.get(name))), "")
    spoken = _PARTS.split(locale)[0].lower()
    return spoken if spoken in LANGUAGES else ENGLISH
