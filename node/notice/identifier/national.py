"""National and tax numbers of the Americas.

It promises the compact form with its check digit verified, for the schemes in `SCHEMES`; a
number of a state without a known check is kept raw and `unverified`. Of which person it is,
nobody asks here.

Source: docs/content.md, "Identifiers"; algorithms of python-stdnum, the only module that
imports its country packages.
"""

from collections.abc import Mapping
from types import MappingProxyType

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from node.notice.identifier.canonical import Identifier, unverified

SCHEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AR": ("cuit", "dni"),
        "BR": ("cpf", "cnpj"),
        "CA": ("sin", "bn"),
        "CL": ("rut",),
        "CO": ("nit",),
        "CR": ("cpf", "cpj", "cr"),
        "CU": ("ni",),
        "DO": ("cedula", "rnc"),
        "EC": ("ci", "ruc"),
        "GT": ("nit",),
        "MX": ("curp", "rfc"),
        "PE": ("cui", "ruc"),
        "PY": ("ruc",),
        "SV": ("nit",),
        "US": ("ssn", "ein", "itin"),
        "UY": ("rut",),
        "VE": ("rif",),
    }
)
"""Schemes of each state, in the order they are tried."""
CHECKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AR": ("cuit",),
        "BR": ("cpf", "cnpj"),
        "CA": ("sin", "bn"),
        "CL": ("rut",),
        "CU": ("ni",),
        "DO": ("cedula", "rnc"),
        "EC": ("ci", "ruc"),
        "MX": ("curp",),
        "PE": ("ruc",),
        "UY": ("rut",),
        "VE": ("rif",),
    }
)
"""Those whose check digit makes a chance match unlikely: the free-text scan looks for them."""


def read(text: str, country: str, scheme: str = "") -> Identifier:
    """Return the identifier a number is in a state, verified if one of its schemes verifies.

    Args:
        text: As written.
        country: Alpha-2 of the state that gave it.
        scheme: The scheme if it is known; empty: each of the state's is tried.
    """
    for name in (scheme,) if scheme else SCHEMES.get(country, ()):
        value = verified(text, country, name)
        if value:
            return Identifier(name, country, value)
    return unverified(country, text)


def verified(text: str, country: str, scheme: str) -> str:
    """Return the compact number if it verifies under one scheme of a state; empty otherwise."""
    if scheme not in SCHEMES.get(country, ()):
        return ""
    module = get_cc_module(country.lower(), scheme)
    if module is None:
        return ""
    try:
        return str(module.compact(module.validate(text)))
    except ValidationError:
        return ""
