"""docs/envelope.md shows the wire as it is in proto/, message by message, field by field."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_WIRE = ROOT / "proto" / "valija" / "v1"
_BLOCK = re.compile(r"^```proto\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ONE = re.compile(r"(?:message|enum|service)\s+(\w+)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_NATIONAL = "gateway.proto"
"""A state's own door; no other state reads or writes it."""


def _parts(text: str) -> dict[str, frozenset[str]]:
    """Return the fields, values or calls of each message, enum and service."""
    plain = re.sub(r"//[^\n]*", "", text)
    return {
        name: frozenset(
            " ".join(part.split()) for part in re.split(r"[;{}]", body) if part.split()
        )
        for name, body in _ONE.findall(plain)
    }


def test_the_page_and_the_files_hold_the_same_messages() -> None:
    page = (ROOT / "docs" / "envelope.md").read_text(encoding="utf-8")
    files = [path for path in _WIRE.glob("*.proto") if path.name != _NATIONAL]
    shown = _parts("\n".join(_BLOCK.findall(page)))
    real = _parts("\n".join(path.read_text(encoding="utf-8") for path in sorted(files)))
    assert len(real) > 30
    assert real == shown
