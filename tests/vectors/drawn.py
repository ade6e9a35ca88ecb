"""What chance has a part in: signatures, wrapped keys, ciphertexts, key files.

They cannot be made again byte for byte, so `own/drawn.json` keeps one of each, made by our
own code from fixed keys, and the other vectors follow from it.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from node.keystore.privatekey import PrivateKey, restore
from node.sealing import Recipient, seal
from valija.checkpoint import Checkpoint, sign_checkpoint
from valija.head import Head
from valija.ids import ZERO_DIGEST, Desk, Digest, Member, Office, key_id
from valija.keyfile import Cost, seal_keys
from valija.signature import BATCH_CONTEXT, CompositeSecret, LogSecret
from valija.statement import Role

OWN = Path(__file__).parent / "own"
SENDER = Desk(Member("AR"), Office.POLICE)
PEER = Desk(Member("BR"), Office.POLICE)
SIGNER = CompositeSecret(bytes(range(64)))
LOG = LogSecret(bytes(range(64, 128)))
ORIGIN = "valija.example/log"
CHECKPOINT = Checkpoint(ORIGIN, 3, Digest(bytes(range(32))))
TERMS, CONTENT = b"invented terms", b"an invented notice"
SECRET, PASSPHRASE = b"invented keys", b"an invented passphrase"


class Fixed:
    """A clock that stands."""

    def now(self) -> datetime:
        """Return one minute of 2026."""
        return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def sealing_key() -> PrivateKey:
    """Return the recipient's key, of a fixed seed."""
    return restore(PEER, Role.SEALING, bytes(range(32)))


def head() -> Head:
    """Return the head that was signed."""
    root = Digest(sha256(b"items").digest())
    return Head(1, SENDER, key_id(SIGNER.public), 7, ZERO_DIGEST, 2, root)


def draw() -> dict[str, str]:
    """Draw everything afresh; hex by name."""
    sealed = seal(SENDER, TERMS, CONTENT, [Recipient(PEER, sealing_key().held.public)])
    found = {
        "value": SIGNER.sign(head().to_bytes(), BATCH_CONTEXT),
        "note": sign_checkpoint(CHECKPOINT, LOG, Fixed()),
        "id": sealed.id,
        "content_key": sealed.content_key,
        "terms": sealed.parcel.terms,
        "content": sealed.parcel.content,
        "filler": sealed.parcel.filler,
        "stanza": sealed.parcel.wrapped[0].sealed,
        "keyfile": seal_keys(SECRET, PASSPHRASE, Cost(1, 1)),
    }
    return {name: data.hex() for name, data in found.items()}


def kept() -> dict[str, bytes]:
    """Return what was drawn once and kept."""
    text = (OWN / "drawn.json").read_text("utf-8")
    return {name: bytes.fromhex(data) for name, data in json.loads(text).items()}
