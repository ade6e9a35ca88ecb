"""The quorum: whose cosignatures make a checkpoint one that may be relied on.

It promises the whole of the C2SP policy format, and that a policy nobody can read lets
nothing pass. It verifies no signature; `valija.checkpoint` says who cosigned.

Source: C2SP tlog-policy; docs/envelope.md, section 4, Witnesses.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from valija.errors import MalformedError, ProofError
from valija.note import KeyType, NoteKey, parse_key

NONE = "none"
_MAX_BYTES = 1 << 18
_MAX_DEFINED = 256
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile("[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these must have witnessed.

    Attributes:
        least: How many, at least 1 and at most all.
        members: Names of witnesses and of groups defined before.
    """

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TlogPolicy:
    """Known logs, known witnesses, and the quorum among them.

    Attributes:
        logs: Keys of logs, named by their origins; empty where the anchor says them.
        witnesses: ML-DSA-44 keys by the policy's own names.
        groups: By name.
        quorum: Name of a witness or group, or `none`.
    """

    logs: tuple[NoteKey, ...]
    witnesses: Mapping[str, NoteKey]
    groups: Mapping[str, Group]
    quorum: str

    def require(self, cosigners: Collection[NoteKey]) -> None:
        """Check that enough witnesses cosigned.

        Args:
            cosigners: Keys whose cosignatures of one checkpoint stand.

        Raises:
            ProofError: They are too few.
        """
        if self.quorum != NONE and not self._witnessed(self.quorum, cosigners):
            raise ProofError("too few witnesses cosigned this checkpoint")

    def _witnessed(self, name: str, cosigners: Collection[NoteKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in cosigners
        group = self.groups[name]
        return group.least <= sum(self._witnessed(one, cosigners) for one in group.members)


def parse_policy(text: str) -> TlogPolicy:
    """Return the policy written in a text.

    Raises:
        MalformedError: A control character, an unknown line, a name defined twice or not
            before, a key twice or of a wrong type, or not exactly one quorum.
    """
    if len(text.encode()) > _MAX_BYTES or _CONTROL.search(text):
        raise MalformedError("a policy is text of at most 256 KiB")
    reader = _Reader()
    for line in text.split("\n"):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reader.read(words)
    return reader.policy()


class _Reader:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self._logs: list[NoteKey] = []
        self._witnesses: dict[str, NoteKey] = {}
        self._groups: dict[str, Group] = {}
        self._quorum: list[str] = []

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._logs.append(parse_key(vkey))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._witnesses[self._fresh(name)] = parse_key(vkey)
            case ["group", name, least, *members] if members:
                self._groups[self._fresh(name)] = self._group(least, members)
            case ["quorum", name]:
                self._quorum.append(name if name == NONE else self._known(name))
            case _:
                raise MalformedError("a policy has lines of log, witness, group and quorum")

    def policy(self) -> TlogPolicy:
        keys = [*self._logs, *self._witnesses.values()]
        if len({key.public for key in keys}) != len(keys):
            raise MalformedError("a policy names no key twice")
        if any(key.type is not KeyType.MLDSA44 for key in self._witnesses.values()):
            raise MalformedError("a witness signs with ML-DSA-44")
        if len(self._quorum) != 1:
            raise MalformedError("a policy has exactly one quorum")
        return TlogPolicy(tuple(self._logs), self._witnesses, self._groups, self._quorum[0])

    def _group(self, least: str, members: list[str]) -> Group:
        names = tuple(map(self._known, members))
        words = {"any": 1, "all": len(names)}
        number = words.get(least) or (int(least) if _NUMBER.fullmatch(least) else 0)
        if not 1 <= number <= len(names) or len(set(names)) != len(names):
            raise MalformedError("a group asks for some of its members, each named once")
        if any(name in group.members for group in self._groups.values() for name in names):
            raise MalformedError("a witness or group counts in one group only")
        return Group(number, names)

    def _fresh(self, name: str) -> str:
        taken = self._witnesses.keys() | self._groups.keys()
        if name == NONE or name in taken or len(taken) == _MAX_DEFINED:
            raise MalformedError("a policy defines each of its 256 names once")
        return name

    def _known(self, name: str) -> str:
        if name not in self._witnesses and name not in self._groups:
            raise MalformedError("a policy refers to what it defined before")
        return name
