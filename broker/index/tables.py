"""The index's tables.

It promises that every row of `leaves`, `items` and `inbox` follows from the log alone, so that
all can be dropped and made again; `cursors` is what desks last said, and `about` whose index
this is. Queries stand in `broker.index`.

Source: docs/architecture.md, "The order of record".
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
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
    Column("void", String(64), nullable=False),  # Why it does not count; empty: it counts.
    Column("record", LargeBinary, nullable=False),
)
ITEMS = Table(
    "items",
    METADATA,
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("item", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # Its digest.
    Column("void", Boolean, nullable=False),
)
INBOX = Table(
    "inbox",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("leaf", BigInteger, primary_key=True, autoincrement=False),
    Column("item", SmallInteger, primary_key=True, autoincrement=False),
    Column("urgent", Boolean, nullable=False),
)
URGENT = Index(
    "inbox_urgent",
    INBOX.c.desk,
    INBOX.c.leaf,
    sqlite_where=INBOX.c.urgent,
    postgresql_where=INBOX.c.urgent,
)
CURSORS = Table(
    "cursors",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("cursor", BigInteger, nullable=False),
)
DERIVED = (LEAVES, ITEMS, INBOX)
"""What follows from the log, in the order in which `Index.digest` reads it."""
