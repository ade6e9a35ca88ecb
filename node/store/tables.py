"""The tables of a node's database, as SQLAlchemy sees them.

They promise the same meaning on SQLite and PostgreSQL: identities and digests are bytes,
desks are text (`AR/police`), instants are whole minutes since 1970 UTC. A column whose name
ends in `_sealed` holds what `node.vault` encrypted. Migrations build them; a test compares.

Source: docs/envelope.md, sections 3.4, 3.6 and 5 (At rest).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows in INTEGER only.
_DESK = String(32)

RECORD_KEYS = Table(
    "record_keys",
    METADATA,
    Column("record", String(128), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""One random key a record, wrapped by the store key; deleting the row shreds the record."""

DRAFTS = Table(
    "drafts",
    METADATA,
    Column("notice", LargeBinary, primary_key=True),
    Column("desk", _DESK, nullable=False),
    Column("type", String(32), nullable=False),
    Column("author", String(64), nullable=False),
    Column("created", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Index("ix_drafts_page", "desk", "changed", "notice"),
)

NOTICES = Table(
    "notices",
    METADATA,
    Column("notice", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("desk", _DESK, nullable=False),
    Column("type", String(32), nullable=False),
    Column("created", Integer, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("notice", "revision"),
    Index("ix_notices_page", "desk", "created", "notice", "revision"),
)
"""What was published; `content_sealed` holds every committed fact with its salt and place."""

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
    Column("made", Integer, nullable=False),
    Column("record_sealed", LargeBinary, nullable=False),
    Index("ix_decisions_notice", "notice", "made"),
)
"""Salted decision records; `digest` is what labels carry."""

STANDINGS = Table(
    "standings",
    METADATA,
    Column("notice", LargeBinary, nullable=False),
    Column("recipient", _DESK, nullable=False),
    Column("rank", String(8), nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("citations", Text, nullable=False),
    Column("at", Integer, nullable=False),
    PrimaryKeyConstraint("notice", "recipient"),
)
"""What the law last said of a whole notice towards a recipient: allowed, held or never."""

HOLDS = Table(
    "holds",
    METADATA,
    Column("id", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
    Column("recipient", _DESK, nullable=False),
    Column("condition", String(96), nullable=False),
    Column("article", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("opened", Integer, nullable=False),
    Column("closed", Integer),
    Column("evidence", LargeBinary),
    UniqueConstraint("notice", "recipient", "condition", "article"),
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("id", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
    Column("token", String(96), nullable=False),
    Column("by", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("at", Integer, nullable=False),
    Column("until", Integer),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("key_id", LargeBinary),
    Column("signature", LargeBinary),
    Index("ix_evidence_notice", "notice", "at"),
)
"""Words that meet conditions; `body_sealed` says scope and reference, `signature` is the desk's
own over all of it; a row without one counts for nothing."""

ENVELOPES = Table(
    "envelopes",
    METADATA,
    Column("id", LargeBinary, primary_key=True),
    Column("notice", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("desk", _DESK, nullable=False),
    Column("version", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("label_digest", LargeBinary, unique=True),
    Column("replaced", LargeBinary),
    Column("parcel", LargeBinary, nullable=False),
    Column("source_sealed", LargeBinary, nullable=False),
    Index("ix_envelopes_notice", "notice", "revision"),
)
"""Envelopes sealed by us: `parcel` is everything but numbers and label, `source_sealed` what
it was sealed from, kept so that it can be sealed again."""

PASSAGES = Table(
    "passages",
    METADATA,
    Column("envelope", LargeBinary, ForeignKey("envelopes.id"), nullable=False),
    Column("recipient", _DESK, nullable=False),
    Column("notice", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("pair_sequence", _NUMBER),
    PrimaryKeyConstraint("envelope", "recipient"),
    Index("ix_passages_notice", "notice", "recipient", "revision"),
)
"""One envelope towards one recipient."""

COUNTERS = Table(
    "counters",
    METADATA,
    Column("desk", _DESK, primary_key=True),
    Column("sequence", _NUMBER, nullable=False),
    Column("previous", LargeBinary, nullable=False),
)
"""Last number that a desk signed, and the digest of that head."""

PAIRS = Table(
    "pairs",
    METADATA,
    Column("desk", _DESK, nullable=False),
    Column("peer", _DESK, nullable=False),
    Column("sequence", _NUMBER, nullable=False),
    Column("label", LargeBinary, nullable=False),
    PrimaryKeyConstraint("desk", "peer"),
)
"""Last number and label that a desk signed towards a peer."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("desk", _DESK, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Column("payload", LargeBinary),
    Column("to", Text, nullable=False),
    Column("envelope", LargeBinary),
    Column("attempt", Integer, nullable=False),
    Column("batch", _NUMBER),
    Column("place", Integer),
    Index("ix_outbox_waiting", "batch", "desk", "id"),
    Index("ix_outbox_envelope", "envelope"),
)
"""Items to sign: a statement's exact payload, or the envelope that becomes a label."""

BATCHES = Table(
    "batches",
    METADATA,
    Column("desk", _DESK, nullable=False),
    Column("sequence", _NUMBER, nullable=False),
    Column("head_digest", LargeBinary, nullable=False, unique=True),
    Column("submission", LargeBinary, nullable=False),
    Column("items", Integer, nullable=False),
    Column("signed", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("leaf_index", _NUMBER),
    Column("logged", Integer),
    Column("path", LargeBinary),
    Column("tree_size", _NUMBER),
    Column("code", String(16), nullable=False),
    PrimaryKeyConstraint("desk", "sequence"),
    Index("ix_batches_open", "state", "desk", "sequence"),
)
"""Signed batches, as exact bytes: ready, durable, proven; or rejected, withdrawn, replaced."""

RECEIVED = Table(
    "received",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("desk", _DESK, nullable=False),
    Column("label_digest", LargeBinary, nullable=False),
    Column("originator", _DESK, nullable=False),
    Column("label_id", LargeBinary, nullable=False),
    Column("notice", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("leaf_index", _NUMBER, nullable=False),
    Column("logged", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("pair_sequence", _NUMBER, nullable=False),
    Column("tree_size", _NUMBER, nullable=False),
    Column("delivery", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ground", String(32), nullable=False),
    Column("conditions", Text, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("type", String(32), nullable=False),
    Column("purpose", String(48), nullable=False),
    Column("opened", String(32), nullable=False),
    Column("key_sealed", LargeBinary),
    UniqueConstraint("desk", "label_digest"),
    UniqueConstraint("desk", "originator", "label_id"),
    Index("ix_received_page", "desk", "number"),
    Index("ix_received_notice", "notice", "desk", "version"),
    Index("ix_received_state", "state", "desk", "number"),
)
"""Deliveries that were verified, as received; the content key stands beside them, sealed."""

PEERS = Table(
    "peers",
    METADATA,
    Column("desk", _DESK, nullable=False),
    Column("peer", _DESK, nullable=False),
    Column("sequence", _NUMBER, nullable=False),
    Column("label", LargeBinary, nullable=False),
    PrimaryKeyConstraint("desk", "peer"),
)
"""Highest number and its label that a peer sent us."""

HOLES = Table(
    "holes",
    METADATA,
    Column("desk", _DESK, nullable=False),
    Column("peer", _DESK, nullable=False),
    Column("sequence", _NUMBER, nullable=False),
    Column("since", Integer, nullable=False),
    PrimaryKeyConstraint("desk", "peer", "sequence"),
)
"""Numbers of a peer that did not arrive: an alarm and a question, no error."""

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("subject", LargeBinary, nullable=False),
    Column("event", Integer, nullable=False),
    Column("desk", _DESK, nullable=False),
    Column("signer", _DESK, nullable=False),
    Column("at", Integer, nullable=False),
    Column("ground", String(32), nullable=False),
    Column("role", String(32), nullable=False),
    Column("leaf_index", _NUMBER, nullable=False),
    Column("logged", LargeBinary, nullable=False),
    PrimaryKeyConstraint("subject", "event", "desk"),
)
"""Receipts that others signed, with the bytes that prove them."""

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("desk", _DESK, nullable=False),
    Column("leaf_index", _NUMBER, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("error", String(32), nullable=False),
    Column("clause", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("settled", Integer),
    Column("tree_size", _NUMBER, nullable=False),
    Column("delivery", LargeBinary, nullable=False),
    UniqueConstraint("desk", "subject"),
)
"""Deliveries that did not verify, kept aside with their error."""

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", _NUMBER, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
"""Checkpoints that were verified; two roots for one size cannot both be stored."""

CURSORS = Table(
    "cursors",
    METADATA,
    Column("desk", _DESK, primary_key=True),
    Column("cursor", _NUMBER, nullable=False),
)

DIRECTORY = Table(
    "directory",
    METADATA,
    Column("leaf_index", _NUMBER, nullable=False),
    Column("place", Integer, nullable=False),
    Column("logged", Integer, nullable=False),
    Column("signer", _DESK, nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    PrimaryKeyConstraint("leaf_index", "place"),
)
"""Verified statements of the directory, in log order; `proof` is the Logged item, exact."""

JOURNAL = Table(
    "journal",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", _NUMBER, nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("act", String(32), nullable=False),
    Column("object", String(96), nullable=False),
    Column("purpose", String(48), nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index("ix_journal_object", "object", "number"),
)
"""Who did what when; the database refuses to change or delete a row."""

SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What the database must agree on with its node: member, origin."""
