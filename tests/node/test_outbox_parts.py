"""The outbox's small parts: who shares an envelope, numbers, parcels, patience, bells."""

import asyncio
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.decided import Decided, Share
from node.outbox.grouping import Last, facts_bytes, plan
from node.outbox.numbering import MOST_BYTES, Pen, sign_waiting
from node.outbox.patience import PAUSES, Patience
from node.parcel import Parcel, Source, Wrapped, join, split
from node.race import race
from node.store import batches, outbox, sent
from node.store.bell import Bell
from node.store.database import Database
from node.store.migration import migrate
from node.vault import Vault
from tests.node.sample import facts, part, terms, whole
from valija.batch import Signer
from valija.clock import Day, Minute
from valija.envelope import SEALED_BYTES, Envelope
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk, Digest, KeyId, Kind, LabelId, NoticeId, digest, key_id
from valija.receipt import Event, Receipt
from valija.signature import BATCH_CONTEXT, CompositeSecret, verify_composite
from valija.wire.envelope import terms_bytes
from valija.wire.receipt import receipt_bytes
from valija.wire.submit import parse_submit_request

AR, BR, CO, MX = (Desk.parse(f"{code}/police") for code in ("AR", "BR", "CO", "MX"))
NOW = Minute(30_000_000)
AGREEMENT = digest(b"agreement")
SECRET = CompositeSecret.generate()
PEN = Pen(Signer(AR, key_id(SECRET.public)), lambda head: SECRET.sign(head, BATCH_CONTEXT))


def share(recipient: Desk, **change: object) -> Share:
    return replace(Share(recipient, whole(), terms(NOW), AGREEMENT), **change)  # type: ignore[arg-type]


def notice(*shares: Share) -> Decided:
    return Decided(
        notice=NoticeId(b"n" * 16),
        revision=1,
        type="network",
        originator=AR,
        facts=facts(),
        shares=shares,
        record=b"record",
        expires=Day(21_000),
    )


def test_recipients_that_nothing_tells_apart_share_one_envelope() -> None:
    planned = plan(notice(share(BR), share(CO), share(MX, opened=part())), {})
    assert [group.recipients for group in planned.groups] == [(BR, CO), (MX,)]


@pytest.mark.parametrize(
    "change",
    [
        {"opened": part()},
        {"terms": terms(NOW, "prosecution")},
        {"agreement": digest(b"other")},
    ],
)
def test_what_differs_for_one_recipient_takes_another_envelope(
    change: dict[str, object],
) -> None:
    planned = plan(notice(share(BR), share(CO, **change)), {})
    assert [group.recipients for group in planned.groups] == [(BR,), (CO,)]


def test_recipients_with_another_history_take_another_envelope_and_number() -> None:
    last = Last(3, facts_bytes(part()), terms_bytes(terms(NOW)))
    planned = plan(notice(share(BR), share(CO)), {CO: last})
    assert [(g.recipients, g.version) for g in planned.groups] == [((BR,), 1), ((CO,), 4)]


def test_who_sees_no_change_is_sent_nothing() -> None:
    last = Last(1, facts_bytes(whole()), terms_bytes(terms(NOW)))
    planned = plan(notice(share(BR), share(CO)), {CO: last})
    assert planned.unchanged == (CO,)
    assert [group.recipients for group in planned.groups] == [(BR,)]


@pytest.mark.parametrize(
    "shares",
    [
        (),
        (share(BR), share(BR)),
        (share(AR),),
        (share(BR, opened=()),),
        (share(BR, opened=whole("a fact that was not committed")),),
        tuple(share(Desk.parse(f"Z{n:02}/police")) for n in range(65)),
    ],
)
def test_an_audience_that_is_empty_or_wrong_is_refused(shares: tuple[Share, ...]) -> None:
    with pytest.raises(MalformedError):
        plan(notice(*shares), {})


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_parts_come_back_as_they_were_joined(parts: list[bytes]) -> None:
    assert list(split(join(parts))) == parts


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_a_stored_part_that_is_cut_off_is_malformed(
    parts: list[bytes], data: st.DataObject
) -> None:
    whole_ = join(parts)
    ends = {len(join(parts[:n])) for n in range(len(parts) + 1)}
    at = data.draw(st.integers(1, len(whole_) - 1).filter(lambda n: n not in ends))
    with pytest.raises(MalformedError):
        split(whole_[:at])


def parcel(*recipients: Desk) -> Parcel:
    wrapped = tuple(
        Wrapped(each, KeyId(b"k" * 16), token_bytes(SEALED_BYTES)) for each in recipients
    )
    return Parcel(token_bytes(1096), token_bytes(4168), token_bytes(32), wrapped)


def test_parcels_and_sources_come_back_as_they_were_stored() -> None:
    made = parcel(BR, CO)
    assert Parcel.parse(made.to_bytes()) == made
    source = Source(
        b"k" * 32, b"terms", b"", Digest(b"c" * 32), AGREEMENT, Digest(b"d" * 32), (b"f",)
    )
    assert Source.parse(source.to_bytes()) == source
    with pytest.raises(MalformedError):
        Parcel.parse(join([b"terms", b"content", b"filler"]))


