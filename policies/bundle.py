"""A bundle: one state's rules, or the treaty layer's, under one hash.

It promises that two bundles with one hash decide alike: the hash covers rules, registry,
schema, vocabulary and the engine's version. It does not sign a bundle nor say whose is in
force; the log does, by a PolicyBundleStatement that names this hash.

Source: docs/policy.md, section 13.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version

from policies import vocabulary
from policies.answer import FORMS
from policies.rule import Rule
from policies.syntax import Fault, read_rules
from valija import canonical
from valija.errors import MalformedError
from valija.ids import Digest

TREATY = "treaty"
REGISTRY = "registry.toml"
SCHEMA, ROWS, WORDS = "schema.cedarschema", "rows.jsonl", "words.tsv"
_SIDES = re.compile(r"(?P<name>[^/]+)/(?P<side>send|receive)(_[a-z0-9_]+)?\.cedar")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One state's law as it was read.

    Attributes:
        name: The state's code, or `treaty`.
        digest: Hash of its manifest, 32 bytes.
        send: Rules asked when the state releases.
        receive: Rules asked before an act of the receiving state; may be none.
    """

    name: str
    digest: Digest
    send: tuple[Rule, ...]
    receive: tuple[Rule, ...]


def text_of(body: bytes) -> str:
    """Return a file of the law as text with line feeds only.

    Raises:
        MalformedError: It is not UTF-8.
    """
    try:
        return body.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as cause:
        raise MalformedError("a file of the law is not UTF-8") from cause


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of a bundle as canonical JSON.

    Args:
        files: Bodies by path below the folder of laws; the schema stands among them.

    Raises:
        MalformedError: A file is not UTF-8.
    """
    hashes = {path: sha256(text_of(body).encode()).hexdigest() for path, body in files.items()}
    document: canonical.Value = {
        "files": hashes,
        "engine": f"cedarpy {version('cedarpy')}",
        "vocabulary": _vocabulary(),
    }
    return canonical.to_bytes(document)


def _vocabulary() -> str:
    lists = {name: list(words) for name, words in vocabulary.LISTS.items()}
    classes = {name: sorted(kinds) for name, kinds in vocabulary.CLASSES.items()}
    circles = {name: sorted(agencies) for name, agencies in vocabulary.CIRCLES.items()}
    forms = {kind: [form.name for form in taken] for kind, taken in FORMS.items()}
    said: canonical.Value = [lists, classes, circles, dict(vocabulary.LANES), forms]
    return sha256(canonical.to_bytes(said)).hexdigest()


def side_of(path: str) -> tuple[str, str]:
    """Return bundle and side (`send`, `receive`) of a rule file; two empty words for others."""
    found = _SIDES.fullmatch(path)
    return (found["name"], found["side"]) if found else ("", "")


def parts_of(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that make the bundle `name`, and the schema."""
    return {
        path: body
        for path, body in files.items()
        if side_of(path)[0] == name or path in {f"{name}/{REGISTRY}", SCHEMA}
    }


def names_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the bundles that a folder holds, in order."""
    sides = map(side_of, paths)
    return tuple(sorted({name for name, side in sides if side == "send"}))


def read_bundle(name: str, files: Mapping[str, bytes]) -> tuple[Bundle, tuple[Fault, ...]]:
    """Return one bundle and the faults of the rules in it that do not read.

    Args:
        name: A state's code or `treaty`.
        files: Bodies by path below the folder of laws.

    Raises:
        MalformedError: A file is not UTF-8.
    """
    parts = parts_of(name, files)
    rules: dict[str, list[Rule]] = {"send": [], "receive": []}
    faults: list[Fault] = []
    for path in sorted(parts):
        side = side_of(path)[1]
        if side:
            found, wrong = read_rules(path, text_of(parts[path]))
            rules[side].extend(found)
            faults.extend(wrong)
    digest = Digest(sha256(manifest(parts)).digest())
    return Bundle(name, digest, tuple(rules["send"]), tuple(rules["receive"])), tuple(faults)
