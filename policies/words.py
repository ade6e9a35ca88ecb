"""The law's words in four languages.

It promises a word for everything that a rule can say, in every language of the system, or an
error that names what is missing: a page of law never shows a code where a word is due.

Source: policies/law/words.tsv; docs/content.md, section States, maps, languages.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from policies.article import written
from policies.bundle import text_of
from policies.conditions import LANGUAGES
from policies.french import set_in_french
from valija.errors import MalformedError

_ELSEWHERE = ("*", "Agency", "Purpose", "Channel", "Role")
"""Lists that lend a word to another list which has the same one."""


_EUPHONY: Mapping[str, tuple[re.Pattern[str], str]] = {
    "y": (re.compile(r"h?[ií](?![aeouáéóú])", re.IGNORECASE), "e"),
    "o": (re.compile(r"h?[oó]", re.IGNORECASE), "u"),
}
"""Spanish words that change before their own sound (RAE, Ortografía): which, and to what."""

EMPTY = b"list\tword\ten\tes\tpt\tfr\n"
"""A table without words: citations and refusals stay as they are."""


class Words:
    """The table of words, asked by list, word and language.

    Args:
        body: The file: tab-separated, a heading, then list, word and one column a language.

    Raises:
        MalformedError: The file does not parse.
    """

    def __init__(self, body: bytes) -> None:
        lines = [line.split("\t") for line in text_of(body).splitlines()]
        if not lines or lines[0] != ["list", "word", *LANGUAGES]:
            raise MalformedError("the table of words has no heading")
        width = len(lines[0])
        if any(len(line) != width or not all(line) for line in lines):
            raise MalformedError("a line of the table of words lacks a column")
        self._said: Mapping[tuple[str, str], dict[str, str]] = {
            (line[0], line[1]): dict(zip(LANGUAGES, line[2:], strict=True))
            for line in lines[1:]
        }
        phrases = sorted((word for name, word in self._said if name == "Citation"), key=len)
        joined = "|".join(re.escape(phrase) for phrase in reversed(phrases)) or r"(?!)"
        self._cited = re.compile(rf"(?<!\w)(?:{joined})(?!\w)")
        faults = (word for name, word in self._said if name == "Fault")
        self._faults = {word: re.compile(_pattern(word)) for word in faults}

    def say(self, list_name: str, word: str, language: str) -> str:
        """Return a word of a list; an invented state's code stays as it is.

        Raises:
            MalformedError: There is no such word.
        """
        if list_name == "State":
            return self.say("Country", word, language) if self.has("Country", word) else word
        for name in (list_name, *_ELSEWHERE):
            if (name, word) in self._said:
                return self._said[name, word][language]
        raise MalformedError(f"there is no word for {list_name} {word}")

    def has(self, list_name: str, word: str) -> bool:
        """Return whether the table has this word of this very list."""
        return (list_name, word) in self._said

    def cite(self, citation: str, language: str) -> str:
        """Return a citation with the names of treaties and its plain words in a language.

        What is no phrase of the list `Citation` stays as it is: a state's own instruments are
        cited in their own language.
        """
        said = self._cited.sub(lambda found: self.say("Citation", found[0], language), citation)
        said = written(said, language)
        return set_in_french(said, " ") if language == "fr" else said

    def refusal(self, fault: str, language: str) -> str:
        """Return why there is no decision but a refusal, in a language.

        A sentence that is no word of the list `Fault` stays as the engine said it.
        """
        for word, pattern in self._faults.items():
            if found := pattern.fullmatch(fault):
                return self.say("Fault", word, language).format(**found.groupdict())
        return fault

    def one_of(self, list_name: str, words: Iterable[str], language: str) -> str:
        """Return words of a list as alternatives, in alphabetical order: `a, b or unknown`."""
        known = ((word == "unknown", self.say(list_name, word, language)) for word in words)
        *said, last = (
            text for _, text in sorted(known, key=lambda each: (each[0], order(each[1])))
        )
        return f"{', '.join(said)} {self.joined('or', last, language)}" if said else last

    def joined(self, joiner: str, text: str, language: str) -> str:
        """Return a text after `and` or `or`: Spanish says `e` before an i, `u` before an o."""
        said = self.say("text", joiner, language)
        if language == "es" and (pattern := _EUPHONY.get(said)) and pattern[0].match(text):
            said = pattern[1]
        return f"{said} {text}"


def order(text: str) -> str:
    """Return what a text sorts by where people read it: letters without case or accent."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _pattern(word: str) -> str:
    """Return the pattern of a sentence in which `{what}` stands for anything."""
    return re.escape(word).replace(r"\{what\}", "(?P<what>.+)")
