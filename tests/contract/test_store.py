"""The same cases against every engine of the node's store."""

import asyncio
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

import node.store
from node.store import (
    batches,
    decisions,
    drafts,
    evidence,
    journal,
    log,
    notices,
    outbox,
    peers,
    quarantine,
    received,
    sent,
)
from node.store.database import Database, Transaction
from node.store.migration import migrate
from node.store.records import create_record, drop_record, open_record
from node.store.tables import METADATA
from tests.contract.store_engines import ENGINES, Engine
from valija.clock import MAX_DAY, MAX_MINUTE, Day, Minute
from valija.errors import (
    AbsentError,
    DuplicateError,
    MalformedError,
    OpeningError,
    ProofError,
    SplitViewError,
    UnavailableError,
)
from valija.ids import (
    Desk,
    Digest,
    KeyId,
    Kind,
    LabelId,
    LeafIndex,
    Member,
    NoticeId,
    Office,
    digest,
)
from valija.wire import strict
from valija.wire.envelope import MAX_PURPOSE, MAX_TYPE

POLICE = Desk(Member("AR"), Office.POLICE)
PEER = Desk(Member("BR"), Office.POLICE)
NOTICE = NoticeId(b"n" * 16)
NOW = Minute(30_000_000)
KEY = KeyId(b"k" * 16)
SECRET = b"Invented Person, born in an invented town"


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__.lower())
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    yield from request.param.fresh(request)


@pytest.fixture
def store(engine: Engine) -> Iterator[Database]:
    database = engine.open()
    migrate(database)
    yield database
    database.close()


def test_a_store_made_by_migrations_is_the_store_that_the_tables_describe(
    store: Database,
) -> None:
    def shape(tx: Transaction) -> dict[str, set[str]]:
        seen = inspect(tx.connection)
        return {
            name: {c["name"] for c in seen.get_columns(name)} for name in seen.get_table_names()
        }

    for module in pkgutil.iter_modules(node.store.__path__, "node.store."):
        importlib.import_module(module.name)
    expected = {table.name: set(table.columns.keys()) for table in METADATA.sorted_tables}
    found = store.read_now(shape)
    del found["alembic_version"]
    assert expected == found


def test_migrating_again_changes_nothing(store: Database) -> None:
    store.write_now("draft", lambda tx: drafts.add(tx, line(NOTICE), SECRET))
    migrate(store)
    assert store.read_now(lambda tx: drafts.content(tx, NOTICE)) == SECRET


def test_a_later_programs_database_is_refused(store: Database) -> None:
    store.write_now(
        "later",
        lambda tx: tx.connection.execute(text("UPDATE alembic_version SET version_num='9'")),
    )
    with pytest.raises(Exception, match="a later program made this database"):
        migrate(store)


def test_a_write_that_fails_leaves_nothing(store: Database) -> None:
    def half(tx: Transaction) -> None:
        drafts.add(tx, line(NOTICE), SECRET)
        raise AbsentError("the other half")

    with pytest.raises(AbsentError):
        store.write_now("half", half)
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: drafts.content(tx, NOTICE))


def test_one_read_sees_one_picture_whatever_is_written_meanwhile(store: Database) -> None:
    def count(tx: Transaction) -> object:
        return tx.connection.execute(text("SELECT count(*) FROM drafts")).scalar_one()

    def write(tx: Transaction) -> None:
        drafts.add(tx, line(NOTICE), SECRET)

    def look(tx: Transaction) -> tuple[object, object]:
        before = count(tx)
        writer = Thread(target=store.write_now, args=("test", write))
        writer.start()
        writer.join()
        return before, count(tx)

    assert (0, 0) == store.read_now(look)
    assert 1 == store.read_now(count)


def test_what_is_written_is_there_after_reopening(engine: Engine, store: Database) -> None:
    store.write_now("draft", lambda tx: drafts.add(tx, line(NOTICE), SECRET))
    again = engine.open()
    assert again.read_now(lambda tx: drafts.content(tx, NOTICE)) == SECRET
    again.close()


