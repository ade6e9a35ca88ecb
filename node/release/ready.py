"""Orders of one draft that the law has answered, and the rows that they become.

It promises that the text that was asked about is the text that is written, and that each part
that goes names the words it rests on, in the same commit. It seals nothing; `node.outbox` does.

Source: docs/architecture.md, The journey, 3 to 5; docs/policy.md, section 3.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from node.release.loaded import Loaded
from node.release.publication import Judged, Publication
from node.store import decisions, drafts, releases, reliances, waits
from node.store.database import Transaction
from valija.errors import UnavailableError
from valija.ids import NoticeId, digest


@dataclass(frozen=True, slots=True)
class Ready:
    """Orders of one draft that the law has answered.

    Attributes:
        loaded: The draft as it was asked about.
        judged: Each order with its ruling.
        what: What they change.
    """

    loaded: Loaded
    judged: tuple[Judged, ...]
    what: Publication

    @property
    def notice(self) -> NoticeId:
        """Which draft."""
        return self.loaded.line.notice


def store(tx: Transaction, one: Ready) -> None:
    """Write what an order changed beside the envelopes: decision, standings, waits, order.

    Raises:
        UnavailableError: The text changed since the law was asked; nothing was written.
    """
    notice, now = one.notice, one.what.standings[0].at
    if digest(drafts.content(tx, notice)).hex() != one.loaded.content:
        raise UnavailableError(
            "the draft changed meanwhile; nothing was sent; look at it again"
        )
    decisions.add_decision(tx, notice, now, one.what.record)
    decisions.put_standings(tx, one.what.standings)
    releases.put(tx, [each.wish for each in one.judged])
    for each in one.judged:
        kept = [hold for hold in one.what.holds if hold.recipient == each.wish.recipient]
        waits.end_others(tx, notice, each.wish.recipient, kept, now)
    for hold in one.what.holds:
        waits.begin(tx, hold)
    reliances.add(tx, _relied(one))


def _relied(one: Ready) -> Iterator[reliances.Reliance]:
    """Yield what each part that goes rests on."""
    decided = one.what.decided
    if decided is None:
        return
    going = {share.recipient for share in decided.shares}
    for each in one.judged:
        if each.wish.recipient in going:
            for word in each.ruling.relied:
                yield reliances.Reliance(
                    one.notice, decided.revision, each.wish.recipient, word
                )
