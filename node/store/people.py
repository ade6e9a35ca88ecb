"""The accounts of a node, by the digest of their token.

It promises that an account is never deleted, for the journal names it; it ends by being
barred. What a role may do is the affair of `node.people`.

Source: docs/architecture.md, The people.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, Row, String, Table, insert, select, update

from node.store.database import Transaction
from node.store.tables import METADATA
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk

PEOPLE = Table(
    "people",
    METADATA,
    Column("account", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("desk", String(32), nullable=False),
    Column("token", LargeBinary, nullable=False, unique=True),
    Column("since", Integer, nullable=False),
    Column("barred", Integer),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A row: who, in which role, for which desk; barred from a minute on, or not."""

    account: str
    role: str
    desk: Desk
    barred: Minute | None


def enrol(tx: Transaction, account: Account, token: bytes, at: Minute) -> None:
    """Add an account.

    Raises:
        DuplicateError: The account is there already.
    """
    values = {"account": account.account, "role": account.role, "desk": str(account.desk)}
    tx.connection.execute(insert(PEOPLE).values(**values, token=token, since=at))


def by_token(tx: Transaction, token: bytes) -> Account:
    """Return the account whose token has this digest.

    Raises:
        AbsentError: There is none.
    """
    row = tx.connection.execute(select(PEOPLE).where(PEOPLE.c.token == token)).one_or_none()
    if row is None:
        raise AbsentError("no account has this token")
    return _account(row)


def by_name(tx: Transaction, account: str) -> Account | None:
    """Return the account of this name, barred or not; None if there never was one."""
    query = select(PEOPLE).where(PEOPLE.c.account == account)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else _account(row)


def bar(tx: Transaction, account: str, at: Minute) -> None:
    """End an account from now on; one that ended before keeps its first end.

    Raises:
        AbsentError: There is no such account.
    """
    known = by_name(tx, account)
    if known is None:
        raise AbsentError("there is no such account")
    if known.barred is None:
        tx.connection.execute(
            update(PEOPLE).where(PEOPLE.c.account == account).values(barred=at)
        )


def listing(tx: Transaction) -> tuple[Account, ...]:
    """Return every account, by name."""
    rows = tx.connection.execute(select(PEOPLE).order_by(PEOPLE.c.account))
    return tuple(_account(row) for row in rows)


def _account(row: Row[Any]) -> Account:
    barred = None if row.barred is None else Minute(row.barred)
    return Account(row.account, row.role, Desk.parse(row.desk), barred)
