"""Travel documents: the machine-readable zone and its check digits.

It promises that a zone is verified only if every check digit in it is right, and that the
canonical form drops fillers. Whose document it is, nobody asks here.

Source: ICAO Doc 9303, parts 3 (check digits 7-3-1), 4 (TD3), 5 (TD1) and 6 (TD2).
"""

import re
from dataclasses import dataclass, field

from node.notice.identifier.canonical import Identifier
from valija.errors import MalformedError, VerificationError

_WEIGHTS = (7, 3, 1)
_ZONE = re.compile(r"[A-Z0-9<]+", re.ASCII)
_TD3, _TD1, _TD2 = 44, 30, 36


@dataclass(frozen=True, slots=True)
class Zone:
    """What a machine-readable zone says.

    Attributes:
        type: `P`, `I`, `V` …, without fillers.
        state: ICAO code of the issuing state, without fillers; empty where no line has it.
        number: Without fillers.
        nationality: ICAO code, without fillers.
        born: YYMMDD as written.
        expires: YYMMDD as written.
    """

    type: str
    state: str
    number: str = field(repr=False)
    nationality: str
    born: str = field(repr=False)
    expires: str = field(repr=False)

    @property
    def identifier(self) -> Identifier:
        """Return the canonical form, `passport` or `document`; no alpha-2 is invented."""
        scheme = "passport" if self.type.startswith("P") else "document"
        return Identifier(scheme, "", f"{self.state}{self.number}")


def check_digit(text: str) -> str:
    """Return the check digit of characters A-Z, 0-9 and fillers: weights 7, 3, 1, modulo 10."""
    values = (int(char, 36) if char != "<" else 0 for char in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def parse_zone(text: str) -> Zone:
    """Return what a zone of one to three lines says, every check digit verified.

    A passport's second line alone is enough.

    Raises:
        MalformedError: It has none of the lengths of ICAO 9303.
        VerificationError: A check digit is wrong.
    """
    lines = text.upper().split()
    if not all(_ZONE.fullmatch(line) for line in lines):
        raise MalformedError("a zone has letters, digits and fillers only")
    lengths = [len(line) for line in lines]
    if lengths in ([_TD3], [_TD3, _TD3]):
        return _td3(lines)
    if lengths == [_TD2, _TD2]:
        return _td2(lines)
    if lengths in ([_TD1, _TD1], [_TD1, _TD1, _TD1]):
        return _td1(lines)
    raise MalformedError("the lines have none of the lengths of ICAO 9303")


def _td3(lines: list[str]) -> Zone:
    second = lines[-1]
    _check(second[0:9], second[9])
    _check(second[13:19], second[19])
    _check(second[21:27], second[27])
    if second[42] != "<":
        _check(second[28:42], second[42])
    _check(second[0:10] + second[13:20] + second[21:43], second[43])
    first = lines[0] if len(lines) > 1 else "P<" + second[10:13]
    return _zone(first, second[0:9], second[10:13], second[13:19], second[21:27])


def _td2(lines: list[str]) -> Zone:
    first, second = lines
    _check(second[0:9], second[9])
    _check(second[13:19], second[19])
    _check(second[21:27], second[27])
    _check(second[0:10] + second[13:20] + second[21:35], second[35])
    return _zone(first, second[0:9], second[10:13], second[13:19], second[21:27])


def _td1(lines: list[str]) -> Zone:
    first, second = lines[0], lines[1]
    _check(first[5:14], first[14])
    _check(second[0:6], second[6])
    _check(second[8:14], second[14])
    _check(first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29])
    return _zone(first, first[5:14], second[15:18], second[0:6], second[8:14])


def _zone(first: str, number: str, nationality: str, born: str, expires: str) -> Zone:
    plain = [part.replace("<", "") for part in (first[0:2], first[2:5], number, nationality)]
    return Zone(plain[0], plain[1], plain[2], plain[3], born, expires)


def _check(text: str, digit: str) -> None:
    expected = check_digit(text)
    if digit != expected and not (digit == "<" and expected == "0" and set(text) == {"<"}):
        raise VerificationError("a check digit of the zone is wrong")