def test_no_encrypted_column_shows_its_text(store: Database) -> None:
    store.write_now("draft", lambda tx: drafts.add(tx, line(NOTICE), SECRET))
    raw = store.read_now(
        lambda tx: tx.connection.execute(text("SELECT content_sealed FROM drafts")).scalar_one()
    )
    assert SECRET not in bytes(raw)


def test_a_column_moved_to_another_row_does_not_decrypt(store: Database) -> None:
    other = NoticeId(b"o" * 16)

    def move(tx: Transaction) -> None:
        drafts.add(tx, line(NOTICE), SECRET)
        drafts.add(tx, line(other), b"harmless")
        one = tx.connection.execute(
            text("SELECT content_sealed FROM drafts WHERE notice = :n"), {"n": NOTICE}
        ).scalar_one()
        tx.connection.execute(
            text("UPDATE drafts SET content_sealed = :c WHERE notice = :n"),
            {"c": one, "n": other},
        )

    store.write_now("move", move)
    with pytest.raises(OpeningError):
        store.read_now(lambda tx: drafts.content(tx, other))


def test_a_discarded_draft_takes_its_key_along(store: Database) -> None:
    store.write_now("draft", lambda tx: drafts.add(tx, line(NOTICE), SECRET))
    store.write_now("discard", lambda tx: drafts.discard(tx, NOTICE))
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: open_record(tx, "drafts", NOTICE))


def test_a_shredded_record_cannot_be_read(store: Database) -> None:
    def shred(tx: Transaction) -> bytes:
        sealed = create_record(tx, "received", b"row").seal("key", SECRET)
        drop_record(tx, "received", b"row")
        return sealed

    store.write_now("shred", shred)
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: open_record(tx, "received", b"row"))


def test_a_draft_that_changes_keeps_its_line_and_loses_its_old_text(store: Database) -> None:
    def run(tx: Transaction) -> None:
        drafts.add(tx, line(NOTICE), b"old")
        drafts.change(tx, NOTICE, SECRET, Minute(NOW + 1))

    store.write_now("change", run)
    assert store.read_now(lambda tx: drafts.content(tx, NOTICE)) == SECRET
    expected = replace(line(NOTICE), changed=Minute(NOW + 1))
    assert store.read_now(lambda tx: drafts.line(tx, NOTICE)) == expected
    for missing in (drafts.line, drafts.content):
        with pytest.raises(AbsentError):
            store.read_now(lambda tx, find=missing: find(tx, NoticeId(b"x" * 16)))


