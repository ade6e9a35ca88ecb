"""Ending orders that a word opened and that have not left: the word was taken back, or ended.

It promises that an order that is ended waits for nothing, asks for nothing and sends nothing,
and says that it is closed, until somebody orders anew.

Source: docs/coordination.md, "A word that is taken back".
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import bindparam, select

from node.store import decisions, releases, unsent, waits
from node.store.database import Transaction
from node.store.reliances import RELIANCES, SAME_PART
from node.store.tables import EVIDENCE, OUTBOX, PASSAGES
from valija.clock import Minute
from valija.ids import Desk, NoticeId

_CLOSED = "closed"


def close(tx: Transaction, notice: NoticeId, desks: Iterable[Desk], now: Minute) -> None:
    """End the orders of a notice towards these desks."""
    ended = frozenset(desks)
    waits.fall_away(tx, notice, ended, now)
    releases.drop(tx, notice, ended)
    closed = [
        replace(one, rank=_CLOSED, at=now)
        for one in decisions.standings(tx, notice)
        if one.recipient in ended
    ]
    decisions.put_standings(tx, closed)


def close_ended(tx: Transaction, now: Minute) -> tuple[NoticeId, ...]:
    """Close what was sealed under words that have ended since, and return its notices.

    What waits for a signature may wait for days where no broker answers; what no longer counts
    opens nothing when it would leave.
    """
    found = [
        (NoticeId(row.notice), row.evidence)
        for row in tx.connection.execute(_ENDED, {"now": now})
    ]
    for notice, word in found:
        close(tx, notice, unsent.take_back(tx, word), now)
    return tuple(dict.fromkeys(notice for notice, _ in found))


_ENDED = (
    select(RELIANCES.c.notice, RELIANCES.c.evidence)
    .join(EVIDENCE, EVIDENCE.c.id == RELIANCES.c.evidence)
    .join(PASSAGES, SAME_PART)
    .join(OUTBOX, OUTBOX.c.envelope == PASSAGES.c.envelope)
    .where(OUTBOX.c.batch.is_(None), EVIDENCE.c.until <= bindparam("now"))
    .distinct()
    .order_by(RELIANCES.c.notice, RELIANCES.c.evidence)
)
"""Words that have ended, on which something rests that has no signature."""
