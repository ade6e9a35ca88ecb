"""The one commit of an inbox: what was verified, what failed, cursor and checkpoint.

It promises that envelope, leaf, checkpoint, cursor and the DELIVERED payload become durable
together or not at all, so that a crash before leaves nothing and the stream sends it again,
and a crash after leaves a receipt that the outbox will sign. What comes twice is stored once
and receipted once.

Source: docs/envelope.md, section 3.6, step 7.
"""

from dataclasses import dataclass, replace
from secrets import token_bytes

from node.inbox.catch import Arrived, Catch
from node.store import batches, log, outbox, peers, quarantine, receipts, received
from node.store.database import Transaction
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, Digest, Kind
from valija.receipt import Event, Receipt
from valija.statement import Endorsement
from valija.wire.receipt import receipt_bytes
from valija.wire.statement import statement_bytes

ASK_TIMES = 3
"""How often an item that does not verify is taken from brokers, before it stays aside."""
_UNPROVEN = (batches.READY, batches.DURABLE)
_FRAME_BYTES = 512  # Of a statement in a submission, beside its payload.


@dataclass(frozen=True, slots=True)
class Stored:
    """What one commit changed.

    Attributes:
        arrivals: Envelopes stored now, for the intake law.
        holes: Numbers of peers that are missing, and that nobody had noted: an alarm each.
        ask_again: Something was kept aside that another broker may have whole.
        strangers: Heads that the log refused in our name and this node never signed: alarms.
    """

    arrivals: tuple[received.Arrival, ...]
    holes: tuple[tuple[Desk, int], ...]
    ask_again: bool
    strangers: tuple[Digest, ...]


def store_catch(
    tx: Transaction, catch: Catch, noted: log.Noted, done: int, now: Minute
) -> Stored:
    """Write one response's catch; `done` becomes the cursor.

    Raises:
        SplitViewError: Another root for this checkpoint's size was verified before.
        LimitError: More would be kept aside than a desk keeps: another broker is asked.
        DuplicateError: Two labels of one originator with one id: the log never lets two
            count, so the broker lies, or the store was altered.
    """
    log.put_checkpoint(tx, noted)
    log.add_entries(tx, catch.entries)
    quarantine.settle(tx, catch.desk, catch.verified, now)
    seen = [quarantine.put_aside(tx, suspect) for suspect in catch.suspects]
    refused = [
        slip for slip in catch.slips if receipts.add(tx, slip) and slip.event == Event.REJECTED
    ]
    strangers = [slip.subject for slip in refused if not _begin_withdrawal(tx, slip)]
    arrivals: list[received.Arrival] = []
    holes: list[tuple[Desk, int]] = []
    for arrived in catch.arrived:
        arrival = _arrival(catch.desk, arrived, noted, now)
        if received.is_new(tx, arrival):
            arrivals.append(replace(arrival, number=received.add(tx, arrival)))
            holes += [(arrival.originator, n) for n in peers.count_peer(tx, arrival)]
            if arrival.state == received.STORED:
                leave_receipt(tx, arrival, receipt_about(arrival, Event.DELIVERED, now))
    log.put_cursor(tx, catch.desk, done)
    return Stored(
        arrivals=tuple(arrivals),
        holes=tuple(holes),
        ask_again=any(times < ASK_TIMES for times in seen),
        strangers=tuple(strangers),
    )


def receipt_about(arrival: received.Arrival, event: Event, now: Minute) -> Receipt:
    """Return our receipt of an event; its minute and a fresh salt are fixed now."""
    return Receipt(event, arrival.label, arrival.desk, now, salt=token_bytes(16))


def leave_receipt(tx: Transaction, arrival: received.Arrival, receipt: Receipt) -> None:
    """Leave an unsigned receipt, to the originator, for the outbox to sign."""
    payload = receipt_bytes(receipt)
    item = outbox.Waiting(
        id=0,
        desk=arrival.desk,
        kind=Kind.RECEIPT,
        to=(arrival.originator,),
        payload=payload,
        envelope=None,
        size=len(payload) + _FRAME_BYTES,
    )
    outbox.add(tx, [item])


def _arrival(desk: Desk, arrived: Arrived, noted: log.Noted, now: Minute) -> received.Arrival:
    envelope = arrived.envelope
    label = envelope.label
    return received.Arrival(
        number=0,
        desk=desk,
        label=envelope.label_digest,
        originator=label.originator,
        label_id=label.id,
        notice=label.notice_id,
        version=label.version,
        leaf_index=envelope.leaf_index,
        logged=envelope.logged,
        stored=now,
        expires=label.expires,
        urgent=label.urgent,
        pair_sequence=envelope.stanza.pair_sequence,
        tree_size=noted.size,
        delivery=arrived.delivery,
        state=received.EXPIRED if envelope.expired else received.STORED,
    )


def _begin_withdrawal(tx: Transaction, slip: receipts.Slip) -> bool:
    """The log refused a head of ours: withdraw it, unless an earlier leaf holds it.

    Returns:
        False where this node never signed such a head.
    """
    try:
        refused = batches.by_head(tx, slip.subject)
    except AbsentError:
        return False
    rejected = {"state": batches.REJECTED, "code": "rejected"}
    if not batches.change(tx, refused, since=_UNPROVEN, **rejected):
        return True
    body = Endorsement(statement=refused.head_digest, withdrawn=True, reason="rejected")
    payload = statement_bytes(body)
    item = outbox.Waiting(
        id=0,
        desk=refused.desk,
        kind=Kind.ENDORSEMENT,
        to=(),
        payload=payload,
        envelope=None,
        size=len(payload) + _FRAME_BYTES,
        urgent=True,
    )
    outbox.add(tx, [item])
    return True
