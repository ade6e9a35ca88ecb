"""How a door knows a caller by the token, on a real store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

import pytest

from node.people import local, token
from node.people.person import Person
from node.store import people
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.vault import Vault
from valija.clock import SystemClock, minute_of
from valija.errors import DuplicateError, MalformedError, SignatureError
from valija.ids import Desk

_DESK = Desk.parse("AR/police")
_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_CLOCK = SystemClock(lambda: _NOW)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'node.db'}", Vault(token_bytes(32)))
    migrate(found)
    return found


def _enrol(database: Database, account: str = "r.quispe", role: str = "liaison") -> str:
    def enrol(tx: Transaction) -> str:
        return local.enrol(tx, account, role, _DESK, _CLOCK)

    return database.write_now("person", enrol)


def _known(database: Database, shown: str, clock: SystemClock = _CLOCK) -> Person:
    return database.read_now(lambda tx: local.recognise(tx, shown, clock))


def test_a_caller_is_known_by_the_token(database: Database) -> None:
    mine = _enrol(database)
    _enrol(database, "m.sosa", "supervisor")
    found = _known(database, mine)
    assert ("r.quispe", "liaison", _DESK) == (found.account, found.role, found.desk)
    database.close()


def test_a_barred_account_is_answered_like_an_unknown_one(database: Database) -> None:
    mine = _enrol(database)
    database.write_now("person", lambda tx: people.bar(tx, "r.quispe", minute_of(_NOW)))
    for tried in (mine, token.mint(), "valija_", ""):
        with pytest.raises(SignatureError, match=r"^no account has this token$"):
            _known(database, tried)
    before = SystemClock(lambda: _NOW - timedelta(minutes=1))
    assert "r.quispe" == _known(database, mine, before).account
    database.close()


def test_the_store_does_not_hold_the_token(database: Database, tmp_path: Path) -> None:
    mine = _enrol(database)
    database.close()
    for file in tmp_path.iterdir():
        assert mine.encode() not in file.read_bytes()


def test_an_account_is_enrolled_once_with_a_name_and_a_role(database: Database) -> None:
    _enrol(database)
    with pytest.raises(DuplicateError):
        _enrol(database)
    for account, role in (("", "liaison"), ("R Quispe", "liaison"), ("j.lima", "chief")):
        with pytest.raises(MalformedError):
            _enrol(database, account, role)
    database.close()
