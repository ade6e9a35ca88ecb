"""The key of one record: made with it, kept wrapped beside it, destroyed to shred it.

It promises that every encrypted column is bound to its table, row and column, so that a
value moved elsewhere does not decrypt, and that dropping a record's key makes all of its
columns unreadable at once. The ciphers are `node.vault`'s.

Source: docs/envelope.md, section 5, At rest and Shredding.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from node.store.database import Transaction
from node.store.tables import RECORD_KEYS
from node.vault import Vault
from valija.errors import AbsentError


@dataclass(frozen=True, slots=True)
class Record:
    """One record's way to encrypt and decrypt its columns.

    Attributes:
        vault: Holds the store key.
        wrapped: The record's key, wrapped by it.
        table: Table of the record.
        row: Its primary key.
    """

    vault: Vault
    wrapped: bytes
    table: str
    row: bytes

    def seal(self, column: str, value: bytes) -> bytes:
        """Return `value` encrypted for one column of this record."""
        return self.vault.seal(self.wrapped, self._place(column), value)

    def unseal(self, column: str, sealed: bytes) -> bytes:
        """Return what `seal` encrypted for this column.

        Raises:
            OpeningError: Another store key, or not this table, row and column.
        """
        return self.vault.unseal(self.wrapped, self._place(column), sealed)

    def _place(self, column: str) -> str:
        return f"{self.table}|{self.row.hex()}|{column}"


def create_record(tx: Transaction, table: str, row: bytes) -> Record:
    """Make and keep a key for a new record.

    Raises:
        DuplicateError: The record has one.
    """
    wrapped = tx.vault.new_key()
    tx.connection.execute(_ADD, {"record": _name(table, row), "wrapped": wrapped})
    return Record(tx.vault, wrapped, table, row)


def open_record(tx: Transaction, table: str, row: bytes) -> Record:
    """Return a record that was created.

    Raises:
        AbsentError: It was not, or its key was destroyed.
    """
    wrapped = tx.connection.execute(_FIND, {"name": _name(table, row)}).scalar_one_or_none()
    if wrapped is None:
        raise AbsentError("this record has no key, or it was destroyed")
    return Record(tx.vault, wrapped, table, row)


def open_records(tx: Transaction, table: str, rows: Collection[bytes]) -> dict[bytes, Record]:
    """Return those of some records that were created, by row, in one visit."""
    names = {_name(table, row): row for row in rows}
    found = tx.connection.execute(_FIND_ALL, {"names": list(names)})
    return {
        names[each.record]: Record(tx.vault, each.wrapped, table, names[each.record])
        for each in found
    }


def drop_record(tx: Transaction, table: str, row: bytes) -> None:
    """Destroy a record's key; its columns cannot be read again."""
    tx.connection.execute(delete(RECORD_KEYS).where(RECORD_KEYS.c.record == _name(table, row)))


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_ADD = insert(RECORD_KEYS)
_FIND = select(RECORD_KEYS.c.wrapped).where(RECORD_KEYS.c.record == bindparam("name"))
_FIND_ALL = select(RECORD_KEYS).where(
    RECORD_KEYS.c.record.in_(bindparam("names", expanding=True))
)


def _name(table: str, row: bytes) -> str:
    return f"{table}|{row.hex()}"
