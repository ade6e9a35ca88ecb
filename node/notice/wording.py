"""Sentences for people: what each code of this folder means, in es, en, pt and fr.

It promises a sentence for every code in every language, and a test holds it to that. The
sentences name no value; whoever shows them adds the place.

Source: `codes/sentences.toml`, ours.
"""

from collections.abc import Mapping
from functools import cache

from node.notice.table import toml_table
from valija.errors import AbsentError

LANGUAGES = ("es", "en", "pt", "fr")


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
