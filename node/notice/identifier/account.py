"""Accounts and wallets: IBAN, BIC, CBU, CLABE, LEI, cards, Bitcoin, Ethereum.

It promises the compact form with every check the scheme has; what has none is kept raw and
`unverified`.

Source: ISO 13616, ISO 9362, ISO 17442; BCRA (CBU); Banco de México (CLABE: weights 3-7-1);
ISO/IEC 7812 (cards); python-stdnum.
"""

import re

from stdnum import bic as bic_number
from stdnum import bitcoin, lei, luhn
from stdnum import iban as iban_number
from stdnum.ar import cbu as cbu_number
from stdnum.exceptions import ValidationError

from node.notice.folding import compact
from node.notice.identifier.canonical import Identifier, unverified

_CLABE = re.compile(r"\d{18}", re.ASCII)
_CLABE_WEIGHTS = (3, 7, 1)
_CARD = re.compile(r"3\d{13,14}|[3-6]\d{15}|[4-6]\d{12}|[4-6]\d{18}", re.ASCII)
_ETHEREUM = re.compile(r"0x[0-9a-f]{40}", re.ASCII)


def iban(text: str) -> Identifier:
    """Return an IBAN; `unverified` if its check digits or its length are wrong."""
    try:
        plain = str(iban_number.compact(iban_number.validate(text)))
    except ValidationError:
        return unverified("", text)
    return Identifier("iban", plain[:2], plain)


def bic(text: str) -> Identifier:
    """Return a BIC of 8 or 11 characters; `unverified` if it is none."""
    try:
        plain = str(bic_number.compact(bic_number.validate(text)))
    except ValidationError:
        return unverified("", text)
    return Identifier("bic", plain[4:6], plain)


def clabe(text: str) -> Identifier:
    """Return a CLABE, 18 digits; `unverified` if its last digit is wrong."""
    plain = compact(text)
    if _CLABE.fullmatch(plain) is None:
        return unverified("MX", text)
    products = (int(d) * _CLABE_WEIGHTS[n % 3] % 10 for n, d in enumerate(plain[:-1]))
    if (10 - sum(products) % 10) % 10 != int(plain[-1]):
        return unverified("MX", text)
    return Identifier("clabe", "MX", plain)


def cbu(text: str) -> Identifier:
    """Return a CBU, 22 digits; `unverified` if a check digit is wrong."""
    try:
        return Identifier("cbu", "AR", str(cbu_number.compact(cbu_number.validate(text))))
    except ValidationError:
        return unverified("AR", text)


def card(text: str) -> Identifier:
    """Return a payment card of 13 to 19 digits with Luhn; `unverified` if it is none."""
    plain = compact(text)
    if _CARD.fullmatch(plain) and luhn.is_valid(plain):
        return Identifier("card", "", plain)
    return unverified("", text)


def lei_code(text: str) -> Identifier:
    """Return a legal entity identifier, 20 characters; `unverified` if its check fails."""
    try:
        return Identifier("lei", "", str(lei.compact(lei.validate(text))))
    except ValidationError:
        return unverified("", text)


def wallet(text: str) -> Identifier:
    """Return a Bitcoin or Ethereum address; any other chain's is raw and `unverified`."""
    lowered = text.strip().lower()
    if _ETHEREUM.fullmatch(lowered):
        return Identifier("ethereum", "", lowered)
    try:
        return Identifier("bitcoin", "", str(bitcoin.compact(bitcoin.validate(text))))
    except ValidationError:
        return unverified("", text)