def test_drafts_page_without_missing_or_repeating_one(store: Database) -> None:
    names = [NoticeId(bytes([n]) * 16) for n in range(7)]

    def fill(tx: Transaction) -> None:
        for n, name in enumerate(names):
            drafts.add(tx, replace(line(name), changed=Minute(NOW + n // 3)), b"{}")

    store.write_now("fill", fill)
    seen: list[NoticeId] = []
    last = None
    while lines := store.read_now(lambda tx, at=last: drafts.page(tx, POLICE, at, 2)):
        seen += [one.notice for one in lines]
        last = lines[-1]
    assert sorted(names, reverse=True) == seen


def test_a_batch_number_cannot_be_stored_twice(store: Database) -> None:
    store.write_now("sign", lambda tx: batches.add(tx, signed(1), {}))
    with pytest.raises(DuplicateError):
        store.write_now("sign", lambda tx: batches.add(tx, signed(1, b"other"), {}))
    assert digest(b"1") == store.read_now(lambda tx: batches.counter(tx, POLICE)).last


def test_a_batch_number_cannot_be_skipped_back(store: Database) -> None:
    for number in (1, 2):
        store.write_now("sign", lambda tx, n=number: batches.add(tx, signed(n), {}))
    with pytest.raises(DuplicateError):
        store.write_now("sign", lambda tx: batches.add(tx, signed(2, b"again"), {}))
    assert store.read_now(lambda tx: batches.counter(tx, POLICE)).sequence == 2


def test_a_pair_number_goes_forward_only(store: Database) -> None:
    chain = batches.Chain(1, digest(b"label"))
    store.write_now("sign", lambda tx: batches.add(tx, signed(1), {PEER: chain}))
    with pytest.raises(DuplicateError):
        store.write_now("sign", lambda tx: batches.add(tx, signed(2), {PEER: chain}))
    assert chain == store.read_now(lambda tx: batches.pair(tx, POLICE, PEER))
    assert store.read_now(lambda tx: batches.counter(tx, POLICE)).sequence == 1


def test_a_batchs_bytes_do_not_change_with_its_state(store: Database) -> None:
    store.write_now("sign", lambda tx: batches.add(tx, signed(1), {}))
    store.write_now(
        "durable",
        lambda tx: batches.change(
            tx, signed(1), state=batches.DURABLE, leaf_index=7, submission=b"no"
        ),
    )
    found = store.read_now(lambda tx: batches.by_head(tx, digest(b"1")))
    assert (found.state, found.leaf_index, found.submission) == (batches.DURABLE, 7, b"bytes")


def test_urgent_items_are_signed_first_and_others_in_order(store: Database) -> None:
    items = [item(b"a"), item(b"b"), item(b"c", urgent=True)]
    store.write_now("leave", lambda tx: outbox.add(tx, items))
    found = store.read_now(lambda tx: outbox.waiting(tx, POLICE, 64))
    assert [one.payload for one in found] == [b"c", b"a", b"b"]
    assert found[0].to == (PEER,)


def test_a_placed_item_no_longer_waits(store: Database) -> None:
    def run(tx: Transaction) -> None:
        outbox.add(tx, [item(b"a"), item(b"b")])
        outbox.place(tx, outbox.waiting(tx, POLICE, 1), 1)

    store.write_now("place", run)
    assert store.read_now(lambda tx: outbox.count(tx, POLICE)) == 1
    assert [i.payload for i in store.read_now(lambda tx: outbox.placed(tx, POLICE, 1))] == [
        b"a"
    ]


def test_two_roots_for_one_size_are_never_both_believed(store: Database) -> None:
    one = log.Noted(5, digest(b"root"), b"note")
    store.write_now("checkpoint", lambda tx: log.put_checkpoint(tx, one))
    store.write_now("checkpoint", lambda tx: log.put_checkpoint(tx, one))
    with pytest.raises(SplitViewError):
        store.write_now(
            "checkpoint", lambda tx: log.put_checkpoint(tx, replace(one, root=digest(b"x")))
        )
    assert one == store.read_now(log.newest)


def test_a_cursor_never_goes_back(store: Database) -> None:
    assert store.read_now(lambda tx: log.cursor(tx, POLICE)) == 0
    for done in (3, 9, 4):
        store.write_now("cursor", lambda tx, at=done: log.put_cursor(tx, POLICE, at))
    assert store.read_now(lambda tx: log.cursor(tx, POLICE)) == 9


def test_directory_entries_come_back_once_and_in_log_order(store: Database) -> None:
    rows = [
        log.Entry(LeafIndex(leaf), place, NOW, POLICE, KEY, Kind.KEY, b"p", b"proof")
        for leaf, place in ((9, 0), (2, 1), (2, 0))
    ]
    for _ in range(2):
        store.write_now("directory", lambda tx: log.add_entries(tx, rows))
    assert rows[::-1] == list(store.read_now(log.entries))


def test_one_label_is_stored_once_a_desk(store: Database) -> None:
    store.write_now("store", lambda tx: received.add(tx, arrival(1)))
    with pytest.raises(DuplicateError):
        store.write_now("store", lambda tx: received.add(tx, arrival(1)))
    number = store.write_now(
        "store", lambda tx: received.add(tx, replace(arrival(1), desk=PEER))
    )
    found = store.read_now(lambda tx: received.find(tx, PEER, arrival(1).label))
    assert replace(arrival(1), desk=PEER, number=number) == found


def test_a_content_key_comes_back_to_its_own_envelope_only(store: Database) -> None:
    def keep(tx: Transaction) -> None:
        for n in (1, 2):
            received.add(tx, arrival(n))
        received.keep_key(tx, received.find(tx, POLICE, arrival(1).label), SECRET)

    store.write_now("keep", keep)
    first, second = (
        store.read_now(lambda tx, n=n: received.find(tx, POLICE, arrival(n).label))
        for n in (1, 2)
    )
    assert store.read_now(lambda tx: received.content_key(tx, first)) == SECRET
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: received.content_key(tx, second))


def test_a_hole_in_a_peers_numbers_is_known_until_it_is_filled(store: Database) -> None:
    assert store.write_now("count", lambda tx: peers.count_peer(tx, arrival(1))) == ()
    assert store.write_now("count", lambda tx: peers.count_peer(tx, arrival(4))) == (2, 3)
    store.write_now("count", lambda tx: peers.count_peer(tx, arrival(2)))
    assert store.read_now(lambda tx: peers.holes(tx, POLICE)) == ((PEER, 3, NOW),)


def test_a_claimed_number_of_any_size_costs_a_bounded_number_of_rows(store: Database) -> None:
    far = replace(arrival(1), pair_sequence=2**62)
    assert len(store.write_now("count", lambda tx: peers.count_peer(tx, far))) == 1000


def test_the_largest_numbers_and_words_that_the_wire_lets_through_are_kept(
    store: Database,
) -> None:
    far = replace(
        arrival(1),
        version=strict.MAX_VERSION,
        leaf_index=LeafIndex(strict.MAX_COUNT - 1),
        logged=MAX_MINUTE,
        expires=MAX_DAY,
        pair_sequence=strict.MAX_COUNT,
        tree_size=strict.MAX_COUNT,
    )
    told = {"state": received.KEPT, "type": "t" * MAX_TYPE, "purpose": "p" * MAX_PURPOSE}

    def run(tx: Transaction) -> None:
        stored = replace(far, number=received.add(tx, far))
        peers.count_peer(tx, stored)
        assert received.change(tx, stored, **told)

    store.write_now("store", run)
    (kept,) = store.read_now(lambda tx: received.page(tx, POLICE))
    assert replace(far, number=kept.number, **told) == kept  # type: ignore[arg-type]  # Texts.


def test_a_number_that_is_too_large_for_a_column_is_malformed_and_stores_nothing(
    store: Database,
) -> None:
    far = replace(arrival(1), pair_sequence=2**63)
    with pytest.raises(MalformedError, match="hold"):
        store.write_now("store", lambda tx: received.add(tx, far))
    assert () == store.read_now(lambda tx: received.page(tx, POLICE))
    store.write_now("store", lambda tx: received.add(tx, arrival(1)))


def test_a_suspect_is_kept_once_and_until_it_is_settled(store: Database) -> None:
    name = digest(b"payload")
    one = quarantine.Suspect(
        POLICE, LeafIndex(4), name, "ProofError", "a path", NOW, 9, b"bytes"
    )
    again = replace(one, delivery=b"other", tree_size=12)
    assert store.write_now("aside", lambda tx: quarantine.put_aside(tx, one)) == 1
    assert store.write_now("aside", lambda tx: quarantine.put_aside(tx, again)) == 2
    found = store.read_now(lambda tx: quarantine.open_suspects(tx, POLICE))
    assert found == (replace(again, seen=2),)
    assert store.read_now(lambda tx: quarantine.ask_from(tx, POLICE, 4)) == 4
    assert store.read_now(lambda tx: quarantine.ask_from(tx, POLICE, 3)) == 0
    assert store.read_now(lambda tx: quarantine.ask_from(tx, POLICE, 2)) is None
    store.write_now("settle", lambda tx: quarantine.settle(tx, POLICE, [name], NOW))
    assert store.read_now(lambda tx: quarantine.open_suspects(tx, POLICE)) == ()


def test_an_envelope_sealed_again_is_the_one_that_goes_on(store: Database) -> None:
    first, second = envelope(b"1"), replace(envelope(b"2"), replaces=LabelId(b"1" * 16))

    def run(tx: Transaction) -> None:
        sent.add_envelope(tx, first)
        sent.label_envelopes(tx, [sent.Labelled(first.id, digest(b"label"), ((PEER, 1),))])
        sent.add_envelope(tx, second)

    store.write_now("seal", run)
    old, new = store.read_now(lambda tx: sent.passages(tx, NOTICE))
    assert (second.id, digest(b"label"), "") == (old.replaced, old.label, old.batch)
    assert (second.id, None, None) == (new.envelope, new.replaced, new.label)
    assert replace(second, replaces=None) == store.read_now(
        lambda tx: sent.envelope(tx, second.id)
    )


def test_several_envelopes_come_whole_in_one_visit_or_not_at_all(store: Database) -> None:
    kept = [envelope(b"1"), replace(envelope(b"2"), recipients=(POLICE, PEER))]
    for each in kept:
        store.write_now("seal", lambda tx, each=each: sent.add_envelope(tx, each))
    names = [each.id for each in kept]
    found = store.read_now(lambda tx: sent.envelopes(tx, names))
    expected = [replace(e, recipients=tuple(sorted(e.recipients, key=str))) for e in kept]
    assert dict(zip(names, expected, strict=True)) == found
    assert {} == store.read_now(lambda tx: sent.envelopes(tx, []))
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: sent.envelopes(tx, [*names, LabelId(b"3" * 16)]))
    store.write_now("drop", lambda tx: drop_record(tx, "envelopes", names[0]))
    with pytest.raises(AbsentError):
        store.read_now(lambda tx: sent.envelopes(tx, names))


def test_a_revision_is_published_once(store: Database) -> None:
    notice = notices.Notice(NOTICE, 1, POLICE, "network", NOW, digest(b"c"), digest(b"d"))
    store.write_now("publish", lambda tx: notices.add(tx, notice, SECRET))
    with pytest.raises(DuplicateError):
        store.write_now("publish", lambda tx: notices.add(tx, notice, SECRET))
    assert notice == store.read_now(lambda tx: notices.find(tx, NOTICE))
    assert (notice,) == store.read_now(lambda tx: notices.page(tx, POLICE))
    assert store.read_now(lambda tx: notices.page(tx, POLICE, notice)) == ()
    assert store.read_now(lambda tx: notices.content(tx, NOTICE, 1)) == SECRET


def test_decisions_holds_and_evidence_come_back_as_they_were_written(store: Database) -> None:
    hold = decisions.Hold(
        b"h" * 16, NOTICE, PEER, "judicial_ref", "Law 1, art. 2", "court", NOW
    )
    proof = evidence.Evidence(
        b"e" * 16, NOTICE, "judicial_ref", "officer", "prosecutor", NOW, None, b"{}", KEY, b"s"
    )

    def run(tx: Transaction) -> Digest:
        name = decisions.add_decision(tx, NOTICE, NOW, SECRET)
        assert name == decisions.add_decision(tx, NOTICE, NOW, SECRET)
        one = decisions.Standing(NOTICE, PEER, "held", name, ("Law 1, art. 2",), NOW)
        decisions.put_standings(tx, [one])
        decisions.put_standings(tx, [replace(one, rank="allowed")])
        decisions.open_hold(tx, hold)
        decisions.open_hold(tx, replace(hold, id=b"i" * 16))
        evidence.add(tx, proof)
        decisions.close_hold(tx, hold.id, NOW, proof.id)
        return name

    name = store.write_now("decide", run)
    assert store.read_now(lambda tx: decisions.decision(tx, name)) == SECRET
    standings = store.read_now(lambda tx: decisions.standings(tx, NOTICE))
    assert [one.rank for one in standings] == ["allowed"]
    closed = replace(hold, closed=NOW, evidence=proof.id)
    assert (closed,) == store.read_now(lambda tx: decisions.holds(tx, NOTICE))
    assert store.read_now(decisions.waiting) == ()
    assert (proof,) == store.read_now(lambda tx: evidence.of_notice(tx, NOTICE))
    assert proof == store.read_now(lambda tx: evidence.find(tx, proof.id))
    with pytest.raises(DuplicateError):
        store.write_now("decide", lambda tx: decisions.close_hold(tx, hold.id, NOW, None))


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET who = 'other'", "DELETE FROM journal"]
)
def test_the_database_refuses_to_change_a_journal_line(store: Database, statement: str) -> None:
    store.write_now("act", lambda tx: journal.append(tx, act()))
    with pytest.raises((DuplicateError, UnavailableError)) as refusal:
        store.write_now("alter", lambda tx: tx.connection.execute(text(statement)))
    assert isinstance(refusal.value.__cause__, SQLAlchemyError)
    assert store.read_now(journal.verify) == 1


