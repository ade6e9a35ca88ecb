"""A broker's first day: its keys, its part of the anchor, its settings; the anchor of all.

It promises that every secret is made here and leaves only into a sealed file, that nothing
written before is overwritten, and that an anchor is assembled only from parts that others can
read and compare. Batches of genesis go through `broker.admission` like any other.

Source: docs/envelope.md, section 5 (genesis).
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from broker.keys import LOG_FILE, file_of, store_keys, write_owned
from valija import canonical
from valija.address import Address
from valija.anchor import AUDITOR, FORMAT, Anchor, parse_anchor
from valija.canonical import Json, Value
from valija.certificate import TlsPair, make_certificate, to_pem
from valija.clock import Clock, Day, date_of, day_of, minute_of
from valija.errors import MalformedError, UnavailableError
from valija.ids import Desk, Member, Office
from valija.keyfile import USUAL_COST, Cost
from valija.signature import CompositeSecret, LogSecret, WitnessSecret

BROKER_PART = "broker.part.json"
AUDITOR_PART = "auditor.part.json"
AUDITOR_FILE = "audit.keys"
AUDITOR_PEM = "auditor.pem"
POLICY = "quorum none\n"
_SUITE = 1
_SUITE_DAYS = 3650
_LISTS = ("brokers", "council")
_SINGLE = ("origin", "log", "auditor")
_PORTS_APART = 100


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Where keys are made, and how they are sealed.

    Attributes:
        folder: Where all is written.
        passphrase: Opens the key files.
        passphrase_file: Where it will be read from, as the settings say.
        hosts: Names and addresses that certificates may be shown at.
        clock: Dates certificates.
        cost: Of one guess at the passphrase.
    """

    folder: Path
    passphrase: bytes
    passphrase_file: Path
    hosts: tuple[str, ...]
    clock: Clock
    cost: Cost = USUAL_COST


def init_brokers(ceremony: Ceremony, origin: str, count: int, listen: Address) -> list[Path]:
    """Make the log's keys and those of `count` brokers; return what was written.

    Raises:
        UnavailableError: A file is there already, or cannot be written.
        MalformedError: The hosts fit no certificate.
    """
    log, keys = LogSecret.generate(), ceremony.folder / "keys"
    rows: list[Json] = []
    written = [_seal(ceremony, keys / LOG_FILE, {"log": log.seed})]
    for number in range(1, count + 1):
        desk, signing = Desk(Member(f"@b{number}"), Office.STATE), CompositeSecret.generate()
        tls = _certificate(ceremony, desk)
        secrets = {"signing": signing.seed, "tls": tls.secret, "certificate": tls.certificate}
        written.append(_seal(ceremony, keys / file_of(desk), secrets))
        rows.append(_row(desk, signing, tls))
        toml = _settings(ceremony, desk, listen, number - 1)
        written.append(_write(ceremony.folder / f"b{number}.toml", toml.encode()))
    part = {"origin": origin, "log": _text(log.public), "brokers": rows}
    return [*written, _write(ceremony.folder / BROKER_PART, canonical.to_bytes(part))]


def init_auditor(ceremony: Ceremony) -> list[Path]:
    """Make the regional auditor's keys, and return what was written.

    Raises:
        UnavailableError: A file is there already, or cannot be written.
        MalformedError: The hosts fit no certificate.
    """
    signing, witness = CompositeSecret.generate(), WitnessSecret.generate()
    tls = _certificate(ceremony, AUDITOR)
    secrets = {
        "signing": signing.seed,
        "witness": witness.seed,
        "tls": tls.secret,
        "certificate": tls.certificate,
    }
    row = _row(AUDITOR, signing, tls) | {"witness": _text(witness.public)}
    part = canonical.to_bytes({"auditor": row})
    return [
        _seal(ceremony, ceremony.folder / "keys" / AUDITOR_FILE, secrets),
        # Unsealed, for `python -m valija verify-log --identity`: it opens the door, no more.
        write_owned(ceremony.folder / AUDITOR_PEM, tls.secret + to_pem(tls.certificate)),
        _write(ceremony.folder / AUDITOR_PART, part),
    ]


