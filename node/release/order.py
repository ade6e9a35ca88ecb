"""An officer's order, and what it asks for towards each desk.

It promises that an empty audience is nobody, and that a condition to wait for is one that the
law knows: a misspelt one would wait for nothing. Which desks there are `node.release.desk`
tells; what follows from an order is `node.release.sender`'s.

Source: docs/architecture.md, What never happens, 1.
"""

from dataclasses import dataclass

from node.preflight.question import SECOND_PERSON
from node.release.loaded import Loaded
from node.store.releases import Wish
from policies.vocabulary import LISTS
from valija.clock import Minute
from valija.errors import MalformedError
from valija.ids import Desk

_MOST_RECIPIENTS = 64


@dataclass(frozen=True, slots=True)
class Order:
    """What an officer asks for.

    Attributes:
        recipients: Desks, at least one: an empty audience is nobody.
        purpose: A word of the law's list; empty: the draft's own.
        urgent: Delivered first.
        awaited: Conditions to wait for, though less could go without them; four eyes unless
            said otherwise.
    """

    recipients: tuple[Desk, ...]
    purpose: str = ""
    urgent: bool = False
    awaited: frozenset[str] = frozenset({SECOND_PERSON})


def check_order(order: Order, sender: Desk) -> None:
    """Refuse an order that cannot mean what it says.

    Raises:
        MalformedError: Nobody or too many are named, one of them is the sender's own desk, or
            it waits for what the law does not know.
    """
    recipients = set(order.recipients)
    if not recipients:
        raise MalformedError("name at least one recipient: an empty audience is nobody")
    if len(recipients) > _MOST_RECIPIENTS:
        raise MalformedError(f"one notice has at most {_MOST_RECIPIENTS} recipients")
    if sender in recipients:
        raise MalformedError(f"{sender} is the sender's own desk; nothing was sent")
    if not order.awaited <= frozenset(LISTS["Evidence"]):
        raise MalformedError("the law knows no such condition to wait for; nothing was sent")


def wishes(order: Order, loaded: Loaded, account: str, now: Minute) -> tuple[Wish, ...]:
    """Return what an order asks of one draft, a wish a desk, bound to the text it was given."""
    return tuple(
        Wish(
            notice=loaded.line.notice,
            recipient=recipient,
            purpose=order.purpose or loaded.draft.notice.handling.purpose,
            urgent=order.urgent,
            awaited=order.awaited,
            account=account,
            content=loaded.content,
            at=now,
        )
        for recipient in dict.fromkeys(order.recipients)
    )
