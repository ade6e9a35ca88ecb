"""Mail addresses, user accounts, and full name with full birth date.

It promises the form used for matching, and that a name matches by machine only together with
a full date: names alone never do, for true and false pairs score alike.

Source: docs/content.md, "Identifiers"; RFC 5890 (IDNA).
"""

import idna

from node.notice import partial
from node.notice.folding import latin_tokens
from node.notice.identifier.canonical import Identifier, unverified


def mail(text: str) -> Identifier:
    """Return a mail address in lower case, its domain by IDNA; `unverified` if it is none."""
    local, at, domain = text.strip().lower().rpartition("@")
    if not (at and local and "." in domain) or any(char.isspace() for char in local):
        return unverified("", text)
    try:
        return Identifier("mail", "", f"{local}@{idna.encode(domain).decode()}")
    except idna.IDNAError:
        return unverified("", text)


def account(service: str, username: str) -> Identifier:
    """Return a user account: service and name without `@`, both in lower case."""
    name = username.strip().removeprefix("@").lower()
    return Identifier("account", "", f"{service.strip().lower()}/{name}")


def person(full_name: str, born: str) -> Identifier | None:
    """Return name with birth date; None where the date is not full or no name is left.

    The name is NFKC, in Latin letters, upper case, its words sorted.
    """
    tokens = latin_tokens(full_name)
    if not tokens or not partial.is_date(born) or not partial.parse(born).full:
        return None
    return Identifier("person", "", f"{tokens}/{born}")
