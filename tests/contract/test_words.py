"""Words, withdrawals and reliances on every engine of the node's store."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text, update

from node.store import (
    batches,
    closing,
    decisions,
    evidence,
    migration,
    outbox,
    reliances,
    sent,
    unsent,
    withdrawals,
)
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.store.tables import EVIDENCE
from tests.contract.store_engines import ENGINES, Engine
from valija.clock import Day, Minute
from valija.errors import AbsentError, DuplicateError
from valija.ids import Desk, KeyId, Kind, LabelId, NoticeId, digest

AR, BR, CO = (Desk.parse(f"{code}/police") for code in ("AR", "BR", "CO"))
NOTICE, NOW = NoticeId(b"n" * 16), Minute(30_000_000)
WORD = evidence.Evidence(
    id=b"w" * 16,
    notice=NOTICE,
    token="consent_evidence",
    by="r.quispe",
    role="liaison",
    at=NOW,
    until=None,
    body=b"{}",
    key_id=KeyId(b"k" * 16),
    signature=b"s" * 3373,
)
TAKEN = withdrawals.Withdrawal(
    WORD.id, NOTICE, "m.sosa", "supervisor", NOW, b"asked for it", WORD.key_id, WORD.signature
)


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__.lower())
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    yield from request.param.fresh(request)


@pytest.fixture
def store(engine: Engine) -> Iterator[Database]:
    database = engine.open()
    migrate(database)
    yield database
    database.close()


def seal(tx: Transaction, number: int, revision: int, *recipients: Desk) -> LabelId:
    """Leave an envelope to be signed, and say that it rests on the word."""
    name = LabelId(bytes([number]) * 16)
    one = sent.Envelope(
        id=name,
        notice=NOTICE,
        revision=revision,
        desk=AR,
        version=revision,
        issued=NOW,
        expires=Day(30_000),
        urgent=False,
        parcel=b"parcel",
        source=b"source",
        recipients=recipients,
    )
    sent.add_envelope(tx, one)
    outbox.add(tx, [outbox.Waiting(0, AR, Kind.LABEL, (), b"", name, 10)])
    return name


def rely(tx: Transaction, revision: int, *recipients: Desk) -> None:
    reliances.add(
        tx, [reliances.Reliance(NOTICE, revision, desk, WORD.id) for desk in recipients]
    )


def place(tx: Transaction, state: str = batches.READY) -> None:
    """Sign everything that waits."""
    batch = batches.Signed(AR, batches.counter(tx, AR).sequence + 1, digest(b"h"), b"b", 1, NOW)
    batches.add(tx, batch, {})
    waiting = outbox.waiting(tx, AR, 64)
    outbox.place(tx, waiting, batch.sequence)
    batches.change(tx, batch, state=state)
    for item in waiting:
        assert item.envelope is not None
        recipients = sent.envelope(tx, item.envelope).recipients
        numbers = tuple((desk, 1) for desk in recipients)
        labelled = sent.Labelled(item.envelope, digest(item.envelope), numbers)
        sent.label_envelopes(tx, [labelled])


def test_a_withdrawal_comes_back_as_it_was_written_and_is_written_once(store: Database) -> None:
    store.write_now("withdraw", lambda tx: withdrawals.add(tx, TAKEN))
    assert {WORD.id: TAKEN} == store.read_now(lambda tx: withdrawals.of_notice(tx, NOTICE))
    with pytest.raises(DuplicateError, match="withdrawn before"):
        store.write_now("withdraw", lambda tx: withdrawals.add(tx, TAKEN))


def test_what_is_encrypted_of_a_word_comes_back_empty_where_it_was_altered(
    store: Database,
) -> None:
    def run(tx: Transaction) -> None:
        evidence.add(tx, WORD)
        withdrawals.add(tx, TAKEN)
        tx.connection.execute(update(EVIDENCE).values(body_sealed=b"x"))
        tx.connection.execute(update(withdrawals.WITHDRAWALS).values(reason_sealed=b"x"))

    store.write_now("attack", run)
    assert replace(WORD, body=b"") == store.read_now(lambda tx: evidence.find(tx, WORD.id))
    (found,) = store.read_now(lambda tx: withdrawals.of_notice(tx, NOTICE)).values()
    assert replace(TAKEN, reason=b"") == found


def test_what_rests_on_a_word_and_is_not_signed_is_taken_back_whole(store: Database) -> None:
    def run(tx: Transaction) -> LabelId:
        shared = seal(tx, 1, 1, BR, CO)
        rely(tx, 1, BR)
        return shared

    shared = store.write_now("seal", run)
    assert {BR, CO} == store.write_now("withdraw", lambda tx: unsent.take_back(tx, WORD.id))
    assert 0 == store.read_now(lambda tx: outbox.count(tx, AR))
    assert () == store.read_now(lambda tx: sent.passages(tx, NOTICE))
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: sent.envelope(tx, shared))


def test_what_is_signed_or_rests_on_another_word_stays(store: Database) -> None:
    def run(tx: Transaction) -> None:
        seal(tx, 1, 1, BR)
        rely(tx, 1, BR)
        place(tx)
        seal(tx, 2, 2, CO)

    store.write_now("seal", run)
    assert frozenset() == store.write_now("withdraw", lambda tx: unsent.take_back(tx, WORD.id))
    assert 2 == len(store.read_now(lambda tx: sent.passages(tx, NOTICE)))


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (batches.READY, 1),
        (batches.DURABLE, 1),
        (batches.PROVEN, 1),
        (batches.REJECTED, 0),
        (batches.WITHDRAWN, 0),
        (batches.REPLACED, 0),
    ],
)
def test_what_may_have_left_is_owed_once_its_word_is_withdrawn(
    store: Database, state: str, count: int
) -> None:
    def run(tx: Transaction) -> None:
        seal(tx, 1, 1, BR, CO)
        rely(tx, 1, BR)
        place(tx, state)

    store.write_now("sign", run)
    assert () == store.read_now(lambda tx: reliances.owed(tx, AR))
    assert not store.read_now(lambda tx: reliances.is_closed(tx, LabelId(b"\1" * 16)))
    store.write_now("withdraw", lambda tx: withdrawals.add(tx, TAKEN))
    found = store.read_now(lambda tx: reliances.owed(tx, AR, NOTICE))
    assert [BR] * count == [one.recipient for one in found]
    assert () == store.read_now(lambda tx: reliances.owed(tx, BR))
    assert store.read_now(lambda tx: reliances.is_closed(tx, LabelId(b"\1" * 16)))


def test_a_store_from_before_words_were_signed_keeps_them_unsigned(engine: Engine) -> None:
    store = engine.open()

    def older(tx: Transaction) -> None:
        config = Config()
        config.set_main_option("script_location", str(migration._FOLDER))
        config.attributes["connection"] = tx.connection
        command.upgrade(config, "0003")
        names = {column["name"] for column in inspect(tx.connection).get_columns("evidence")}
        assert "signature" not in names
        tx.connection.execute(
            text(
                'INSERT INTO evidence (id, notice, token, "by", role, at, body_sealed) '
                "VALUES (:id, :notice, 'judicial_ref', 'a', 'prosecutor', 1, :body)"
            ),
            {"id": WORD.id, "notice": NOTICE, "body": b"x"},
        )

    store.write_now("older", older)
    migrate(store)
    found = store.read_now(lambda tx: evidence.find(tx, WORD.id))
    assert (None, None, b"") == (found.signature, found.key_id, found.body)
    store.close()


@pytest.mark.parametrize(("until", "closes"), [(NOW - 1, True), (NOW, True), (NOW + 1, False)])
def test_what_rests_on_a_word_that_ended_is_closed_before_it_is_signed(
    store: Database, until: int, closes: bool
) -> None:
    standing = decisions.Standing(NOTICE, BR, "allowed", digest(b"d"), (), NOW)

    def run(tx: Transaction) -> tuple[NoticeId, ...]:
        evidence.add(tx, replace(WORD, until=Minute(until)))
        seal(tx, 1, 1, BR)
        rely(tx, 1, BR)
        decisions.put_standings(tx, [standing])
        return closing.close_ended(tx, NOW)

    assert ((NOTICE,) if closes else ()) == store.write_now("sign", run)
    (found,) = store.read_now(lambda tx: decisions.standings(tx, NOTICE))
    assert ("closed" if closes else "allowed") == found.rank
    assert (0 if closes else 1) == store.read_now(lambda tx: outbox.count(tx, AR))
    assert () == store.write_now("sign", lambda tx: closing.close_ended(tx, NOW))
