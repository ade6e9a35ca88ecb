"""`python -m valija`: the auditor's command, which needs the kernel and nothing else.

It promises to read only: a folder or an HTTPS address, and an anchor file. It says each step
in a sentence, or as JSON, and ends with 0 when all holds, 1 when one step fails, 2 when
something cannot be read. What is checked, and how, is `valija.audit`.

Source: docs/envelope.md, section 4 (The auditor).
"""

import argparse
import json
import ssl
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BufferedReader
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener

from valija.anchor import MAX_ANCHOR, Anchor, parse_anchor
from valija.audit import Audit, Job, LogReader, Step, follow
from valija.certificate import to_pem
from valija.errors import AbsentError, MalformedError, UnavailableError, ValijaError
from valija.publication import ANCHOR, RECORDS

HOLDS, FAILS, UNREADABLE = 0, 1, 2
_CODES = "Check what Valija's log claims. 0: all holds; 1: one step fails; 2: unreadable."
_TIMEOUT_SECONDS = 30
_PATIENCE_SECONDS = 600  # For one file of a server that sends a byte now and then.
_MAX_FILE, _MAX_RECORDS = 1 << 20, 768 << 20
_SERVER_ERRORS = 500
_MOST_SECONDS = 366 * 86_400


@dataclass(frozen=True, slots=True)
class FolderReader:
    """Reads a log that was copied to, or is served from, a folder."""

    folder: Path

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            AbsentError: There is no such file.
            UnavailableError: It cannot be read, or is no plain file.
            MalformedError: It is longer than any log serves.
        """
        place = self.folder / path
        try:
            if place.exists() and not place.is_file():
                raise UnavailableError(f"{path} is no file")
            with place.open("rb") as file:
                return _whole(path, file)
        except FileNotFoundError as cause:
            raise AbsentError(f"{path} is not in the folder") from cause
        except OSError as cause:
            raise UnavailableError(f"{path} cannot be read") from cause


class _NoRedirects(HTTPRedirectHandler):
    """Follows nobody elsewhere: the log is at its address, or it is not there."""

    def redirect_request(self, *_: object) -> None:
        return


class HttpsReader:
    """Reads a log over HTTPS, trusting the brokers of the anchor and nobody else."""

    def __init__(self, address: str, anchor: Anchor, identity: Path | None) -> None:
        """Prepare the connection.

        Args:
            address: `https://host:port`, with or without a path.
            anchor: Holds the brokers' certificates.
            identity: PEM file with the reader's own certificate and key, where asked for.

        Raises:
            UnavailableError: The PEM file cannot be used.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        roots = b"".join(to_pem(broker.certificate) for broker in anchor.brokers)
        context.load_verify_locations(cadata=roots.decode("ascii"))
        try:
            if identity is not None:
                context.load_cert_chain(identity)
        except OSError as cause:
            raise UnavailableError("the certificate file cannot be used") from cause
        self._opener = build_opener(HTTPSHandler(context=context), _NoRedirects)
        self._address = address.rstrip("/")

    def read(self, path: str) -> bytes:
        """Return what is served at a path.

        Raises:
            AbsentError: Nothing is, or not to this reader.
            UnavailableError: The broker cannot be reached, is not one of the anchor's, or
                does not send all that it promised.
            MalformedError: It sends more than any log serves.
        """
        try:
            asked = f"{self._address}/{path}"
            with self._opener.open(asked, timeout=_TIMEOUT_SECONDS) as answer:
                served = _whole(path, answer)
                if answer.length:
                    raise UnavailableError(f"{path} was cut off on the way")
        except HTTPError as cause:
            cause.close()
            if cause.code >= _SERVER_ERRORS:
                raise UnavailableError("the broker cannot serve just now") from cause
            raise AbsentError(f"{path} is not served here, or not to us") from cause
        except (URLError, HTTPException, OSError, ValueError) as cause:
            raise UnavailableError("the log's address does not answer as its broker") from cause
        return served


