"""Why something was not done, for whoever reads another language than the node's.

It promises that the sentence which the node said is never lost: where its translation is
known it stands in the reader's language, else it stands as it was said, in a frame that says
what kind of refusal it is, what was not lost and what to do. In English it is the sentence
alone, as ever.

Source: docs/console.md, Rules of the pages (errors); node/terminal/words.tsv, list Fault.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from node.gateway.status import LATER
from node.notice import wording
from node.terminal.language import ENGLISH
from node.terminal.reader import PHRASES, Reader, phrases
from policies import conditions
from valija.errors import AbsentError, ValijaError

_WAITS = "waits for: "
_BREAK = "; "
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_LISTS = {"role": "Account", "verb": "Verb", "purpose": "Purpose", "name": "Name"}


def told(error: ValijaError, reader: Reader) -> str:
    """Return what a person is told of an error: its frame, why, and what each condition is."""
    said = str(error)
    if reader.language == ENGLISH:
        return said
    frame = reader.word("Frame", _kind(error))
    known = fault(said, reader)
    lines = [frame, known or reader.say("in_english", sentence=said)]
    lines += [
        reader.say("meaning", word=name, meaning=reader.meaning(name))
        for name in _conditions(said)
    ]
    return "\n  ".join(lines)


def fault(sentence: str, reader: Reader) -> str:
    """Return a sentence of the node in the reader's language; empty where it is not known.

    What a door adds behind it goes with it: articles are cited in the reader's language, and
    conditions stay as they are typed.
    """
    for head, tail in _cuts(sentence.removesuffix(LATER)):
        if said := _translated("Fault", head, reader):
            return _added(said, tail, reader)
    return ""


def usage(message: str, reader: Reader) -> str:
    """Return what was typed wrongly in the reader's language, as far as it is known."""
    return _translated("Usage", message, reader) or message


def _translated(list_name: str, sentence: str, reader: Reader) -> str:
    for word, pattern in _sentences(list_name).items():
        if found := pattern.fullmatch(sentence):
            values = {
                name: _value(name, text, reader) for name, text in found.groupdict().items()
            }
            return phrases().say(list_name, word, reader.language).format(**values)
    return ""


def finding(text: str, reader: Reader) -> str:
    """Return what stops a draft, `code at row`, as a sentence; else the text as it came."""
    code, _, place = text.partition(" at ")
    try:
        sentence = wording.sentence(code, reader.language)
    except AbsentError:
        return text
    where = reader.say("the_notice") if place == "the notice" else place
    return reader.say("note", place=where, sentence=sentence, code=code)


def _value(name: str, text: str, reader: Reader) -> str:
    if name == "findings":
        return ", ".join(finding(one, reader) for one in text.split(", "))
    return reader.word(_LISTS[name], text) if name in _LISTS else text


def _added(said: str, tail: str, reader: Reader) -> str:
    """Return a sentence with what the door added to it: conditions, or articles."""
    if not tail:
        return said
    if tail.startswith(_WAITS):
        other = reader.say("waits_for", what=tail.removeprefix(_WAITS))
    else:
        other = reader.joined(map(reader.cite, tail.split(_BREAK)))
    return reader.say("also", one=said, other=other)


def _cuts(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield a sentence whole, then cut before each addition, the last one first."""
    parts = sentence.split(_BREAK)
    for end in range(len(parts), 0, -1):
        yield _BREAK.join(parts[:end]), _BREAK.join(parts[end:])


def _kind(error: ValijaError) -> str:
    """Return the nearest of the error's kinds that a caller can do something about."""
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((name for name in names if phrases().has("Frame", name)), "")


def _conditions(sentence: str) -> list[str]:
    return list(dict.fromkeys(_tokens().findall(sentence)))


@cache
def _tokens() -> re.Pattern[str]:
    names = sorted(conditions.CONDITIONS, key=len, reverse=True)
    return re.compile(rf"(?<![\w:])(?:{'|'.join(map(re.escape, names))})(?![\w:])")


@cache
def _sentences(list_name: str) -> Mapping[str, re.Pattern[str]]:
    """Return every sentence of a list with its pattern, the longest first."""
    lines = (line.split("\t") for line in PHRASES.read_text("utf-8").splitlines())
    words = sorted((line[1] for line in lines if line[0] == list_name), key=len, reverse=True)
    return {
        word: re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(word)), re.DOTALL)
        for word in words
    }