@pytest.fixture
def store(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'n.db'}", Vault(bytes(32)))
    migrate(database)
    return database


def wait(store: Database, name: bytes, *recipients: Desk, size: int = 9000) -> None:
    source = Source(b"k" * 32, b"t", b"c", Digest(b"c" * 32), AGREEMENT, Digest(b"d" * 32), ())
    envelope = sent.Envelope(
        id=LabelId(name * 16),
        notice=NoticeId(name * 16),
        revision=1,
        desk=AR,
        version=1,
        issued=NOW,
        expires=Day(21_000),
        urgent=False,
        parcel=parcel(*recipients).to_bytes(),
        source=source.to_bytes(),
        recipients=recipients,
    )
    item = outbox.Waiting(0, AR, Kind.LABEL, (), b"", envelope.id, size)
    store.write_now(
        "wait", lambda tx: (sent.add_envelope(tx, envelope), outbox.add(tx, [item]))
    )


def signed(store: Database) -> batches.Signed | None:
    return store.write_now("sign", lambda tx: sign_waiting(tx, AR, PEN, NOW))


def test_a_batch_holds_what_waits_numbered_in_order_and_truly_signed(store: Database) -> None:
    assert signed(store) is None
    wait(store, b"1", BR, CO)
    wait(store, b"2", BR)
    one = signed(store)
    assert one is not None
    batch, size = parse_submit_request(one.submission)
    verify_composite(SECRET.public, batch.head_bytes, batch.value, BATCH_CONTEXT)
    assert (one.sequence, one.items, size) == (1, 2, 0)
    first, second = (item.body for item in batch.items)
    assert isinstance(first, Envelope)
    assert isinstance(second, Envelope)
    numbers = {s.recipient: (s.pair_sequence, s.pair_previous) for s in first.stanzas}
    assert numbers == {BR: (1, Digest(bytes(32))), CO: (1, Digest(bytes(32)))}
    (stanza,) = second.stanzas
    assert (stanza.pair_sequence, stanza.pair_previous) == (2, digest(first.label_bytes))
    assert first.recipients_root() == first.label.recipients_root
    wait(store, b"3", CO)
    two = signed(store)
    assert two is not None
    later, _ = parse_submit_request(two.submission)
    assert (later.head.sequence, later.head.previous) == (2, one.head_digest)
    store.close()


def test_a_batch_holds_no_more_than_a_message_may(store: Database) -> None:
    for name in (b"1", b"2", b"3"):
        wait(store, name, BR, size=MOST_BYTES // 2 - 1)
    sizes = [found.items for found in (signed(store), signed(store)) if found]
    assert sizes == [2, 1]
    wait(store, b"4", BR, size=MOST_BYTES + 1)
    alone = signed(store)
    assert alone is not None
    assert alone.items == 1
    store.close()


def test_what_stood_in_a_refused_batch_goes_alone(store: Database) -> None:
    def statement(payload: bytes, attempt: int) -> outbox.Waiting:
        to = (BR,)
        return outbox.Waiting(0, AR, Kind.RECEIPT, to, payload, None, 600, attempt=attempt)

    salts = [bytes([n]) * 16 for n in range(5)]
    payloads = [
        receipt_bytes(Receipt(Event.DELIVERED, digest(salt), AR, NOW, salt=salt))
        for salt in salts
    ]
    items = [statement(p, n) for p, n in zip(payloads, (0, 0, 1, 1, 0), strict=True)]
    store.write_now("leave", lambda tx: outbox.add(tx, items))
    sizes = [found.items for _ in range(4) if (found := signed(store))]
    assert sizes == [2, 1, 1, 1]
    store.close()


def test_a_signature_that_fails_uses_no_number(store: Database) -> None:
    def absent(_head: bytes) -> bytes:
        raise AbsentError("the token was taken out")

    wait(store, b"1", BR)
    broken = Pen(PEN.signer, absent)
    with pytest.raises(AbsentError):
        store.write_now("sign", lambda tx: sign_waiting(tx, AR, broken, NOW))
    again = signed(store)
    assert again is not None
    assert again.sequence == 1
    store.close()


def test_a_refused_batch_rests_longer_each_time_and_is_forgotten_when_answered() -> None:
    now = [0.0]
    patience, head = Patience(lambda: now[0]), digest(b"head")
    assert patience.is_due(head)
    for pause in (*PAUSES, PAUSES[-1]):
        patience.rest(head)
        assert not patience.is_due(head)
        now[0] += pause
        assert patience.is_due(head)
    patience.rest(head)
    patience.forget(head)
    assert patience.is_due(head)


async def test_a_bell_is_heard_from_another_thread_and_before_anybody_waits() -> None:
    bell = Bell()
    bell.ring()
    assert await bell.wait(0)
    assert not await bell.wait(0)
    await asyncio.to_thread(bell.ring)
    assert await bell.wait(5)


async def test_a_race_ends_with_the_first_and_its_own_error() -> None:
    ended = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def fail() -> None:
        await asyncio.sleep(0)
        raise AbsentError("as it was raised")

    with pytest.raises(AbsentError, match="as it was raised"):
        await race(forever(), fail())
    assert ended == [True]
