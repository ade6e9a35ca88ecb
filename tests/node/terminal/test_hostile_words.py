"""What is typed at a terminal, or lies in a token's file, that no node can take."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.__main__ import UNREADABLE, main
from node.gateway.caller import Caller
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.terminal import officer
from valija.certificate import make_certificate, to_pem
from valija.errors import MalformedError
from valija.ids import Desk
from valija.keyfile import Cost
from valija.statement import Role


@pytest.fixture
def node_toml(tmp_path: Path) -> Path:
    """Settings of a node that has been started once, and a token."""
    keys = tmp_path / "keys"
    keys.mkdir()
    made = make_certificate("valija gateway", datetime.now(UTC))  # noqa: TID251  # For TLS.
    (keys / "gateway.pem").write_bytes(to_pem(made.certificate))
    (tmp_path / "token").write_bytes(b"valija_" + b"a" * 52 + b"\n")
    settings = tmp_path / "node.toml"
    settings.write_text(
        'member = "AR"\ndesks = ["AR/police"]\nanchor = "a.json"\nstore = "sqlite:///n.db"\n'
        'keys = "keys"\npassphrase_file = "p"\ngateway = "127.0.0.1:9"\n'
        'broker = ["127.0.0.1:9"]\n'
    )
    return settings


def typed(node_toml: Path, *words: str) -> int:
    token = str(node_toml.parent / "token")
    return main([*words, "--config", str(node_toml), "--token-file", token])


WORDS = [
    ["inbox", "--after", "-1"],
    ["inbox", "--after", str(2**64)],
    ["drafts", "--limit", "-1"],
    ["drafts", "--limit", str(2**32)],
    ["drafts", "--after", "\udcff"],
    ["show", "\udcff", "--purpose", "prosecution"],
]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: repr(words)[:40])
def test_an_argument_that_no_message_holds_is_2_with_one_sentence(
    node_toml: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert UNREADABLE == typed(node_toml, *words)
    said = capsys.readouterr().err
    assert "an argument is no text or number that a node takes" in said
    assert 1 == len(said.splitlines())


@pytest.mark.parametrize(
    "token", [b"\xff\xfe", "tökén".encode(), b"two\nlines", b"a\x00b", b"\x1b[2J"]
)
def test_a_file_that_holds_no_token_is_2_and_asks_nobody(
    node_toml: Path, capsys: pytest.CaptureFixture[str], token: bytes
) -> None:
    (node_toml.parent / "token").write_bytes(token)
    assert UNREADABLE == typed(node_toml, "drafts")
    assert "token" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["1969-12-31", "0001-01-01", "tomorrow", "9999-99-99"])
def test_a_day_that_nobody_counts_is_malformed(day: str) -> None:
    caller = Caller("127.0.0.1:9", b"", "token")
    call, _ = officer._VERBS["approve"]
    words = Namespace(
        hold="ab" * 16, condition="x", no=False, reason="x", until=day, language="en"
    )
    with pytest.raises(MalformedError):
        officer._answer(call, caller, words)
    caller.close()


@pytest.mark.parametrize("verb", ["council", "oversight"])
def test_a_folder_without_the_key_that_signs_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    (tmp_path / "secret").write_bytes(b"an invented passphrase\n")
    files = KeyFile(KeyFolder(tmp_path), b"an invented passphrase", cost=Cost(1, 1))
    Keystore.create(files).generate([(Desk.parse("AR/state"), Role.WITNESS)], datetime.now(UTC))  # noqa: TID251  # As above.
    (tmp_path / "shown").write_bytes(b"")
    words = [verb, "endorse", str(tmp_path), str(tmp_path / "shown")]
    words += ["--passphrase-file", str(tmp_path / "secret"), "--out", str(tmp_path / "out")]
    assert 1 == main(words)
    assert "this folder holds no key of" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
