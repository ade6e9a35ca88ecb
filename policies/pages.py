"""Every page of law that the bundles give: one a bundle and language, and an index.

It promises that the pages are the bundles': a page that is not what the rules of today give
is named, so that a reader and a node never have different law before them. It writes nothing.

Source: docs/policy.md, section 11 (explanation); policies/law/README.md.
"""

from collections.abc import Mapping

from policies.bundle import TREATY, WORDS, names_of, read_bundle
from policies.conditions import LANGUAGES
from policies.table import Page
from policies.words import Words

INDEX = "README.md"
_HEAD = """# The law as Valija applies it

La ley tal como Valija la aplica · A lei tal como a Valija a aplica ·
Le droit tel que Valija l'applique

Made from `policies/law/` by `python -m policies pages docs/law`; nothing here is written by
hand. Every rule is an engineer's encoding of the law, to be confirmed by the state's counsel. A
node asks this law before it releases a notice and before it keeps one; use as evidence, passing
on, private matching and the other acts are ruled here too, though no node carries them out yet
([law.md](../law.md)).

| law | English | español | português | français |
| --- | --- | --- | --- | --- |
"""


def pages(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the text of every page by file name: `AR.es.md`, `treaty.fr.md`, the index.

    Raises:
        MalformedError: A rule does not read, or a word is missing.
    """
    words, found = Words(files[WORDS]), dict[str, str]()
    names = sorted(names_of(files), key=lambda name: (name != TREATY, name))
    for name in names:
        bundle, _ = read_bundle(name, files)
        for language in LANGUAGES:
            found[f"{name}.{language}.md"] = Page(words, language).render(bundle)
    lines = (_line(words, name) for name in names)
    return {INDEX: _HEAD + "\n".join(lines) + "\n", **found}


def stale(files: Mapping[str, bytes], written: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of pages that are not what `files` give: missing, changed, or of no law.

    Args:
        files: Bodies by path below the folder of laws.
        written: Texts of pages by file name.
    """
    given = pages(files)
    names = {*given, *written}
    return tuple(sorted(name for name in names if given.get(name) != written.get(name)))


def _line(words: Words, name: str) -> str:
    place = "Country" if words.has("Country", name) else "text"
    links = (
        f"[{words.say(place, name, language)}]({name}.{language}.md)" for language in LANGUAGES
    )
    return f"| `{name}` | {' | '.join(links)} |"
