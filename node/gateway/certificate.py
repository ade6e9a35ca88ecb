"""The gateway's own certificate: made once, its key sealed, its public half there to pin.

It promises that the private key stands on disk only under the node's passphrase, and that key
and certificate are one pair whatever a crash left: both are in the sealed file, and the public
file is only a copy. It is no key of the log: nobody but this state's registers and officers
ever sees it.

Source: docs/envelope.md, section 5 (At rest).
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from valija.certificate import from_pem, make_certificate, parse_certificate, to_pem
from valija.clock import minute_of
from valija.errors import MalformedError, UnavailableError
from valija.keyfile import open_keys, seal_keys

_SECRET = "gateway.keys"  # noqa: S105  # A file's name.
_PUBLIC = "gateway.pem"
_RENEW_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Pair:
    """PEM of the private key and of the certificate."""

    key: bytes
    certificate: bytes


def pinned(folder: Path) -> bytes:
    """Return the certificate that callers pin, PEM.

    Raises:
        MalformedError: The node has not been started yet, so there is none.
    """
    try:
        return (folder / _PUBLIC).read_bytes()
    except OSError as cause:
        raise MalformedError("no gateway certificate: start the node once") from cause


def load_or_make(folder: Path, passphrase: bytes, now: datetime, host: str) -> Pair:
    """Return the gateway's pair.

    It is made anew where there is none, where it ends within a week, or where it was made for
    another host; whoever pinned the one before pins the new one.

    Raises:
        OpeningError: The passphrase does not open it.
        MalformedError: The sealed file is damaged: remove it, and a new pair is made.
        UnavailableError: The folder cannot be read or written now.
    """
    try:
        return _kept_or_made(folder, passphrase, now, host)
    except OSError as cause:
        raise UnavailableError("the gateway's certificate cannot be read or kept") from cause


def _kept_or_made(folder: Path, passphrase: bytes, now: datetime, host: str) -> Pair:
    pair = _kept(folder / _SECRET, passphrase, now, host)
    if pair is None:
        names = tuple(sorted({host, "localhost", "127.0.0.1"}))
        made = make_certificate("valija gateway", now, names)
        pair = Pair(made.secret, to_pem(made.certificate))
        whole = {"key": made.secret.decode(), "certificate": pair.certificate.decode()}
        sealed = seal_keys(json.dumps(whole | {"host": host}).encode(), passphrase)
        _write(folder / _SECRET, sealed)
    _write(folder / _PUBLIC, pair.certificate)
    return pair


def _kept(path: Path, passphrase: bytes, now: datetime, host: str) -> Pair | None:
    """Return the pair on disk; None where there is none that serves."""
    if not path.exists():
        return None
    kept = json.loads(open_keys(path.read_bytes(), passphrase))  # A door: our own sealed file.
    if not isinstance(kept, dict) or kept.get("host") != host:
        return None
    pair = Pair(str(kept["key"]).encode(), str(kept["certificate"]).encode())
    until = parse_certificate(from_pem(pair.certificate)).until
    return pair if until - minute_of(now) > _RENEW_MINUTES else None


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
