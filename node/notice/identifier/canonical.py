"""The one form of an identifier: `scheme:country:value`.

It promises that two ways to write one identifier give one text, and that what fails its check
keeps its original under the scheme `unverified`, which consult never uses. The checks are
those of this folder's other modules; nothing is looked up anywhere.

Source: docs/content.md, "Identifiers".
"""

import re
from dataclasses import dataclass, field

from node.notice import country as countries
from valija.errors import MalformedError

UNVERIFIED = "unverified"
_SCHEME = re.compile(r"[a-z][a-z0-9]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier.

    Attributes:
        scheme: `curp`, `plate`, `iban` …, or `unverified`.
        country: Alpha-2; empty where the identifier belongs to no country.
        value: Compact; of an unverified one, as it was written.
    """

    scheme: str
    country: str
    value: str = field(repr=False)

    @property
    def verified(self) -> bool:
        """Tell whether it passed the check of its scheme, so that consult may use it."""
        return self.scheme != UNVERIFIED

    def __str__(self) -> str:
        """Return the canonical form."""
        return f"{self.scheme}:{self.country}:{self.value}"


def unverified(country: str, original: str) -> Identifier:
    """Return an identifier that failed its check, or has none, as it was written."""
    return Identifier(UNVERIFIED, country, original.strip())


def parse(text: str) -> Identifier:
    """Return the identifier that a canonical form says.

    Raises:
        MalformedError: It is no canonical form.
    """
    scheme, first, rest = text.partition(":")
    country, second, value = rest.partition(":")
    well = first and second and value and _SCHEME.fullmatch(scheme)
    if not well or (country and not countries.is_country(country)):
        raise MalformedError("not scheme:country:value")
    return Identifier(scheme, country, value)