def test_a_journal_line_altered_behind_the_databases_back_is_found(
    engine: Engine, store: Database
) -> None:
    for _ in range(3):
        store.write_now("act", lambda tx: journal.append(tx, act()))
    store.write_now("attack", engine.disarm_journal)
    store.write_now(
        "attack",
        lambda tx: tx.connection.execute(text("UPDATE journal SET who = 'x' WHERE number = 2")),
    )
    with pytest.raises(ProofError, match="line 2"):
        store.read_now(journal.verify)


async def test_concurrent_writes_stand_in_one_line(store: Database) -> None:
    await asyncio.gather(
        *(store.write("act", lambda tx: journal.append(tx, act())) for _ in range(20))
    )
    assert await store.read(journal.verify) == 20


async def test_two_processes_of_one_store_stand_in_one_line(
    engine: Engine, store: Database
) -> None:
    other = engine.open()
    append: Callable[[Transaction], int] = lambda tx: journal.append(tx, act())  # noqa: E731
    await asyncio.gather(
        *(each.write("act", append) for _ in range(10) for each in (store, other))
    )
    assert await other.read(journal.verify) == 20
    other.close()


async def test_a_write_that_leaves_something_to_sign_rings_for_the_outbox(
    store: Database,
) -> None:
    await store.outbox.wait(0)
    await store.write("leave", lambda tx: outbox.add(tx, [item(b"a")]))
    assert await store.outbox.wait(5)


