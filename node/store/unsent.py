"""Envelopes that were sealed and not signed yet, taken back.

It promises that what is taken back can never be signed: its rows, its sealed bytes and the key
of what it was sealed from are gone in one transaction. What was signed cannot be taken back,
for its number is used up and its bytes may have left (docs/envelope.md, 3.2).

Source: docs/coordination.md (consent withdrawn).
"""

from sqlalchemy import delete, select

from node.store.database import Transaction
from node.store.records import drop_record
from node.store.reliances import RELIANCES, SAME_PART
from node.store.tables import ENVELOPES, OUTBOX, PASSAGES
from valija.ids import Desk


def take_back(tx: Transaction, word: bytes) -> frozenset[Desk]:
    """Destroy every envelope that rests on a word and has no signature; return who waited.

    An envelope goes to all of its recipients or to none, so who shares it waits in vain too.
    """
    query = (
        select(PASSAGES.c.envelope)
        .join(RELIANCES, SAME_PART)
        .join(OUTBOX, OUTBOX.c.envelope == PASSAGES.c.envelope)
        .where(RELIANCES.c.evidence == word, OUTBOX.c.batch.is_(None))
        .distinct()
    )
    names = tx.connection.execute(query).scalars().all()
    waited = select(PASSAGES.c.recipient).where(PASSAGES.c.envelope.in_(names))
    desks = frozenset(map(Desk.parse, tx.connection.execute(waited).scalars()))
    for name in names:
        tx.connection.execute(delete(OUTBOX).where(OUTBOX.c.envelope == name))
        tx.connection.execute(delete(PASSAGES).where(PASSAGES.c.envelope == name))
        tx.connection.execute(delete(ENVELOPES).where(ENVELOPES.c.id == name))
        drop_record(tx, "envelopes", name)
    return desks
