"""How French is set: spaces before colon and semicolon, and `que` before a vowel.

It promises to change no word but `que`, which loses its e before a vowel. Colon and
semicolon stand off from their word, and on a page, guillemets too, by a space at which no line
ends. Words come from `policies.words`, lines from `policies.table` and `policies.explanation`.

Source: Imprimerie nationale, Lexique des règles typographiques (ponctuation, élision).
"""

import re

FAST = "\N{NO-BREAK SPACE}"
"""For pages; a terminal is given ordinary spaces, since it shows this one as a code."""
_CLOSE = re.compile(r"(?<=[^\s|]) ?([:;])(?=\s)")
_QUE = re.compile(r"\b([Qq])ue (?=[aeiouàâéèêëîïôûAEIOUÀÂÉÈÊËÎÏÔÛ])")


def set_in_french(text: str, space: str = FAST) -> str:
    """Return a text in French as it is printed.

    Args:
        text: Words and marks, in French.
        space: What stands before a colon or semicolon and within guillemets.
    """
    elided = _QUE.sub(r"\1u'", text)
    quoted = elided.replace("« ", f"«{space}").replace(" »", f"{space}»")
    return _CLOSE.sub(rf"{space}\1", quoted)
