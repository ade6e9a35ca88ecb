"""Signatures over words given, words withdrawn, and what relied on which."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("key_id", sa.LargeBinary(), nullable=True))
    op.add_column("evidence", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.create_table(
        "withdrawals",
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("evidence", name=op.f("pk_withdrawals")),
    )
    op.create_index("ix_withdrawals_notice", "withdrawals", ["notice"], unique=False)
    op.create_table(
        "reliances",
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "notice", "revision", "recipient", "evidence", name=op.f("pk_reliances")
        ),
    )
    op.create_index("ix_reliances_evidence", "reliances", ["evidence"], unique=False)
