"""What a broker may be told about itself, checked at start.

It promises that a broker never starts on half an answer: every key is known, every path and
address has the right form, and what is wrong is said in one sentence with its place in the
file. It opens no file but its own; `broker.keys` reads keys, `broker.assembly` the rest.

Source: docs/architecture.md, Engines; docs/envelope.md, section 5.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from valija.address import Address
from valija.errors import MalformedError
from valija.ids import Desk, Member, Office

_KEYS = frozenset(
    [
        "desk",
        "anchor",
        "keys",
        "passphrase_file",
        "listen",
        "publish",
        "monitor",
        "index",
        "state",
        "spool",
        "limits",
    ]
)
_NEEDED = ("desk", "anchor", "keys", "passphrase_file", "listen", "index", "state", "spool")
_KAFKA_KEYS = frozenset({"kafka", "authority", "certificate", "exchange"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """The embedded spool: one file, shared by the brokers of one machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """The spool on Apache Kafka.

    Attributes:
        bootstrap: `host:port` of some servers, joined by commas.
        authority: PEM file of the authority that certified them.
        certificate: PEM file with this broker's private key and certificate.
        exchange: First part of the topics' names.
    """

    bootstrap: str
    authority: Path
    certificate: Path
    exchange: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one member may use in one minute; then it is told when to come again.

    Attributes:
        batches_a_minute: Batches submitted.
        bytes_a_minute: Bytes submitted.
        refusals_a_minute: Batches whose refusal had to be logged.
    """

    batches_a_minute: int = 60_000
    bytes_a_minute: int = 2 << 30
    refusals_a_minute: int = 120


@dataclass(frozen=True, slots=True)
class Config:
    """One broker's settings, whole and checked.

    Attributes:
        desk: This process's own desk, such as `@b1/state`.
        anchor: The anchor file.
        keys: Folder of the sealed key files.
        passphrase_file: File whose first line opens them.
        listen: The gRPC door.
        publish: The HTTPS door of tiles and records; None for no such door.
        monitor: Loopback address of metrics and health; None for no such door.
        index: SQLAlchemy address of the index, `sqlite:///…` or `postgresql+psycopg://…`.
        state: Folder of this desk's own last signed batch.
        spool: Which engine keeps the log.
        limits: What one member may use.
    """

    desk: Desk
    anchor: Path
    keys: Path
    passphrase_file: Path
    listen: Address
    publish: Address | None
    monitor: Address | None
    index: str
    state: Path
    spool: SqliteFile | KafkaCluster
    limits: Limits


def load(path: Path) -> Config:
    """Read and check a `broker.toml`; relative paths in it start from its own folder.

    Raises:
        MalformedError: The file is missing or no TOML, or a setting is absent, unknown or
            of the wrong form; the text names the setting.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise MalformedError(f"{path.name}: this file cannot be read") from cause
    except (ValueError, RecursionError) as cause:  # No TOML, no UTF-8, too long, too deep.
        raise MalformedError(f"{path.name}: this is not TOML") from cause
    return parse(table, path.absolute().parent)


def parse(table: Mapping[str, object], folder: Path) -> Config:
    """Return the settings in a parsed `broker.toml` that lies in `folder`.

    Raises:
        MalformedError: As for `load`.
    """
    _known(table, _KEYS, "broker.toml")
    for key in _NEEDED:
        if key not in table:
            raise MalformedError(f"broker.toml: {key} is missing")
    monitor = _address(table, "monitor")
    if monitor is not None and monitor.host not in _LOOPBACK:
        raise MalformedError("broker.toml: monitor must be a loopback address: it is in clear")
    return Config(
        desk=_desk(_text(table, "desk")),
        anchor=folder / _text(table, "anchor"),
        keys=folder / _text(table, "keys"),
        passphrase_file=folder / _text(table, "passphrase_file"),
        listen=Address.parse(_text(table, "listen")),
        publish=_address(table, "publish"),
        monitor=monitor,
        index=_index(_text(table, "index"), folder),
        state=folder / _text(table, "state"),
        spool=_spool(_table(table, "spool"), folder),
        limits=_limits(_table(table, "limits")),
    )


def _known(table: Mapping[str, object], keys: frozenset[str], where: str) -> None:
    for key in table:
        if key not in keys:
            raise MalformedError(f"{where}: {key} is no setting of a broker")


def _table(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise MalformedError(f"broker.toml: {key} must be a table")
    return value


def _text(table: Mapping[str, object], key: str, absent: str = "") -> str:
    value = table.get(key, absent)
    if not isinstance(value, str) or not value or "\0" in value:
        raise MalformedError(f"broker.toml: {key} must be a text that is not empty")
    return value


def _address(table: Mapping[str, object], key: str) -> Address | None:
    return Address.parse(_text(table, key)) if key in table else None


def _desk(code: str) -> Desk:
    if not code.startswith("@b"):
        raise MalformedError("broker.toml: desk must be a broker's, such as @b1")
    return Desk(Member(code), Office.STATE)


def _index(url: str, folder: Path) -> str:
    """Return the database's address; a relative SQLite file starts from the folder."""
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in {"sqlite", "postgresql+psycopg"}:
        raise MalformedError(
            "broker.toml: index must begin with sqlite:/// or postgresql+psycopg://"
        )
    file = rest.removeprefix("/")
    if scheme == "sqlite" and (not file or file == ":memory:"):
        raise MalformedError("broker.toml: index must name a file; memory forgets")
    return f"sqlite:///{folder / file}" if scheme == "sqlite" else url


def _spool(table: Mapping[str, object], folder: Path) -> SqliteFile | KafkaCluster:
    if set(table) == {"sqlite"}:
        return SqliteFile(folder / _text(table, "sqlite"))
    _known(table, _KAFKA_KEYS, "broker.toml, spool beside kafka or sqlite alone")
    return KafkaCluster(
        bootstrap=_text(table, "kafka"),
        authority=folder / _text(table, "authority"),
        certificate=folder / _text(table, "certificate"),
        exchange=_text(table, "exchange", "valija"),
    )


def _limits(table: Mapping[str, object]) -> Limits:
    _known(table, frozenset(Limits.__slots__), "broker.toml, limits")
    numbers: dict[str, int] = {}
    for key, value in table.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise MalformedError(f"broker.toml: {key} must be a number above 0")
        numbers[key] = value
    return Limits(**numbers)
