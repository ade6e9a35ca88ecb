"""How a language writes the number of an article: `art. 27(1)(b)` as its lawyers cite it.

It promises to change nothing but the way of writing: the same article, paragraph and letter,
in the same order. Rules cite treaties in one compact form; Spanish, Portuguese and French
write `art. 27.1 b)`, `art. 27.1.b` and `art. 27(1)b)`. A state's own instruments are cited in
the bundle as that state cites them, and what has no parentheses stays as it is. The words of
a citation are those of `policies.words`.

Source: policies/law/README.md, section A rule (legal_basis).
"""

import re
from collections.abc import Iterator

_LETTER = {"es": " {})", "pt": ".{}", "fr": "{})"}
_NUMBER = {"es": ".{}", "pt": ".{}", "fr": "({})"}
_ARTICLES = re.compile(r"(?<!\w)(arts?\.? )([^;:]*)")
_NOTHING_BETWEEN = re.compile(
    r"(?<=[^\s,;:(]) (?=(?:arts?\.?|secci(?:ón|ones)|seç(?:ão|ões)) \d)"
)
_PARTS = re.compile(r"(?P<to>-)?(?P<number>\d+)?(?P<parts>(?:\((?:\d{1,2}|[a-z]{1,3})\))+)")
_PART = re.compile(r"\((\w+)\)")


def written(citation: str, language: str) -> str:
    """Return a citation with its articles as a language writes them.

    Args:
        citation: Instrument and article, in words of the language.
        language: en, es, pt or fr.
    """
    if language not in _LETTER:
        return citation
    said = _ARTICLES.sub(lambda found: found[1] + _numbered(found[2], language), citation)
    return _NOTHING_BETWEEN.sub(", ", said)


def _numbered(numbers: str, language: str) -> str:
    article = ""

    def one(found: re.Match[str]) -> str:
        nonlocal article
        if found["to"]:
            return "-" + "".join(_pieces(found["parts"], language)).lstrip(". ")
        article = found["number"] or article
        return article + "".join(_pieces(found["parts"], language))

    return _PARTS.sub(one, numbers)


def _pieces(parts: str, language: str) -> Iterator[str]:
    for part in _PART.findall(parts):
        yield (_NUMBER if part.isdigit() else _LETTER)[language].format(part)
