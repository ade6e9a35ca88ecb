"""Who reads a screen: every word that the terminal prints, in that person's language.

It promises a word for every phrase of the terminal and for every code of the closed lists; a
code that is on no list is shown as it came, never guessed at. What the law calls things is
taken from the law's own words; what is ours stands in `words.tsv`, in the same form.

Source: node/terminal/words.tsv; policies/law/words.tsv; docs/content.md, section States,
maps, languages.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path

from policies import conditions
from policies.bundle import WORDS
from policies.folder import HOME
from policies.words import Words

PHRASES = Path(__file__).with_name("words.tsv")
_ROW = re.compile(r"(?:.*\.)?(?:vx:)?(\w+)(?:\[\d+\])?")


@dataclass(frozen=True, slots=True)
class Reader:
    """A person before a terminal.

    Attributes:
        language: es, en, pt or fr.
    """

    language: str

    def say(self, phrase: str, **values: object) -> str:
        """Return a phrase of the terminal, its places filled.

        Raises:
            MalformedError: There is no such phrase.
        """
        return phrases().say("text", phrase, self.language).format(**values)

    def word(self, list_name: str, code: object) -> str:
        """Return what a code of a list is called; the code itself where it is on no list."""
        text = str(code)
        for table in (phrases(), law_words()):
            if table.has(list_name, text):
                return table.say(list_name, text, self.language)
        return text

    def stated(self, list_name: str, code: object, sentence: object) -> str:
        """Return a code's word and the sentence that came with it."""
        what = self.word(list_name, code)
        return self.say("said_of", what=what, sentence=sentence) if sentence else what

    def meaning(self, condition: str) -> str:
        """Return what a condition is and who can meet it; empty for one that has no name."""
        if not set(condition.split(" | ")) <= conditions.CONDITIONS:
            return ""
        told = (tell(condition, self.language) for tell in (conditions.what, conditions.who))
        what, who = told
        return self.say("who_can", what=what, who=who)

    def named(self, list_name: str, code: str) -> str:
        """Return a code that is typed again, with its meaning."""
        said = self.word(list_name, code)
        return code if said == code else self.say("meaning", word=code, meaning=said)

    def duties(self, found: Iterable[str]) -> str:
        """Return duties in words."""
        return self.joined(map(self._duty, found))

    def joined(self, found: Iterable[str]) -> str:
        """Return several things as one line; empty for none."""
        texts = [*found]
        return reduce(lambda one, other: self.say("also", one=one, other=other), texts or [""])

    def handling(self, code: str) -> str:
        """Return a handling code with its meaning."""
        said = self.word("Handling", "H3" if code.startswith("H3:") else code)
        return code if said == code else self.say("explained", code=code, meaning=said)

    def kind(self, notice_type: object) -> str:
        """Return what a type of notice is called, ours or the law's."""
        said = self.word("Notice", notice_type)
        return self.word("NoticeType", said) if said == notice_type else said

    def field(self, row: object) -> str:
        """Return what a row of a draft is about: `P1.birthDate[0]` is a birth date."""
        found = _ROW.fullmatch(str(row))
        return self.word("Property", found[1]) if found else str(row)

    def cite(self, citation: str) -> str:
        """Return a citation with the names of treaties in this language."""
        return law_words().cite(citation, self.language)

    def _duty(self, text: str) -> str:
        name, _, argument = text.partition(":")
        said = self.word("Duty", name)
        return said.replace("{what}", self.word("Purpose", argument)) if said != name else text


@cache
def phrases() -> Words:
    """Return the terminal's own words, read once."""
    return Words(PHRASES.read_bytes())


@cache
def law_words() -> Words:
    """Return the law's words that come with the program, read once."""
    return Words((HOME / WORDS).read_bytes())
