"""Accounts, by the digest of their token."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("barred", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_people")),
        sa.UniqueConstraint("token", name=op.f("uq_people_token")),
    )
