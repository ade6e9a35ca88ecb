"""What a node may be told about itself, checked at start.

It promises that a node never starts on half an answer: every key is known, every path and
address has the right form, and what is wrong is said in one sentence with its place in the
file. It opens no file but its own; `node.keystore` reads keys, `node.store` the database.

Source: docs/architecture.md, Engines; docs/envelope.md, section 5.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policies.folder import HOME
from valija.address import Address
from valija.errors import MalformedError
from valija.ids import Desk, Member, Office

_KEYS = frozenset(
    [
        "member",
        "desks",
        "anchor",
        "store",
        "keys",
        "passphrase_file",
        "policies",
        "gateway",
        "metrics",
        "broker",
    ]
)
_NEEDED = ("member", "desks", "anchor", "store", "keys", "passphrase_file", "gateway", "broker")


@dataclass(frozen=True, slots=True)
class Config:
    """One node's settings, whole and checked.

    Attributes:
        member: The state that this node speaks for.
        desks: Its desks, at least one; the first one's certificate opens the broker's door.
        anchor: The anchor file.
        store: SQLAlchemy address of the database, `sqlite:///…` or `postgresql+psycopg://…`.
        keys: Folder of the sealed key files.
        passphrase_file: File whose first line opens them.
        policies: Folder of the law; the one that comes with the program when not set.
        gateway: Where the national register reaches this node.
        metrics: Loopback address of metrics and health; None for no such door.
        brokers: Where the exchange listens, in the order they are tried; at least one.
    """

    member: Member
    desks: tuple[Desk, ...]
    anchor: Path
    store: str
    keys: Path
    passphrase_file: Path
    policies: Path
    gateway: Address
    metrics: Address | None
    brokers: tuple[Address, ...]


def load(path: Path) -> Config:
    """Read and check a `node.toml`; relative paths in it start from its own folder.

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
    """Return the settings in a parsed `node.toml` that lies in `folder`.

    Raises:
        MalformedError: As for `load`.
    """
    for key in table:
        if key not in _KEYS:
            raise MalformedError(f"node.toml: {key} is no setting of a node")
    for key in _NEEDED:
        if key not in table:
            raise MalformedError(f"node.toml: {key} is missing")
    member = _member(_text(table, "member"))
    return Config(
        member=member,
        desks=_desks(member, _texts(table, "desks")),
        anchor=folder / _text(table, "anchor"),
        store=_store(_text(table, "store"), folder),
        keys=folder / _text(table, "keys"),
        passphrase_file=folder / _text(table, "passphrase_file"),
        policies=folder / _text(table, "policies") if "policies" in table else HOME,
        gateway=_address("gateway", _text(table, "gateway")),
        metrics=_address("metrics", _text(table, "metrics")) if "metrics" in table else None,
        brokers=tuple(_address("broker", text) for text in _texts(table, "broker")),
    )


def _text(table: Mapping[str, object], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value or "\0" in value:
        raise MalformedError(f"node.toml: {key} must be a text that is not empty")
    return value


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table[key]
    if not isinstance(value, list) or not value:
        raise MalformedError(f"node.toml: {key} must be a list of texts, at least one")
    texts = tuple(text for text in value if isinstance(text, str) and text)
    if len(texts) != len(value) or len(set(texts)) != len(texts):
        raise MalformedError(f"node.toml: {key} must hold texts, each of them once")
    return texts


def _member(code: str) -> Member:
    try:
        return Desk(Member(code), Office.STATE).member
    except MalformedError as cause:
        raise MalformedError("node.toml: member must be a code such as AR") from cause


def _desks(member: Member, texts: tuple[str, ...]) -> tuple[Desk, ...]:
    try:
        desks = tuple(Desk.parse(text) for text in texts)
    except MalformedError as cause:
        raise MalformedError("node.toml: desks are written like AR/police") from cause
    if any(desk.member != member or desk.office is Office.STATE for desk in desks):
        raise MalformedError("node.toml: desks must be offices of the member, never its state")
    return desks


def _address(key: str, text: str) -> Address:
    try:
        return Address.parse(text)
    except MalformedError as cause:
        raise MalformedError(f"node.toml: {key} is written host:port") from cause


def _store(url: str, folder: Path) -> str:
    """Return the database's address; a relative SQLite file starts from the folder."""
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in {"sqlite", "postgresql+psycopg"}:
        raise MalformedError(
            "node.toml: store must begin with sqlite:/// or postgresql+psycopg://"
        )
    if scheme != "sqlite":
        return url
    file = rest.removeprefix("/")
    if not file or file == ":memory:":
        raise MalformedError("node.toml: store must name a file; memory forgets")
    return f"sqlite:///{folder / file}"
