"""The broker's own keys: the log's, this desk's SIGNING key, its TLS certificate.

It promises that they leave their sealed files only into this process, and that a file which
does not open names no reason. None of them opens a notice: there is no such key here.
`broker.genesis` makes the files, `valija.keyfile` has their form.

Source: docs/envelope.md, section 5.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valija import canonical
from valija.canonical import Json
from valija.certificate import TlsPair
from valija.errors import MalformedError, UnavailableError
from valija.ids import Desk
from valija.keyfile import USUAL_COST, Cost, open_keys, seal_keys
from valija.signature import CompositeSecret, LogSecret

LOG_FILE = "log.keys"
PASSPHRASE_VARIABLE = "VALIJA_PASSPHRASE_FILE"  # noqa: S105  # A name, not a secret.
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class BrokerKeys:
    """What one broker process signs and speaks with.

    Attributes:
        log: Signs checkpoints; the same in every broker of the exchange.
        signing: Signs this desk's REJECTED receipts.
        tls: Opens its doors.
    """

    log: LogSecret
    signing: CompositeSecret
    tls: TlsPair


def file_of(desk: Desk) -> str:
    """Return the name of a broker desk's key file: `b1.keys`."""
    return f"{desk.member.removeprefix('@')}.keys"


def load_keys(folder: Path, desk: Desk, passphrase: bytes) -> BrokerKeys:
    """Read and open the log's key file and this desk's.

    Raises:
        UnavailableError: A file cannot be read.
        MalformedError: A file is no key file of a broker.
        OpeningError: The passphrase is another, or a file was altered.
    """
    log = _load(folder / LOG_FILE, passphrase)
    own = _load(folder / file_of(desk), passphrase)
    tls = TlsPair(_bytes(own, "certificate"), _bytes(own, "tls"))
    return BrokerKeys(
        LogSecret(_bytes(log, "log")), CompositeSecret(_bytes(own, "signing")), tls
    )


def store_keys(
    path: Path, keys: Mapping[str, bytes], passphrase: bytes, cost: Cost = USUAL_COST
) -> None:
    """Write a key file that nobody but its owner may read, and never over another.

    Raises:
        UnavailableError: It is there already, or cannot be written.
    """
    plain: dict[str, Json] = {name: b64encode(key).decode() for name, key in keys.items()}
    write_owned(path, seal_keys(canonical.to_bytes(plain), passphrase, cost))


def write_owned(path: Path, data: bytes) -> Path:
    """Write a file that nobody but its owner may read, durably, and return its path.

    Raises:
        UnavailableError: It is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as cause:
        raise UnavailableError(f"{path.name}: there already, or not to be written") from cause
    return path


def read_passphrase(path: Path) -> bytes:
    """Return the first line of a passphrase file, without its end.

    Raises:
        UnavailableError: The file cannot be read.
        MalformedError: Its first line is empty.
    """
    try:
        line = path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    except OSError as cause:
        raise UnavailableError("the passphrase file cannot be read") from cause
    if not line:
        raise MalformedError("the passphrase file begins with an empty line")
    return line


def _load(path: Path, passphrase: bytes) -> Mapping[str, Json]:
    try:
        sealed = path.read_bytes()
    except OSError as cause:
        raise UnavailableError(f"{path.name}: this key file cannot be read") from cause
    keys = canonical.parse(open_keys(sealed, passphrase))
    if not isinstance(keys, dict):
        raise MalformedError(f"{path.name}: this is no key file of a broker")
    return keys


def _bytes(keys: Mapping[str, Json], name: str) -> bytes:
    text = keys.get(name)
    if not isinstance(text, str):
        raise MalformedError("a key file of a broker lacks a key")
    try:
        return b64decode(text, validate=True)
    except (BadBase64, ValueError) as cause:
        raise MalformedError("a key file of a broker holds what is no key") from cause
