"""Orders to release, rows of registers with the hands laid on them, and the risk table."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wishes",
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=48), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("awaited", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("notice", "recipient", name=op.f("pk_wishes")),
    )
    op.create_table(
        "hands",
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("notice", "account", name=op.f("pk_hands")),
    )
    op.create_table(
        "origins",
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_origins")),
    )
    op.create_table(
        "risks",
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("torture", sa.String(length=16), nullable=False),
        sa.Column("persecution", sa.String(length=8), nullable=False),
        sa.Column("compromised", sa.String(length=8), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("desk", name=op.f("pk_risks")),
    )
