"""Words for people: sentences of findings and labels of codes, in es, en, pt and fr.

It promises a sentence for every finding and a label for every code that needs one, in every
language, and tests hold it to that. The sentences name no value; whoever shows them adds the
place.

Source: `codes/sentences.toml` and `codes/labels.toml`, ours.
"""

from collections.abc import Mapping
from functools import cache

from node.notice.codelist import code_list
from node.notice.table import toml_table
from valija.errors import AbsentError

LANGUAGES = ("es", "en", "pt", "fr")
_TRANSLATED = ("es", "pt", "fr")


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Return every sentence by code and language."""
    table = toml_table("sentences")
    return {code: row for code, row in table.items() if isinstance(row, dict)}


def sentence(code: str, language: str) -> str:
    """Return what a code means, in one language.

    Raises:
        AbsentError: There is no such code or language.
    """
    found = sentences().get(code, {}).get(language, "")
    if not found:
        raise AbsentError("there is no sentence for that code in that language")
    return found


def label(name: str, code: str, language: str) -> str:
    """Return the label of a code of one list, in one language.

    A code that has none of its own (a brand, an age band, a language) keeps the standard's
    label; a code that is on no list is its own label. A title that was not checked against
    its standard ends in a question mark.
    """
    codes = code_list(name)
    found = codes.labels.get(code, code)
    row = toml_table("labels").get(name, {}).get(_key(name, code))
    if language != "en" and row is not None:
        found = str(row[_TRANSLATED.index(language)])
    return f"{found} (?)" if name == "iccs" and code in _unchecked() else found


@cache
def _unchecked() -> frozenset[str]:
    return frozenset(toml_table("iccs")["unchecked"]["iccs"])


def _key(name: str, code: str) -> str:
    # HTCDS's codes of industries carry the letter of ISIC's section.
    return code.partition("_")[0] if name == "industry" else code