async def test_a_withdrawn_batch_rings_for_the_outbox_and_a_proven_one_does_not(
    store: Database,
) -> None:
    batch = signed(1)
    await store.write("sign", lambda tx: batches.add(tx, batch, {}))
    await store.outbox.wait(0)
    await store.write("answer", lambda tx: batches.change(tx, batch, state=batches.PROVEN))
    assert not await store.outbox.wait(0)
    await store.write("answer", lambda tx: batches.change(tx, batch, state=batches.WITHDRAWN))
    assert await store.outbox.wait(5)


def line(name: NoticeId) -> drafts.DraftLine:
    return drafts.DraftLine(name, POLICE, "network", "officer", NOW, NOW)


def signed(number: int, head: bytes = b"") -> batches.Signed:
    name = digest(head or str(number).encode())
    return batches.Signed(POLICE, number, name, b"bytes", 1, NOW)


def item(payload: bytes, *, urgent: bool = False) -> outbox.Waiting:
    return outbox.Waiting(
        0, POLICE, Kind.RECEIPT, (PEER,), payload, None, len(payload), urgent=urgent
    )


def arrival(number: int) -> received.Arrival:
    return received.Arrival(
        number=0,
        desk=POLICE,
        label=digest(str(number).encode()),
        originator=PEER,
        label_id=LabelId(number.to_bytes(16, "big")),
        notice=NOTICE,
        version=1,
        leaf_index=LeafIndex(number),
        logged=NOW,
        stored=NOW,
        expires=Day(21_000),
        urgent=False,
        pair_sequence=number,
        tree_size=9,
        delivery=b"delivery",
    )


def envelope(name: bytes) -> sent.Envelope:
    return sent.Envelope(
        id=LabelId(name * 16),
        notice=NOTICE,
        revision=1,
        desk=POLICE,
        version=1,
        issued=NOW,
        expires=Day(21_000),
        urgent=False,
        parcel=b"parcel",
        source=SECRET,
        recipients=(PEER,),
    )


def act() -> journal.Row:
    return journal.Row(
        0, 1_800_000_000_000, "officer", "liaison", "opened", "00", "prosecution"
    )
