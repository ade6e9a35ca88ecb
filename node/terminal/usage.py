"""How the command line explains itself: help and wrong usage, in the reader's language.

It promises that options, verbs and exit codes are the same in every language, and that a text
without a translation stands in English. What may be typed is `node.terminal.arguments`.

Source: docs/console.md, The terminal; node/terminal/words.tsv, lists Help and Usage.
"""

import argparse
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from node.gateway.words import LANGUAGES
from node.terminal.language import ENGLISH, language
from valija.errors import MalformedError

_OPTION = "--language"
_WRONG = 2


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in the language that it was told."""

    spoken = ENGLISH
    """es, en, pt or fr."""

    def error(self, message: str) -> NoReturn:
        """End the program with 2 and a sentence."""
        if self.spoken == ENGLISH:
            super().error(message)
        from node.terminal.reader import Reader  # noqa: PLC0415  # English pays for none of it.
        from node.terminal.refusal import usage  # noqa: PLC0415  # As above.

        self.print_usage(sys.stderr)
        sentence = usage(message, Reader(self.spoken))
        said = Reader(self.spoken).say("misused", prog=self.prog, sentence=sentence)
        self.exit(_WRONG, f"{said}\n")


def speak(parsers: Iterable[Parser], chosen: str) -> None:
    """Make parsers speak a language."""
    if chosen == ENGLISH:
        return
    for one in parsers:
        one.spoken = chosen
        one.formatter_class = _formatter(chosen)


def before_parsing(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return which language is read, as far as it can be told before anything is parsed."""
    typed = [
        word.removeprefix(f"{_OPTION}=")
        for before, word in zip(("", *words), words, strict=False)
        if before == _OPTION or word.startswith(f"{_OPTION}=")
    ]
    named = next((word for word in reversed(typed) if word in LANGUAGES), "")
    try:
        return language(Namespace(language=named, json="--json" in words), environment)
    except MalformedError:
        return ENGLISH


class _Told(argparse.RawDescriptionHelpFormatter):
    """Help with each of its texts in a language."""

    _language = ENGLISH

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: "Iterable[argparse._MutuallyExclusiveGroup]",
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or f"{self._said('usage:')} ")

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and self._said(heading))

    def add_text(self, text: str | None) -> None:
        super().add_text(text and "\n".join(map(self._said, text.split("\n"))))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and self._said(action.help)

    def _said(self, text: str) -> str:
        from node.terminal.reader import Reader  # noqa: PLC0415  # English pays for none of it.

        told = text.strip()
        return text.replace(told, Reader(self._language).word("Help", told)) if told else text


def _formatter(chosen: str) -> type[_Told]:
    return type("_Told", (_Told,), {"_language": chosen})
