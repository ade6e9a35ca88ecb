"""What a database belongs to: one member, one log.

It promises that a store is never used under another anchor or by another state.

Source: docs/envelope.md, section 5 (all else follows from anchor and log).
"""

from sqlalchemy import insert, select

from node.store.database import Transaction
from node.store.tables import SETTINGS
from valija.errors import MalformedError
from valija.ids import Digest, Member


def claim(tx: Transaction, member: Member, anchor: Digest) -> None:
    """Write at first whose store this is and under which anchor; compare ever after.

    Raises:
        MalformedError: It is another member's, or under another anchor.
    """
    for name, value in (("member", member.encode()), ("anchor", bytes(anchor))):
        query = select(SETTINGS.c.value).where(SETTINGS.c.name == name)
        known = tx.connection.execute(query).scalar_one_or_none()
        if known is None:
            tx.connection.execute(insert(SETTINGS).values(name=name, value=value))
        elif known != value:
            raise MalformedError(f"this store belongs to another {name}")
