"""From what waits to one signed batch: the only place where a number is used up.

It promises that everything a signature fixes (the desk's number and previous head, each
pair's number and previous label, the recipients' tree, label, head and value) is made and
stored inside one transaction. A crash before its end leaves the items waiting and every
number unused; a crash after it leaves the batch READY, to be sent as it is.

Source: docs/envelope.md, section 3.2 (No number is signed twice), 3.3 and 3.4, step 4.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import SystemRandom

from node.parcel import Parcel, Source, Wrapped
from node.store import batches, outbox, sent
from node.store.database import Transaction
from valija.batch import Item, Signer, SignHead, sign_batch
from valija.clock import Minute
from valija.envelope import Envelope, Stanza, recipient_leaves, recipients_size
from valija.head import MAX_ITEMS, ChainPoint
from valija.ids import Desk, Digest, LabelId, NoticeId, digest
from valija.label import SUITE, Label
from valija.merkle import root
from valija.wire.item import label_item, parse_payload
from valija.wire.label import label_bytes
from valija.wire.submit import submit_request_bytes

MOST_BYTES = (3 << 20) - (64 << 10)
"""What a submission may hold beside its head: 3 MiB, less room for the frame."""
_RANDOM = SystemRandom()


@dataclass(frozen=True, slots=True)
class Pen:
    """What signs for a desk.

    Attributes:
        signer: The desk and the key in force.
        sign: Makes the value over a head's bytes.
    """

    signer: Signer
    sign: SignHead


@dataclass(slots=True)
class _Numbers:
    """The pair numbers that one batch uses, as they advance."""

    tx: Transaction
    desk: Desk
    envelopes: Mapping[LabelId, sent.Envelope]
    audiences: Mapping[tuple[NoticeId, int], int]
    pairs: dict[Desk, batches.Chain] = field(default_factory=dict)
    labelled: list[sent.Labelled] = field(default_factory=list)

    def take(self, peer: Desk) -> batches.Chain:
        """Return where the pair stood before this label."""
        return self.pairs.get(peer) or batches.pair(self.tx, self.desk, peer)


def sign_waiting(tx: Transaction, desk: Desk, pen: Pen, now: Minute) -> batches.Signed | None:
    """Sign what a desk has waiting, as one batch, and store it; None where nothing waits.

    Raises:
        DuplicateError: Another writer used the number: nothing was signed away.
    """
    waiting = _fitting(outbox.waiting(tx, desk, MAX_ITEMS))
    if not waiting:
        return None
    names = [each.envelope for each in waiting if each.envelope is not None]
    envelopes = sent.envelopes(tx, names)
    audiences = sent.audiences(tx, {each.notice for each in envelopes.values()})
    numbers = _Numbers(tx, desk, envelopes, audiences)
    items = [_item(numbers, each) for each in waiting]
    chain = batches.counter(tx, desk)
    batch = sign_batch(pen.signer, ChainPoint(chain.sequence, chain.last), items, pen.sign)
    signed = batches.Signed(
        desk=desk,
        sequence=batch.head.sequence,
        head_digest=batch.head_digest,
        submission=submit_request_bytes(batch),
        items=len(items),
        signed=now,
    )
    sent.label_envelopes(tx, numbers.labelled)
    batches.add(tx, signed, numbers.pairs)
    outbox.place(tx, waiting, signed.sequence)
    return signed


def _fitting(waiting: Sequence[outbox.Waiting]) -> Sequence[outbox.Waiting]:
    """Return the first items that together fit one submission; the first one always does.

    An item that stood in a refused batch goes alone: a batch stands or falls together, and
    what was refused for a neighbour's sake must not fall with it again.
    """
    if waiting and waiting[0].attempt:
        return waiting[:1]
    total = 0
    for count, item in enumerate(waiting):
        total += item.size
        if count and (total > MOST_BYTES or item.attempt):
            return waiting[:count]
    return waiting


def _item(numbers: _Numbers, waiting: outbox.Waiting) -> Item:
    if waiting.envelope is None:
        body = parse_payload(waiting.kind, waiting.payload)
        return Item(waiting.kind, waiting.payload, waiting.to, body)
    return label_item(_number(numbers, numbers.envelopes[waiting.envelope]))


def _number(numbers: _Numbers, sealed: sent.Envelope) -> Envelope:
    """Give a sealed envelope its pair numbers, its tree and its label."""
    parcel, source = Parcel.parse(sealed.parcel), Source.parse(sealed.source)
    # By all recipients of the revision: by those of one view, its size would tell a recipient
    # whether others are shown what he is shown.
    size = recipients_size(numbers.audiences[sealed.notice, sealed.revision])
    places = _RANDOM.sample(range(size), len(parcel.wrapped))
    stanzas = tuple(
        _stanza(wrapped, numbers.take(wrapped.recipient), place)
        for wrapped, place in zip(parcel.wrapped, places, strict=True)
    )
    label = Label(
        suite=SUITE,
        id=sealed.id,
        originator=sealed.desk,
        notice_id=sealed.notice,
        version=sealed.version,
        commitment=source.commitment,
        recipients_root=root(recipient_leaves(stanzas, parcel.filler, size)),
        recipients_size=size,
        agreement=source.agreement,
        urgent=sealed.urgent,
        issued=sealed.issued,
        expires=sealed.expires,
        terms_digest=digest(parcel.terms),
        content_digest=digest(parcel.content),
        content_size=len(parcel.content),
        decision=source.decision,
    )
    exact = label_bytes(label)
    _advance(numbers, sealed, stanzas, digest(exact))
    return Envelope(label, exact, parcel.terms, parcel.content, stanzas, parcel.filler)


def _stanza(wrapped: Wrapped, chain: batches.Chain, place: int) -> Stanza:
    return Stanza(
        recipient=wrapped.recipient,
        key_id=wrapped.key_id,
        pair_sequence=chain.sequence + 1,
        pair_previous=chain.last,
        index=place,
        sealed=wrapped.sealed,
    )


def _advance(
    numbers: _Numbers, sealed: sent.Envelope, stanzas: Sequence[Stanza], label: Digest
) -> None:
    """Note that each pair's last label is now this one."""
    for stanza in stanzas:
        numbers.pairs[stanza.recipient] = batches.Chain(stanza.pair_sequence, label)
    used = tuple((stanza.recipient, stanza.pair_sequence) for stanza in stanzas)
    numbers.labelled.append(sent.Labelled(sealed.id, label, used))


PenOf = Callable[[Desk], Pen]
"""Returns what signs for a desk now; raises AbsentError where no key is in force."""
