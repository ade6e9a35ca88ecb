"""A broker is made to read or to forge what it carries.

It has no key, and it must have no code either: nothing that it runs can decrypt content, wrap
a key, or encrypt anything but its own key file.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNEL = sorted((ROOT / "valija").rglob("*.py"))
BROKER = sorted((ROOT / "broker").rglob("*.py"))
OPENING = ROOT / "valija" / "opening.py"
KEYFILE = ROOT / "valija" / "keyfile.py"
CIPHERS = (
    "cryptography.cobblestone",
    "cryptography.fernet",
    "cryptography.hazmat.primitives.hpke",
    "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.asymmetric.x25519",
    "nacl.secret",
    "nacl.public",
)


def imported(path: Path) -> Iterator[str]:
    """Yield every module, and every name of a module, that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def below(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*KERNEL, *BROKER], ids=below)
def test_only_opening_and_the_key_file_know_a_cipher(path: Path) -> None:
    if path in {OPENING, KEYFILE}:
        return
    assert not [name for name in imported(path) if name.startswith(CIPHERS)]


def test_opening_only_decrypts() -> None:
    names = {name for name in imported(OPENING) if name.startswith("cryptography.cobblestone.")}
    assert {"cryptography.cobblestone.Cobblestone256Decryptor"} == names
    assert "encrypt(" not in OPENING.read_text("utf-8")


@pytest.mark.parametrize("path", [*KERNEL, *BROKER], ids=below)
def test_nothing_that_a_broker_runs_imports_opening(path: Path) -> None:
    assert not [name for name in imported(path) if name.startswith("valija.opening")]


@pytest.mark.parametrize("path", BROKER, ids=below)
def test_no_code_of_a_node_is_within_reach(path: Path) -> None:
    assert not [name for name in imported(path) if name.partition(".")[0] == "node"]
