"""One state per notice and recipient, derived from what was signed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node import states
from node.outbox.envelopes import history
from node.outbox.grouping import Last
from node.parcel import Source
from node.store import batches, decisions, outbox, receipts, received, sent
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.vault import Vault
from valija.clock import Day, Minute
from valija.errors import AbsentError
from valija.ids import Desk, Digest, Kind, LabelId, LeafIndex, NoticeId, digest
from valija.receipt import Event

AR, BR, CO = (Desk.parse(f"{code}/police") for code in ("AR", "BR", "CO"))
NOTICE = NoticeId(b"n" * 16)
NOW, TODAY = Minute(30_000_000), Day(20_833)
LABEL = digest(b"label")
HEAD = digest(b"head")
STANDING = decisions.Standing(NOTICE, BR, "allowed", digest(b"record"), (), NOW)
BATCH = batches.Signed(AR, 1, HEAD, b"bytes", 1, NOW)
SOURCE = Source(bytes(32), b"terms", b"content", LABEL, LABEL, LABEL, (b"a fact",))
ENVELOPE = sent.Envelope(
    id=LabelId(b"e" * 16),
    notice=NOTICE,
    revision=1,
    desk=AR,
    version=1,
    issued=NOW,
    expires=Day(TODAY + 10),
    urgent=False,
    parcel=b"parcel",
    source=SOURCE.to_bytes(),
    recipients=(BR,),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'node.db'}", Vault(bytes(32)))
    migrate(database)
    yield database
    database.close()


def wait(tx: Transaction, envelope: sent.Envelope = ENVELOPE) -> None:
    sent.add_envelope(tx, envelope)
    item = outbox.Waiting(0, AR, Kind.LABEL, (), b"", envelope.id, 100)
    outbox.add(tx, [item])


def sign(tx: Transaction, batch: batches.Signed = BATCH, label: Digest = LABEL) -> None:
    (item,) = outbox.waiting(tx, AR, 1)
    batches.add(tx, batch, {})
    outbox.place(tx, [item], batch.sequence)
    assert item.envelope is not None
    sent.label_envelopes(tx, [sent.Labelled(item.envelope, label, ((BR, 1),))])


def receipt(tx: Transaction, event: Event, desk: Desk = BR, ground: str = "") -> None:
    slip = receipts.Slip(
        LABEL, int(event), desk, desk, NOW, ground, "liaison", LeafIndex(5), b"logged"
    )
    receipts.add(tx, slip)


def codes(store: Database, today: Day = TODAY) -> dict[Desk, str]:
    found = store.read_now(lambda tx: states.of_notice(tx, NOTICE, today))
    return {each.recipient: each.code for each in found}


@pytest.mark.parametrize(
    ("rank", "code"), [("allowed", "draft"), ("held", "held"), ("never", "barred")]
)
def test_before_anything_is_sealed_the_law_speaks(
    store: Database, rank: str, code: str
) -> None:
    standing = replace(STANDING, rank=rank)
    store.write_now("decide", lambda tx: decisions.put_standings(tx, [standing]))
    assert codes(store) == {BR: code}


def test_an_envelope_goes_from_ready_to_opened(store: Database) -> None:
    store.write_now("decide", lambda tx: decisions.put_standings(tx, [STANDING]))
    steps = [
        (wait, "ready"),
        (sign, "ready"),
        (lambda tx: batches.change(tx, BATCH, state=batches.DURABLE), "ready"),
        (lambda tx: batches.change(tx, BATCH, state=batches.PROVEN), "admitted"),
        (lambda tx: receipt(tx, Event.DELIVERED), "delivered"),
        (lambda tx: receipt(tx, Event.OPENED), "opened"),
    ]
    for step, code in steps:
        store.write_now("step", step)
        assert codes(store) == {BR: code}


@pytest.mark.parametrize(
    ("ground", "code"), [("law", "refused_intake"), ("unusable", "unusable")]
)
def test_a_refusal_names_its_ground(store: Database, ground: str, code: str) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        receipt(tx, Event.DELIVERED)
        receipt(tx, Event.REFUSED, ground=ground)

    store.write_now("refuse", run)
    (state,) = store.read_now(lambda tx: states.of_notice(tx, NOTICE, TODAY))
    assert (state.code, state.ground, state.label) == (code, ground, LABEL)


def test_another_desks_receipt_changes_nothing(store: Database) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.PROVEN)
        receipt(tx, Event.OPENED, desk=CO)

    store.write_now("misdirect", run)
    assert codes(store) == {BR: "admitted"}


@pytest.mark.parametrize("state", [batches.REJECTED, batches.WITHDRAWN, batches.REPLACED])
def test_what_the_log_refused_is_rejected(store: Database, state: str) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=state)

    store.write_now("reject", run)
    assert codes(store) == {BR: "rejected"}


def test_an_envelope_sealed_again_speaks_for_the_refused_one(store: Database) -> None:
    again = replace(ENVELOPE, id=LabelId(b"f" * 16), replaces=ENVELOPE.id)

    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.REPLACED)
        wait(tx, again)
        sign(tx, replace(BATCH, sequence=2, head_digest=digest(b"2")), digest(b"other"))

    store.write_now("again", run)
    assert codes(store) == {BR: "ready"}


def test_what_was_not_delivered_in_time_is_expired(store: Database) -> None:
    store.write_now("wait", wait)
    assert codes(store, Day(TODAY + 10)) == {BR: "ready"}
    assert codes(store, Day(TODAY + 11)) == {BR: "expired"}


@pytest.mark.parametrize(
    ("state", "opened", "code"),
    [
        (received.STORED, "", "delivered"),
        (received.KEPT, "", "delivered"),
        (received.KEPT, "liaison", "opened"),
        (received.HELD, "", "held_intake"),
        (received.REFUSED, "", "refused_intake"),
        (received.UNUSABLE, "", "unusable"),
        (received.EXPIRED, "", "expired"),
    ],
)
def test_our_own_inbox_speaks_the_same_words(state: str, opened: str, code: str) -> None:
    arrival = received.Arrival(
        number=1,
        desk=BR,
        label=LABEL,
        originator=AR,
        label_id=LabelId(b"l" * 16),
        notice=NOTICE,
        version=1,
        leaf_index=LeafIndex(1),
        logged=NOW,
        stored=NOW,
        expires=TODAY,
        urgent=False,
        pair_sequence=1,
        tree_size=2,
        delivery=b"",
        state=state,
        opened=opened,
    )
    assert states.of_arrival(arrival) == code


def test_every_code_has_a_sentence_of_its_own_in_four_languages() -> None:
    sentences = {
        states.sentence(code, language)
        for code in states.SENTENCES
        for language in states.LANGUAGES
    }
    assert len(sentences) == len(states.SENTENCES) * 4
    with pytest.raises(AbsentError):
        states.sentence("lost", "en")
    with pytest.raises(AbsentError):
        states.sentence("ready", "de")


def known(store: Database, today: Day = TODAY) -> dict[Desk, Last]:
    return dict(store.read_now(lambda tx: history(tx, NOTICE, today)))


def test_who_holds_a_view_is_compared_with_it(store: Database) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.PROVEN)

    store.write_now("prove", run)
    assert known(store) == {BR: Last(1, (b"a fact",), b"terms")}


@pytest.mark.parametrize("ground", ["law", "unusable"])
def test_who_refused_a_view_is_sent_the_same_again_under_the_next_number(
    store: Database, ground: str
) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.PROVEN)
        receipt(tx, Event.REFUSED, ground=ground)

    store.write_now("refuse", run)
    assert known(store) == {BR: Last(1, (), b"")}


def test_what_nobody_fetched_in_time_is_sent_again(store: Database) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.PROVEN)

    store.write_now("prove", run)
    assert known(store, Day(TODAY + 11)) == {BR: Last(1, (), b"")}


def test_what_the_log_refused_and_nobody_sealed_again_was_never_sent(store: Database) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=batches.REPLACED)

    store.write_now("give up", run)
    assert known(store) == {}


@pytest.mark.parametrize("state", [batches.REJECTED, batches.WITHDRAWN])
def test_what_is_about_to_be_sealed_again_is_not_ordered_twice(
    store: Database, state: str
) -> None:
    def run(tx: Transaction) -> None:
        wait(tx)
        sign(tx)
        batches.change(tx, BATCH, state=state)

    store.write_now("refuse", run)
    assert known(store) == {BR: Last(1, (b"a fact",), b"terms")}
