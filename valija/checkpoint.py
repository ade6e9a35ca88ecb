"""Checkpoints: how large the log is and what its root is, signed by the log and cosigned.

It promises that a `VerifiedCheckpoint` bears both signatures of the log, and that `grow`
lets a log only grow: another root at one size is a split view. Whether enough witnesses
cosigned is `valija.quorum`'s affair; this says which did.

Source: docs/envelope.md, section 4; C2SP tlog-checkpoint; C2SP tlog-cosignature, section
"ML-DSA-44 signed message".
"""

import re
import struct
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from valija.clock import Clock
from valija.errors import MalformedError, ProofError, SignatureError, SplitViewError
from valija.ids import Digest
from valija.merkle import HASH_BYTES, verify_consistency
from valija.note import KeyType, Line, Note, NoteKey, parse_note, write_note
from valija.signature import (
    MLDSA44_KEY_BYTES,
    LogSecret,
    verify_ed25519,
    verify_mldsa44,
)

MAX_SIZE = 2**63 - 1
_COSIGNED = b"subtree/v1\n\0"
_STAMP = struct.Struct(">Q")
_TREE = struct.Struct(f">QQ{HASH_BYTES}s")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_MAX_NAME = 255
_LINES = 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, size and root.

    Attributes:
        origin: Name of the log, 1 to 255 bytes, without blanks and plus signs.
        size: Number of leaves.
        root: RFC 6962 root over them.
    """

    origin: str
    size: int
    root: Digest

    def to_text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint under which both signatures of its log stand.

    Attributes:
        checkpoint: What they say.
        note: The exact bytes, signatures included.
        cosigners: Those of the asked witnesses whose cosignatures stand.
    """

    checkpoint: Checkpoint
    note: bytes
    cosigners: frozenset[NoteKey]


def log_keys(origin: str, public: bytes) -> tuple[NoteKey, NoteKey]:
    """Return the two keys that a log's 1344 bytes are in a note: Ed25519 and ML-DSA-44.

    Raises:
        MalformedError: Another length, or an origin that cannot name a key.
    """
    mldsa, ed25519 = public[:MLDSA44_KEY_BYTES], public[MLDSA44_KEY_BYTES:]
    return (
        NoteKey(origin, KeyType.ED25519, ed25519),
        NoteKey(origin, KeyType.MLDSA44, mldsa),
    )


def parse_checkpoint(note: Note) -> Checkpoint:
    """Return what a note says about a log, unverified.

    Raises:
        MalformedError: The text is not origin, size and root, or holds extension lines,
            which ML-DSA-44 would not sign.
    """
    lines = note.text.split("\n")
    if len(lines) != _LINES or not lines[0] or _SIZE.fullmatch(lines[1]) is None:
        raise MalformedError("a checkpoint is three lines: origin, size, root")
    try:
        root = a2b_base64(lines[2], strict_mode=True)
    except (Base64Error, ValueError) as cause:
        raise MalformedError("a checkpoint's root is base64") from cause
    found = Checkpoint(lines[0], int(lines[1]), Digest(root))
    if len(root) != HASH_BYTES or found.size > MAX_SIZE or found.to_text() != note.text:
        raise MalformedError("a checkpoint has one form, and a root of 32 bytes")
    return found


def sign_checkpoint(checkpoint: Checkpoint, secret: LogSecret, clock: Clock) -> bytes:
    """Return the note of a checkpoint with both signatures of its log.

    The caller never signs two roots for one size: its tree is a function of the log topic.

    Raises:
        MalformedError: The origin cannot name a key.
    """
    ed25519, mldsa = log_keys(checkpoint.origin, secret.public)
    text = checkpoint.to_text()
    plain = Line(ed25519.name, ed25519.hash, secret.sign_ed25519(text.encode()))
    stamped = cosign(checkpoint, mldsa, secret.sign_mldsa, clock)
    return write_note(text, (plain, stamped))