def _whole(path: str, file: BufferedReader | HTTPResponse) -> bytes:
    """Return all that is in a file, as long as it is no longer than it may be."""
    most = _MAX_RECORDS if path.startswith(RECORDS) else _MAX_FILE
    parts, size, end = list[bytes](), 0, time.monotonic() + _PATIENCE_SECONDS
    while part := file.read1(_MAX_FILE):
        parts.append(part)
        size += len(part)
        if size > most:
            raise MalformedError(f"{path} is longer than any log serves")
        if time.monotonic() > end:
            raise UnavailableError(f"{path} does not come to its end")
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class KeepingReader:
    """Reads through another reader, and keeps what was served, to be checked again off line."""

    reader: LogReader
    folder: Path

    def read(self, path: str) -> bytes:
        """Return what the other reader returns, once it is kept; raises what that raises.

        Raises:
            UnavailableError: It cannot be kept.
        """
        served = self.reader.read(path)
        self.keep(path, served)
        return served

    def keep(self, path: str, data: bytes) -> None:
        """Write a file into the folder.

        Raises:
            UnavailableError: It cannot be kept.
        """
        place = self.folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        except OSError as cause:
            raise UnavailableError(f"{path} cannot be kept in the folder") from cause


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are without the program's name."""
    options = _parser().parse_args(arguments)
    try:
        return _verify_log(options)
    except ValijaError as error:
        _tell([Step("reading", holds=False, says=f"Not readable: {error}.")], options.json)
        return UNREADABLE
    except KeyboardInterrupt:
        _tell([Step("reading", holds=False, says="Stopped before it ended.")], options.json)
        return UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m valija", description=_CODES)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    log = commands.add_parser("verify-log", help="check a log from its first record")
    log.add_argument("log", metavar="LOG", help="folder, or https://host:port")
    log.add_argument("--anchor", type=Path, help="anchor file; by default LOG/anchor.json")
    log.add_argument("--identity", type=Path, help="PEM of certificate and key, for HTTPS")
    log.add_argument("--keep", type=Path, metavar="FOLDER", help="keep all that is read")
    log.add_argument("--follow", action="store_true", help="go on checking as the log grows")
    log.add_argument("--interval", type=_seconds, default=10.0, help="seconds between checks")
    log.add_argument("--seconds", type=_seconds, help="with --follow: stop after so long")
    log.add_argument("--json", action="store_true", help="a JSON object a check")
    return parser


def _seconds(text: str) -> float:
    found = float(text)
    if not 0 <= found <= _MOST_SECONDS:
        raise ValueError(text)
    return found


def _verify_log(options: argparse.Namespace) -> int:
    anchor = _anchor(options)
    known = f"The anchor's digest is {anchor.digest.hex()}; compare it by voice."
    steps = [Step("anchor", holds=True, says=known)]
    with ThreadPoolExecutor() as pool:

        def ahead(jobs: Sequence[Job]) -> None:
            for done in [pool.submit(job) for job in jobs]:
                done.result()

        reader = _reader(options, anchor)
        if options.keep is not None:
            reader = KeepingReader(reader, options.keep)
            reader.keep(ANCHOR, anchor.to_bytes())
        return _repeat(Audit(anchor, reader, ahead), steps, options)


def _repeat(audit: Audit, steps: list[Step], options: argparse.Namespace) -> int:
    end = None if options.seconds is None else time.monotonic() + options.seconds
    size: int | None = None
    while True:
        try:
            found = follow(audit)
        except UnavailableError as error:
            if not options.follow:
                raise
            found = [Step("reading", holds=True, says=f"Not readable now: {error}.")]
        holds = all(step.holds for step in found)
        if audit.findings.size != size or not holds:
            _tell([*steps, *found], options.json, audit)
        if not holds:
            return FAILS
        size, steps = audit.findings.size, []
        if not options.follow or (end is not None and time.monotonic() >= end):
            return HOLDS
        try:
            time.sleep(options.interval)
        except KeyboardInterrupt:
            return HOLDS  # Between two checks: all that was checked held.


def _anchor(options: argparse.Namespace) -> Anchor:
    path: Path = options.anchor or Path(options.log) / ANCHOR
    try:
        with path.open("rb") as file:
            return parse_anchor(file.read(MAX_ANCHOR + 1))
    except OSError as cause:
        raise AbsentError("the anchor file cannot be read; name it with --anchor") from cause


def _reader(options: argparse.Namespace, anchor: Anchor) -> LogReader:
    if options.log.startswith("https://"):
        return HttpsReader(options.log, anchor, options.identity)
    if "://" in options.log:
        raise MalformedError("a log is a folder or an https address")
    return FolderReader(Path(options.log))


def _tell(steps: Sequence[Step], as_json: bool, audit: Audit | None = None) -> None:
    if as_json:
        told = [{"step": s.name, "holds": s.holds, "says": s.says} for s in steps]
        holds = all(step.holds for step in steps)
        found = {"holds": holds, "steps": told} | (_figures(audit) if audit else {})
        _say(json.dumps(found, sort_keys=True))
        return
    for step in steps:
        mark = "ok  " if step.holds else "FAIL"
        _say(f"{mark} {step.name:<10} {step.says}")
    if audit is not None:
        for alarm in audit.alarms():
            _say(f"note {alarm.kind:<10} {alarm.desk}, batch {alarm.sequence}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _figures(audit: Audit) -> dict[str, object]:
    found = audit.findings
    alarms = [
        {"kind": each.kind, "desk": str(each.desk), "sequence": each.sequence}
        for each in audit.alarms()
    ]
    return {
        "size": found.size,
        "root": found.root.hex(),
        "state": found.state.hex(),
        "batches": found.counted,
        "items": {kind.name.lower(): count for kind, count in sorted(found.items.items())},
        "void": dict(found.void),
        "void_items": found.void_items,
        "alarms": alarms,
    }


if __name__ == "__main__":
    sys.exit(main())
