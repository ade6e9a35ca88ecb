"""Signed notes and verifier keys."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valija.errors import MalformedError
from valija.note import KeyType, Line, NoteKey, parse_key, parse_note, write_note
from valija.signature import LogSecret

PUBLIC = LogSecret(bytes(64)).public
KEYS = [
    NoteKey("log.example/valija", KeyType.ED25519, PUBLIC[1312:]),
    NoteKey("ñ.example", KeyType.MLDSA44, PUBLIC[:1312]),
]
LINE = Line("log.example/valija", b"hash", b"value")
NOTE = "text\n\nmore\n\n— log.example/valija aGFzaHZhbHVl\n"


def test_a_note_is_read_as_it_was_written() -> None:
    note = parse_note(NOTE.encode())
    assert ("text\n\nmore\n", (LINE,)) == (note.text, note.lines)
    assert NOTE.encode() == note.to_bytes() == write_note(note.text, note.lines)


@pytest.mark.parametrize("key", KEYS)
def test_a_verifier_key_is_read_again(key: NoteKey) -> None:
    assert key == parse_key(key.to_text())


def test_a_line_is_by_the_key_whose_name_and_hash_it_bears() -> None:
    key = KEYS[0]
    assert Line(key.name, key.hash, b"value").is_by(key)
    assert not Line("another", key.hash, b"value").is_by(key)
    assert not Line(key.name, b"hash", b"value").is_by(key)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"\n\n\xe2\x80\x94 a aGFzaHZhbHVl\n",
        NOTE.encode()[:-1],
        NOTE.encode() + b"\n",
        NOTE.encode() + b"more\n",
        NOTE.replace("—", "-").encode(),
        NOTE.replace("text", "text\t").encode(),
        NOTE.replace("text", "text\r").encode(),
        NOTE.replace("aGFzaHZhbHVl", "aGFzaA==").encode(),
        NOTE.replace("aGFzaHZhbHVl", "aGFzaHZhbHV").encode(),
        NOTE.replace("aGFzaHZhbHVl", "aGFzaHZhbHX=").encode(),
        NOTE.replace("aGFzaHZhbHVl", "ñGFzaHZhbHVl").encode(),
        NOTE.replace("log.example/valija", "a+b").encode(),
        NOTE.replace("log.example/valija", "a\u00a0b").encode(),
        NOTE.replace("log.example/valija ", "a b ").encode(),
        NOTE.replace("log.example/valija ", "").encode(),
        NOTE.encode("latin-1", "replace").replace(b"text", b"\xff"),
        NOTE.encode() * 1 + ("— a aGFzaHZhbHVl\n" * 64).encode(),
        b"x" * 300_000,
    ],
)
def test_another_form_is_no_note(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_note(data)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_note_or_refused(data: bytes) -> None:
    signed = data + "\n\n— a aGFzaHZhbHVl\n".encode()
    try:
        note = parse_note(signed)
    except MalformedError:
        return
    assert signed == note.to_bytes()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("no newline", [LINE]),
        ("text\n", []),
        ("text\0\n", [LINE]),
        ("", [LINE]),
        ("a\n\n— b aGFzaHZhbHVl", [LINE]),
    ],
)
def test_what_would_not_be_read_is_not_written(text: str, lines: list[Line]) -> None:
    with pytest.raises(MalformedError):
        write_note(text, lines)


@pytest.mark.parametrize(
    ("name", "public"), [("", PUBLIC[1312:]), ("a b", PUBLIC[1312:]), ("a", PUBLIC[:1312])]
)
def test_a_key_that_no_note_can_name_is_refused(name: str, public: bytes) -> None:
    with pytest.raises(MalformedError):
        NoteKey(name, KeyType.ED25519, public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        "name+00000000+" + b64encode(b"\4" + PUBLIC[1312:]).decode(),
        "name+00000000+" + b64encode(b"\1" + PUBLIC[1312:]).decode(),
        "name+00000000+",
        "name+00000000+!",
        KEYS[0].to_text().replace("log.example", "other.example"),
        KEYS[0].to_text().upper(),
    ],
)
def test_another_text_is_no_verifier_key(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_key(text)
