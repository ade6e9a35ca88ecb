"""How a page in French is set: spaces that do not break, and `que` before a vowel.

It promises to change no word but `que`, which loses its e before a vowel. Colon and
semicolon stand off from their word and guillemets from what they hold, by a space at which no
line ends. Words come from `policies.words`, lines from `policies.table`.

Source: Imprimerie nationale, Lexique des règles typographiques (ponctuation, élision).
"""

import re

_FAST = "\N{NO-BREAK SPACE}"
_CLOSE = re.compile(r"(?<=[^\s|]) ?([:;])(?=\s)")
_QUE = re.compile(r"\b([Qq])ue (?=[aeiouàâéèêëîïôûAEIOUÀÂÉÈÊËÎÏÔÛ])")


def set_in_french(text: str) -> str:
    """Return a text in French as it is printed."""
    elided = _QUE.sub(r"\1u'", text)
    quoted = elided.replace("« ", f"«{_FAST}").replace(" »", f"{_FAST}»")
    return _CLOSE.sub(rf"{_FAST}\1", quoted)
