"""The index's tables.

It promises that every row of `leaves` and `inbox` follows from the log alone, so that
all can be dropped and made again; `cursors` is what desks last said, and `about` whose index
this is. Queries stand in `broker.index`.

Source: docs/architecture.md, "The order of record".
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
)

EVERYBODY = "*"
"""Stands for all desks in `inbox`: the directory's statements reach everyone."""

METADATA = MetaData()
ABOUT = Table(
    "about",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
LEAVES = Table(
    "leaves",
    METADATA,
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("error", String(64), nullable=False),  # Why it does not count; empty: it counts.
    Column("void_items", LargeBinary, nullable=False),  # A byte an item that does not.
    Column("record", LargeBinary, nullable=False),
)
INBOX = Table(  # One row a leaf and reader: a batch is read whole, and rows are what costs.
    "inbox",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("places", LargeBinary, nullable=False),  # A byte an item: its place, ascending.
    Column("urgent", LargeBinary, nullable=False),  # Those of them that go first.
)
URGENT = Index(
    "inbox_urgent",
    INBOX.c.desk,
    INBOX.c.leaf,
    sqlite_where=func.length(INBOX.c.urgent) > 0,
    postgresql_where=func.length(INBOX.c.urgent) > 0,
)
CURSORS = Table(
    "cursors",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)
DERIVED = (LEAVES, INBOX)
"""What follows from the log, in the order in which `Index.digest` reads it."""