def assemble_anchor(parts: Iterable[bytes], quorum: int, clock: Clock) -> Anchor:
    """Return the anchor that all parts make together.

    Args:
        parts: Canonical JSON objects with `origin`, `log`, `auditor`, each once, and lists of
            `brokers` and `council`, which are joined and sorted by member.
        quorum: How many of the council must endorse a membership.
        clock: From its day on the suite is allowed, for ten years.

    Raises:
        MalformedError: A part is none, says what another said, or all together lack
            something.
    """
    joined: dict[str, list[Json]] = {name: [] for name in _LISTS}
    single: dict[str, Json] = {}
    for part in map(canonical.parse, parts):
        if not isinstance(part, dict) or not set(part) <= {*_LISTS, *_SINGLE}:
            raise MalformedError("a part of the anchor is an object with names of the anchor")
        for name, value in part.items():
            if name in single:
                raise MalformedError(f"two parts of the anchor say {name}")
            if name in _SINGLE:
                single[name] = value
            elif isinstance(value, list):
                joined[name] += value
    today = day_of(minute_of(clock.now()))
    since, until = date_of(today).isoformat(), date_of(_after(today)).isoformat()
    council, brokers = (sorted(joined[name], key=_member) for name in ("council", "brokers"))
    whole: dict[str, Value] = {
        **single,
        "format": FORMAT,
        "suites": [{"suite": _SUITE, "since": since, "until": until}],
        "council": {"quorum": quorum, "keys": council},
        "brokers": brokers,
        "policy": POLICY,
    }
    return parse_anchor(canonical.to_bytes(whole))


def _after(today: int) -> Day:
    return Day(today + _SUITE_DAYS)


def _member(row: Json) -> str:
    return str(row.get("member", "")) if isinstance(row, dict) else ""


def _certificate(ceremony: Ceremony, desk: Desk) -> TlsPair:
    """Return a certificate whose name no other has."""
    name = f"{desk.member.removeprefix('@')}-{token_hex(8)}"
    return make_certificate(name, ceremony.clock.now(), ceremony.hosts)


def _row(desk: Desk, signing: CompositeSecret, tls: TlsPair) -> dict[str, Json]:
    keys = {"signing": _text(signing.public), "certificate": _text(tls.certificate)}
    return {"member": desk.member, **keys}


def _seal(ceremony: Ceremony, path: Path, secrets: dict[str, bytes]) -> Path:
    store_keys(path, secrets, ceremony.passphrase, ceremony.cost)
    return path


def _write(path: Path, data: bytes) -> Path:
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as cause:
        raise UnavailableError(f"{path.name}: there already, or not to be written") from cause
    return path


def _settings(ceremony: Ceremony, desk: Desk, listen: Address, place: int) -> str:
    """Return a `broker.toml`; each broker of one machine has ports of its own."""
    port, name = listen.port + place * _PORTS_APART, desk.member.removeprefix("@")
    lines = {
        "desk": desk.member,
        "anchor": "anchor.json",
        "keys": "keys",
        "passphrase_file": str(ceremony.passphrase_file.absolute()),
        "listen": str(Address(listen.host, port)),
        "publish": str(Address(listen.host, port + 1)),
        "monitor": f"127.0.0.1:{port + 2}",
        "index": f"sqlite:///{name}.index.db",
        "state": "state",
    }
    plain = "".join(f"{key} = {_quoted(value)}\n" for key, value in lines.items())
    return f'{plain}\n[spool]\nsqlite = "spool.db"\n'


def _quoted(text: str) -> str:
    """Return a TOML string; a basic one, in which a path may hold what it likes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(data: bytes) -> str:
    return b64encode(data).decode()
