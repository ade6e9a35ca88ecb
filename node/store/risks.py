"""The risk table: what a prosecutor stated of another state's desk, and until when.

It promises that what has ended is told to nobody. Who may state it is the affair of
`node.terminal.keeper`; what follows from it that of the law.

Source: docs/content.md, "What the law must be told" (risk).
"""

from dataclasses import dataclass

from sqlalchemy import Column, Integer, String, Table, bindparam, delete, insert, select

from node.store.database import Transaction
from node.store.tables import METADATA
from valija.clock import Minute
from valija.ids import Desk

RISKS = Table(
    "risks",
    METADATA,
    Column("desk", String(32), primary_key=True),
    Column("torture", String(16), nullable=False),
    Column("persecution", String(8), nullable=False),
    Column("compromised", String(8), nullable=False),
    Column("account", String(32), nullable=False),
    Column("until", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RiskRow:
    """What a prosecutor stated of one desk, until a minute."""

    desk: Desk
    torture: str
    persecution: str
    compromised: str
    account: str
    until: Minute


def put(tx: Transaction, row: RiskRow) -> None:
    """Write what a prosecutor states of a desk, in place of what was stated before."""
    tx.connection.execute(delete(RISKS).where(RISKS.c.desk == str(row.desk)))
    values = {name: getattr(row, name) for name in RiskRow.__slots__}
    tx.connection.execute(insert(RISKS), values | {"desk": str(row.desk)})


def standing(tx: Transaction, minute: Minute) -> tuple[RiskRow, ...]:
    """Return what stands of each desk at a minute, by desk; what has ended is not among it."""
    return tuple(
        RiskRow(
            Desk.parse(row.desk),
            row.torture,
            row.persecution,
            row.compromised,
            row.account,
            Minute(row.until),
        )
        for row in tx.connection.execute(_STANDING, {"minute": minute})
    )


# Made once: SQLAlchemy takes longer to put a statement together than to run it.
_STANDING = select(RISKS).where(RISKS.c.until > bindparam("minute")).order_by(RISKS.c.desk)
