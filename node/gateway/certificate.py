"""The gateway's own certificate: made once, its key sealed, its public half there to pin.

It promises that the private key stands on disk only under the node's passphrase. It is no key
of the log: nobody but this state's registers and officers ever sees it.

Source: docs/envelope.md, section 5 (At rest).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from valija.certificate import from_pem, make_certificate, parse_certificate, to_pem
from valija.clock import minute_of
from valija.errors import MalformedError
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
    """Return the gateway's pair, made anew where there is none or it ends within a week.

    Raises:
        OpeningError: The passphrase does not open it.
    """
    public, secret = folder / _PUBLIC, folder / _SECRET
    if public.exists() and secret.exists():
        certificate = public.read_bytes()
        until = parse_certificate(from_pem(certificate)).until
        if until - minute_of(now) > _RENEW_MINUTES:
            kept = json.loads(open_keys(secret.read_bytes(), passphrase))
            return Pair(str(kept["key"]).encode(), certificate)
    made = make_certificate("valija gateway", now, tuple({host, "localhost", "127.0.0.1"}))
    pair = Pair(made.secret, to_pem(made.certificate))
    _write(secret, seal_keys(json.dumps({"key": pair.key.decode()}).encode(), passphrase))
    _write(public, pair.certificate)
    return pair


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.replace(path)
