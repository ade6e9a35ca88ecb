"""Strange text on a person's screen.

It promises that nothing received can do anything to a terminal: no markup, no escape sequence,
no character that turns the line around or hides itself; such a character is shown by its
number. What is shown is the affair of `node.terminal.render`.

Source: Unicode Technical Report 36, section 2 (bidirectional and invisible characters).
"""

import unicodedata

from rich.text import Text

_INERT = frozenset({"\n"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: object) -> str:
    """Return a text without a character that acts or hides: each is shown as `<U+009B>`."""
    return "".join(_shown(one) for one in str(text))


def plain(text: object, style: str = "") -> Text:
    """Return a text that is no markup, cleaned, in one style."""
    return Text(clean(text), style=style, overflow="fold")


def clean_json(line: str) -> str:
    """Return a JSON text in which such characters are escaped, so that it says the same."""
    return "".join(_escaped(one) for one in line)


def _acts(one: str) -> bool:
    return one not in _INERT and unicodedata.category(one) in _HIDDEN


def _shown(one: str) -> str:
    return f"<U+{ord(one):04X}>" if _acts(one) else one


def _escaped(one: str) -> str:
    if not _acts(one):
        return one
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
