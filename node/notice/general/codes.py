"""General forms of codes: offences, industries, platforms, means of control.

It promises that a code folds by a table of ours or gives nothing: a local code, which nobody
here understands, gives nothing.

Source: docs/content.md, "Fields and their general forms"; ICCS 1.0; ISIC Rev. 4; Palermo
Protocol art. 3 (a).
"""

from node.notice import value
from node.notice.codelist import code_list, folds, isic_section
from node.notice.general.setting import Setting
from node.notice.value import Json

_ICCS_DIGITS = 4


def iccs(found: Json, _: Setting) -> Json:
    """Return the first four digits of an offence."""
    known = value.part(found, "code")
    if value.part(found, "scheme") != "iccs" or not known.isdigit():
        return None
    return value.code("iccs", known[:_ICCS_DIGITS])


def isic(found: Json, _: Setting) -> Json:
    """Return the ISIC section of an industry: its letter."""
    scheme, known = value.part(found, "scheme"), value.part(found, "code")
    if scheme == "isic4":
        letter = isic_section(int(known)) if known.isdigit() else known[:1]
    elif scheme == "htcds":
        letter = known.partition("_")[0]
    else:
        return None
    in_list = code_list("industry").schemes.get(letter) == "isic4"
    return value.code("isic4", letter) if in_list else None


def platform(found: Json, _: Setting) -> Json:
    """Return the kind of a platform: social network, messaging, advertising, other."""
    return _folded(found, "platform", "platform_kind")


def means(found: Json, _: Setting) -> Json:
    """Return the means of the Palermo Protocol that a method of control is."""
    return _folded(found, "means", "means_kind")


def status(found: Json, _: Setting) -> Json:
    """Return that somebody is a possible or an actual victim, and not which."""
    options = ("ActualVictimOfTrafficking", "PossibleVictimOfTrafficking")
    both = value.merged(value.code("htcds", one) for one in options)
    return both if value.codes(found) & set(options) else None


def need(found: Json, _: Setting) -> Json:
    """Return that help is needed, and not which."""
    general = value.code("valija", "needs_help")
    return general if value.is_code(found) else None


def _folded(found: Json, table: str, into: str) -> Json:
    if value.part(found, "scheme") == "valija" and code_list(into).holds(found):
        return value.bare(found)
    if value.part(found, "scheme") != "htcds":
        return None
    kind = folds(table).get(value.part(found, "code"))
    return value.code("valija", kind) if kind else None
