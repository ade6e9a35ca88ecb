"""Sets of points in words: the smallest circumstances, a sentence each, for a security officer.

It promises that a sentence says exactly the cube it was made of, in the words of the closed
lists. It does not choose the cubes; `policies.diagram` does.

Source: docs/policy.md, section 11 (what would newly be shared, as conditions in words).
"""

from collections.abc import Iterable, Mapping

from policies.space import SCALARS
from policies.vocabulary import LISTS

_WORDS = {
    "resource.Kind": "kind",
    "resource.Provenance": "from",
    "resource.Regime": "regime",
    "resource.Source": "source",
    "resource.Duty": "travelled duty",
    "resource.NoticeType": "notice",
    "principal.Agency": "recipient",
    "principal.State": "recipient's state",
    "case.s_agency": "sender",
    "basis": "basis",
}

_Labels = Mapping[str, tuple[frozenset[str], frozenset[str]]]


def told_of(cubes: Iterable[_Labels]) -> tuple[str, ...]:
    """Return the conditions of some cubes, a sentence each.

    Cubes that differ only in which member of a set is there become one: `basis tip or untoc`.
    """
    merged: dict[tuple[tuple[str, str], ...], dict[str, set[str]]] = {}
    for cube in cubes:
        single = next((n for n, (there, _) in cube.items() if _is_single(n, there)), "")
        others = ((name, values) for name, values in cube.items() if name != single)
        rest = tuple((name, _part(name, *values)) for name, values in others)
        members = merged.setdefault((("", single), *rest), {single: set()})
        members[single] |= cube[single][0] if single else set()
    return tuple(dict.fromkeys(_sentence(parts[1:], its) for parts, its in merged.items()))


def _is_single(label: str, there: frozenset[str]) -> bool:
    return label == "basis" and len(there) == 1


def _sentence(parts: Iterable[tuple[str, str]], members: Mapping[str, set[str]]) -> str:
    said = [text for _, text in parts]
    said += [f"{_name(label)} {_or(words)}" for label, words in members.items() if label]
    return "; ".join(said) or "always"


def _part(label: str, there: frozenset[str], absent: frozenset[str]) -> str:
    name = _name(label)
    words = frozenset(LISTS[SCALARS[label]]) if label in SCALARS else frozenset[str]()
    if len(there) > len(words) // 2 > 0:
        return f"{name} any but {_or(words - there)}"
    if words:
        return f"{name} {_or(there)}"
    said = [" and ".join(sorted(there))] if there else []
    said += [f"not {_or(absent)}"] if absent else []
    return f"{name} {', '.join(said)}"


def _name(label: str) -> str:
    owner = "subject's " if label.startswith("subject.") else ""
    return owner + (_WORDS.get(label) or label.rpartition(".")[2].replace("_", " "))


def _or(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))
