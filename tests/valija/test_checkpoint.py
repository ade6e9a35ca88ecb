"""Checkpoints: signing, verifying, growing."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from valija.checkpoint import (
    Checkpoint,
    VerifiedCheckpoint,
    cosign,
    grow,
    log_keys,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from valija.errors import MalformedError, ProofError, SplitViewError
from valija.ids import Digest
from valija.merkle import Tree, leaf_hash
from valija.note import KeyType, Line, Note, NoteKey, parse_note, write_note
from valija.signature import LogSecret, WitnessSecret

ORIGIN = "log.example/valija"
LOG, OTHER = LogSecret(bytes(64)), LogSecret(bytes([1] * 64))
WITNESS = WitnessSecret(bytes([2] * 32))
WITNESS_KEY = NoteKey("witness.example", KeyType.MLDSA44, WITNESS.public)
TREE = Tree([leaf_hash(bytes([at])) for at in range(9)])


@dataclass(frozen=True)
class Fixed:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


CLOCK = Fixed()


def checkpoint(size: int, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, TREE.root(size))


def signed(size: int) -> bytes:
    return sign_checkpoint(checkpoint(size), LOG, CLOCK)


def verified(size: int) -> VerifiedCheckpoint:
    return verify_checkpoint(signed(size), ORIGIN, [LOG.public])


NOTE = parse_note(signed(9))


def test_a_checkpoint_stands_under_both_keys_of_its_log() -> None:
    found = verified(9)
    assert checkpoint(9) == found.checkpoint
    assert frozenset() == found.cosigners
    assert 2 == len(NOTE.lines)
    assert [64, 8 + 2420] == [len(line.value) for line in NOTE.lines]


def test_one_of_several_keys_of_the_log_suffices() -> None:
    keys = [OTHER.public, LOG.public]
    assert checkpoint(9) == verify_checkpoint(signed(9), ORIGIN, keys).checkpoint


@pytest.mark.parametrize(
    "lines",
    [
        NOTE.lines[:1],
        NOTE.lines[1:],
        (NOTE.lines[0], Line(ORIGIN, b"hash", NOTE.lines[1].value)),
        (Line(ORIGIN, NOTE.lines[0].hash, bytes(64)), NOTE.lines[1]),
        (NOTE.lines[0], Line(ORIGIN, NOTE.lines[1].hash, bytes(2428))),
        (NOTE.lines[0], Line(ORIGIN, NOTE.lines[1].hash, bytes(7))),
        (*NOTE.lines, Line(ORIGIN, NOTE.lines[0].hash, bytes(64))),
    ],
    ids=["ed25519", "mldsa", "unknown", "false", "false_mldsa", "short", "two"],
)
def test_a_missing_or_false_signature_of_the_log_is_refused(lines: tuple[Line, ...]) -> None:
    with pytest.raises(ProofError):
        verify_checkpoint(write_note(NOTE.text, lines), ORIGIN, [LOG.public])


def test_halves_of_two_logs_make_no_checkpoint() -> None:
    other = parse_note(sign_checkpoint(checkpoint(9), OTHER, CLOCK))
    mixed = write_note(NOTE.text, (NOTE.lines[0], other.lines[1]))
    with pytest.raises(ProofError):
        verify_checkpoint(mixed, ORIGIN, [LOG.public, OTHER.public])


@pytest.mark.parametrize("keys", [[], [OTHER.public]])
def test_another_logs_key_lets_nothing_pass(keys: list[bytes]) -> None:
    with pytest.raises(ProofError):
        verify_checkpoint(signed(9), ORIGIN, keys)


def test_another_origin_is_another_log() -> None:
    note = sign_checkpoint(checkpoint(9, "other.example"), LOG, CLOCK)
    with pytest.raises(ProofError):
        verify_checkpoint(note, ORIGIN, [LOG.public])


def test_no_time_of_a_signature_can_be_changed() -> None:
    line = NOTE.lines[1]
    later = Line(line.name, line.hash, bytes(8) + line.value[8:])
    with pytest.raises(ProofError):
        verify_checkpoint(write_note(NOTE.text, (NOTE.lines[0], later)), ORIGIN, [LOG.public])


def with_witness(line: Line) -> bytes:
    return write_note(NOTE.text, (*NOTE.lines, line))


def test_a_known_witness_is_named_and_others_are_ignored() -> None:
    note = with_witness(cosign(checkpoint(9), WITNESS_KEY, WITNESS.sign, CLOCK))
    keys = [LOG.public]
    assert frozenset() == verify_checkpoint(note, ORIGIN, keys).cosigners
    found = verify_checkpoint(note, ORIGIN, keys, [WITNESS_KEY])
    assert frozenset([WITNESS_KEY]) == found.cosigners


@pytest.mark.parametrize(
    "line",
    [
        cosign(checkpoint(8), WITNESS_KEY, WITNESS.sign, CLOCK),
        cosign(checkpoint(9, "other.example"), WITNESS_KEY, WITNESS.sign, CLOCK),
        Line(WITNESS_KEY.name, WITNESS_KEY.hash, bytes(2428)),
    ],
    ids=["size", "origin", "zeros"],
)
def test_a_false_cosignature_of_a_known_witness_spoils_the_note(line: Line) -> None:
    with pytest.raises(ProofError):
        verify_checkpoint(with_witness(line), ORIGIN, [LOG.public], [WITNESS_KEY])


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n9\n",
        f"\n9\n{ROOT}\n",
        f"{ORIGIN}\n09\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT}\n",
        f"{ORIGIN}\n9\n{ROOT}\nextension\n",
        f"{ORIGIN}\n9\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n9\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n9\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        f"{ORIGIN}\n9\nñ\n",
        f"{ORIGIN}\n\u0669\n{ROOT}\n",
    ],
)
def test_another_text_is_no_checkpoint(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(Note(text, NOTE.lines))


def test_an_origin_too_long_for_a_cosignature_is_refused() -> None:
    with pytest.raises(MalformedError):
        sign_checkpoint(Checkpoint("x" * 256, 0, TREE.root(0)), LOG, CLOCK)


def test_a_key_of_another_length_is_no_logs() -> None:
    with pytest.raises(MalformedError):
        log_keys(ORIGIN, LOG.public[:-1])


def test_a_log_grows() -> None:
    path = TREE.consistency(4, 9)
    assert verified(9).checkpoint == grow(verified(4), verified(9), path).checkpoint
    assert verified(9).checkpoint == grow(verified(9), verified(9), ()).checkpoint


def test_the_first_checkpoint_stands_on_its_signatures() -> None:
    assert verified(9).checkpoint == grow(None, verified(9), ()).checkpoint
    assert verified(9).checkpoint == grow(verified(0), verified(9), ()).checkpoint
    with pytest.raises(ProofError):
        grow(None, verified(9), TREE.consistency(4, 9))


def test_two_roots_for_one_size_are_a_split_view() -> None:
    forged = Checkpoint(ORIGIN, 9, Digest(bytes(32)))
    other = verify_checkpoint(sign_checkpoint(forged, LOG, CLOCK), ORIGIN, [LOG.public])
    with pytest.raises(SplitViewError):
        grow(verified(9), other, ())


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: grow(verified(9), verified(4), TREE.consistency(4, 9)),
        lambda: grow(verified(4), verified(9), ()),
        lambda: grow(verified(4), verified(9), TREE.consistency(5, 9)),
        lambda: grow(
            VerifiedCheckpoint(checkpoint(4, "other.example"), b"", frozenset()),
            verified(9),
            TREE.consistency(4, 9),
        ),
    ],
    ids=["rollback", "unproven", "other_proof", "other_log"],
)
def test_a_log_that_did_not_grow_is_refused(attempt: Callable[[], object]) -> None:
    with pytest.raises(ProofError):
        attempt()
