"""Whether what somebody is charged with is on a state's list of offences.

It promises that a charge is never read as another offence because of how it is written: small
letters, blanks and hyphens are the same article, an article with a letter is of the article
without, and what is in no readable form, or has a listed number of some other statute, may be
on the list. What follows from it is the law's affair; the list is the registry's.

Source: docs/law.md, section 9 (offence.charges) and BR-CP-234B.
"""

import re
from collections.abc import Collection

_ARTICLE = re.compile(r"([A-Z]+)([0-9]+)[A-Z]*")
_BLANKS = re.compile(r"[\s-]")


def on_list(charges: Collection[str], listed: Collection[str]) -> str:
    """Return yes, no or unknown: whether one of `charges` is one of `listed`.

    Args:
        charges: As the prosecutor wrote them, `CP149A`.
        listed: As the registry writes them.
    """
    if not listed:
        return "no"
    found = {_one(charge, listed) for charge in charges}
    return next((answer for answer in ("yes", "unknown") if answer in found), "no")


def _one(charge: str, listed: Collection[str]) -> str:
    written = _BLANKS.sub("", charge).upper()
    article = _ARTICLE.fullmatch(written)
    if article is None:
        return "unknown"
    if written in listed or article[1] + article[2] in listed:
        return "yes"
    numbers = {known[2] for each in listed if (known := _ARTICLE.fullmatch(each))}
    return "unknown" if article[2] in numbers else "no"
