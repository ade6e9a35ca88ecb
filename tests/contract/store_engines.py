"""The engines that every case of the store's contract runs against, each fresh and real."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema, DropSchema

from node.store.database import Database, Transaction
from node.vault import Vault
from tests.services.postgres import Postgres

STORE_KEY = bytes(range(32))


class Engine(ABC):
    """One fresh database, and the stores over it."""

    url: str

    @classmethod
    @abstractmethod
    def fresh(cls, request: pytest.FixtureRequest) -> Iterator["Engine"]:
        """Make an empty database, and take it away afterwards."""

    def open(self) -> Database:
        """Return another store over the same database."""
        return Database(self.url, Vault(STORE_KEY))

    @abstractmethod
    def disarm_journal(self, tx: Transaction) -> None:
        """Take the journal's guard away, as only the database's owner could."""


@dataclass
class Sqlite(Engine):
    """A file."""

    url: str

    @classmethod
    def fresh(cls, request: pytest.FixtureRequest) -> Iterator["Engine"]:
        folder: Path = request.getfixturevalue("tmp_path")
        yield cls(f"sqlite:///{folder / 'node.db'}")

    def disarm_journal(self, tx: Transaction) -> None:
        for act in ("UPDATE", "DELETE"):
            tx.connection.execute(text(f'DROP TRIGGER "journal_{act}"'))


@dataclass
class Postgresql(Engine):
    """A schema of its own in one database of a real server."""

    url: str

    @classmethod
    def fresh(cls, request: pytest.FixtureRequest) -> Iterator["Engine"]:
        database = _database(request.getfixturevalue("postgres"))
        name = f"case_{token_hex(6)}"
        owner = create_engine(database, poolclass=NullPool)
        with owner.begin() as connection:
            connection.execute(CreateSchema(name))
        yield cls(f"{database}?options=-csearch_path%3D{name}")
        with owner.begin() as connection:
            connection.execute(DropSchema(name, cascade=True))

    def disarm_journal(self, tx: Transaction) -> None:
        tx.connection.execute(text("DROP TRIGGER journal_refuse ON journal"))


@cache
def _database(server: Postgres) -> str:
    """Return one database for all cases: making one costs more than a case."""
    return server.database()


ENGINES: tuple[type[Engine], ...] = (Sqlite, Postgresql)
