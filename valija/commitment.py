"""Facts, and the one commitment that binds all of them in every form they can take.

It promises that a commitment tells neither a fact nor how many there are: places are a
uniform permutation, empty places hold random bytes like hashes, salts have 192 bits. It does
not choose what a recipient may see (`node.preflight`) nor prove it (`valija.view`).

Source: docs/envelope.md, section 2 (1, 2).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256, shake_256
from secrets import token_bytes

from valija import canonical
from valija.errors import LimitError, MalformedError
from valija.ids import Digest
from valija.merkle import HASH_BYTES, leaf_hash, node_hash

SALT_BYTES = 24
SEED_BYTES = 32
SMALL, LARGE = 256, 1024
SIZES = (SMALL, LARGE)
"""Leaves a commitment may have."""
_LARGE_TYPES = frozenset({"network", "statistics"})

_FACT_DOMAIN = b"valija/v1 fact\0"
_NOTICE_DOMAIN = b"valija/v1 notice\0"
_DRAW_DOMAIN = b"valija/v1 draw\0"
_LENGTH_BYTES = 2
_PLACE_BYTES = 8
_NAME = "[a-z2-7]{8}"
_PATH = re.compile(f"{_NAME}/[A-Za-z][A-Za-z0-9_.:-]{{0,63}}(?:/{_NAME})?")


class Form(IntEnum):
    """How much of a field is shown; the numbers are the wire's. Omitted has none."""

    EXACT = 1
    GENERAL = 2
    PSEUDONYM = 3
    MARKER = 4


_FORMS = {bytes([form]): form for form in Form}


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one property in one form.

    Attributes:
        path: `handle/property`, or `handle/property/slot`.
        form: How much of it is shown.
        value: Its canonical JSON.
    """

    path: str
    form: Form
    value: bytes

    def to_bytes(self) -> bytes:
        """Return what is hashed: length of the path in two bytes, path, form, value."""
        path = self.path.encode()
        return len(path).to_bytes(_LENGTH_BYTES) + path + bytes([self.form]) + self.value

    @property
    def content(self) -> canonical.Json:
        """The value, read."""
        return canonical.parse(self.value)


def make_fact(path: str, form: Form, content: canonical.Value) -> Fact:
    """Return the fact that a path has a value in a form.

    Raises:
        MalformedError: The path is none (handles and slots are eight characters of base32
            in lower case), or the value has no canonical form.
    """
    return Fact(_checked(path), form, canonical.to_bytes(content))


def parse_fact(data: bytes) -> Fact:
    """Return the fact in its bytes.

    Raises:
        MalformedError: No path, no form of the four, or a value that is not canonical.
    """
    end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES])
    path, value = data[_LENGTH_BYTES:end], data[end + 1 :]
    form = _FORMS.get(data[end : end + 1])
    if form is None:
        raise MalformedError("a fact has a path, one of four forms, and a value")
    canonical.parse(value)
    # A path of ASCII only: what is not, decodes to something that no path has.
    return Fact(_checked(path.decode("ascii", "replace")), form, value)


def fact_leaf(salt: bytes, fact: bytes) -> Digest:
    """Return the leaf hash of a fact's bytes under its salt of 24 bytes."""
    return leaf_hash(_FACT_DOMAIN + salt + fact)


def size_for(notice_type: str) -> int:
    """Return how many leaves a notice of this type commits to: by type, never by content."""
    return LARGE if notice_type in _LARGE_TYPES else SMALL


def commitment_of(size: int, root: Digest) -> Digest:
    """Return the commitment to a tree of `size` leaves: what the label carries."""
    return Digest(sha256(_NOTICE_DOMAIN + size.to_bytes(2) + root).digest())


@dataclass(frozen=True, slots=True)
class Committed:
    """A notice's facts at their places, and the whole tree over them; it stays in the node.

    Attributes:
        facts: In the order they were given, each (path, form) once.
        places: Leaf of each, below the size.
        salts: Of each, 24 bytes.
        levels: All hashes of the tree, leaves first.
        seed: 32 bytes from which the same `facts` give the same commitment again.
    """

    facts: tuple[Fact, ...]
    places: tuple[int, ...]
    salts: tuple[bytes, ...]
    levels: tuple[tuple[Digest, ...], ...] = field(repr=False)
    seed: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.levels[0])

    @property
    def commitment(self) -> Digest:
        """What the label carries, 32 bytes."""
        return commitment_of(self.size, self.levels[-1][0])


def commit(facts: Sequence[Fact], size: int, seed: bytes | None = None) -> Committed:
    """Bind facts under one commitment; every version of a notice takes a fresh seed.

    Args:
        facts: Every form that every field can take.
        size: 256 or 1024, from `size_for`.
        seed: 32 secret bytes that salts, places and decoys are drawn from; by default
            fresh ones. Kept with the facts, it restores what was committed.

    Raises:
        MalformedError: Another size or seed, or a path has one form twice.
        LimitError: There are more facts than leaves: link a second notice.
    """
    seed = token_bytes(SEED_BYTES) if seed is None else seed
    if size not in SIZES or len(seed) != SEED_BYTES:
        raise MalformedError("a commitment has 256 or 1,024 leaves and a seed of 32 bytes")
    if len({(fact.path, fact.form) for fact in facts}) != len(facts):
        raise MalformedError("a path has each form once")
    if len(facts) > size:
        raise LimitError("the notice holds more facts than its type has leaves")
    places, salts, leaves = _draw(seed, len(facts), size)
    for place, salt, fact in zip(places, salts, facts, strict=True):
        leaves[place] = fact_leaf(salt, fact.to_bytes())
    return Committed(tuple(facts), places, salts, _levels(leaves), seed)


def _draw(
    seed: bytes, count: int, size: int
) -> tuple[tuple[int, ...], tuple[bytes, ...], list[Digest]]:
    """Return places, salts and decoys from one stream that only the seed's holder knows."""
    decoys_from = count * SALT_BYTES
    places_from = decoys_from + size * HASH_BYTES
    stream = shake_256(_DRAW_DOMAIN + seed).digest(places_from + count * _PLACE_BYTES)
    salts = _cut(stream[:decoys_from], SALT_BYTES)
    decoys = [Digest(hash_) for hash_ in _cut(stream[decoys_from:places_from], HASH_BYTES)]
    # Fisher and Yates; with 64 bits a draw, no place is likelier than another by 2^-54.
    order = list(range(size))
    for index, draw in enumerate(_cut(stream[places_from:], _PLACE_BYTES)):
        other = index + int.from_bytes(draw) % (size - index)
        order[index], order[other] = order[other], order[index]
    return tuple(order[:count]), salts, decoys


def _cut(data: bytes, length: int) -> tuple[bytes, ...]:
    return tuple(data[start : start + length] for start in range(0, len(data), length))


def _levels(leaves: list[Digest]) -> tuple[tuple[Digest, ...], ...]:
    levels = [tuple(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=True)
        levels.append(tuple(node_hash(left, right) for left, right in pairs))
    return tuple(levels)


def _checked(path: str) -> str:
    if _PATH.fullmatch(path) is None:
        raise MalformedError("a path is handle/property or handle/property/slot")
    return path