def cosign(
    checkpoint: Checkpoint, key: NoteKey, sign: Callable[[bytes], bytes], clock: Clock
) -> Line:
    """Return the line by which a key says it has seen no larger tree of this log.

    Args:
        checkpoint: What it says so of.
        key: Name and ML-DSA-44 public key.
        sign: Signs bytes under that key, without context.
        clock: Tells when.

    Raises:
        MalformedError: Origin or name have more than 255 bytes.
    """
    at = int(clock.now().timestamp())
    value = sign(_cosigned(checkpoint, key.name, at))
    return Line(key.name, key.hash, _STAMP.pack(at) + value)


def verify_checkpoint(
    data: bytes, origin: str, publics: Sequence[bytes], witnesses: Sequence[NoteKey] = ()
) -> VerifiedCheckpoint:
    """Return a note's checkpoint once both signatures of its log stand.

    Args:
        data: The note.
        origin: Of the log that is followed.
        publics: Keys it may sign with, 1344 bytes each; one of them suffices.
        witnesses: Keys whose cosignatures count; lines of others are ignored.

    Raises:
        MalformedError: It is no note, or no checkpoint.
        ProofError: Another log, a signature of the log is missing or false, or a known
            witness's is false.
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint(note)
    if checkpoint.origin != origin:
        raise ProofError("this checkpoint is another log's")
    pairs = [log_keys(origin, public) for public in publics]
    signers = _standing(note, checkpoint, [key for pair in pairs for key in pair])
    if not any(signers.issuperset(pair) for pair in pairs):
        raise ProofError("a checkpoint bears both signatures of its log")
    return VerifiedCheckpoint(checkpoint, data, _standing(note, checkpoint, witnesses))


def grow(
    previous: VerifiedCheckpoint | None, after: VerifiedCheckpoint, path: Sequence[Digest]
) -> VerifiedCheckpoint:
    """Return the later checkpoint once it is proven to continue the earlier one.

    Args:
        previous: Newest verified so far; None at the very first, which stands on its
            signatures alone.
        after: The one that arrived.
        path: Consistency proof between them; empty at equal sizes, and from size 0 or None.

    Raises:
        SplitViewError: Two roots for one size: alarm, stop, never retry.
        ProofError: The log shrank, or the proof does not hold.
    """
    if previous is None or previous.checkpoint.size == 0:
        if path:
            raise ProofError("nothing proves that a log began")
        return after
    old, new = previous.checkpoint, after.checkpoint
    if old.origin != new.origin or new.size < old.size:
        raise ProofError("a log grows, and keeps its name")
    if new.size == old.size and new.root != old.root:
        raise SplitViewError("the log signed two roots for one size")
    verify_consistency(old.size, new.size, old.root, new.root, path)
    return after


def _standing(
    note: Note, checkpoint: Checkpoint, keys: Sequence[NoteKey]
) -> frozenset[NoteKey]:
    """Return the keys that signed; a false signature under a known key spoils the note."""
    found = [(line, key) for key in keys for line in note.lines if line.is_by(key)]
    try:
        for line, key in found:
            _verify_line(note, checkpoint, line, key)
    except SignatureError as cause:
        raise ProofError("a signature of the checkpoint is false") from cause
    return frozenset(key for _, key in found)


def _verify_line(note: Note, checkpoint: Checkpoint, line: Line, key: NoteKey) -> None:
    if key.type is KeyType.ED25519:
        verify_ed25519(key.public, note.text.encode(), line.value)
        return
    if len(line.value) < _STAMP.size:
        raise SignatureError("a cosignature begins with its time")
    (at,) = _STAMP.unpack_from(line.value)
    message = _cosigned(checkpoint, key.name, at)
    verify_mldsa44(key.public, message, line.value[_STAMP.size :])


def _cosigned(checkpoint: Checkpoint, name: str, at: int) -> bytes:
    tree = _TREE.pack(0, checkpoint.size, checkpoint.root)
    return _COSIGNED + _short(name) + _STAMP.pack(at) + _short(checkpoint.origin) + tree


def _short(text: str) -> bytes:
    data = text.encode()
    if len(data) > _MAX_NAME:
        raise MalformedError("names of logs and witnesses have at most 255 bytes")
    return bytes([len(data)]) + data
