"""The audit: what a log claims is computed again, and any difference is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valija.realm import Realm, composite, relabelled, state_desk
from tests.valija.served import grow, note, write
from valija.__main__ import FolderReader
from valija.audit import Audit, Job, follow
from valija.envelope import Envelope
from valija.errors import AbsentError, MalformedError
from valija.frontier import Frontier
from valija.head import ChainPoint
from valija.ids import Kind, digest
from valija.merkle import Tree, leaf_hash
from valija.outcome import AlarmKind
from valija.publication import CHECKPOINT, Chunk, chunks, parse_chunk_path
from valija.record import LogRecord
from valija.signature import BATCH_CONTEXT
from valija.tile import Tile
from valija.wire.log import log_record_bytes, parse_record_chunk, record_chunk_bytes

BR = state_desk("BR")


@pytest.fixture(scope="module")
def long_log() -> Realm:
    """A log of 300 records, which fills one tile and begins another."""
    realm = Realm().found()
    grow(realm, 300 - realm.tree.size)
    return realm


@dataclass
class Memory:
    """A log in memory, of which tests change single files."""

    files: dict[str, bytes]

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise AbsentError(path)
        return self.files[path]


def served(realm: Realm, folder: Path) -> Memory:
    write(realm, folder)
    held = [path for path in folder.rglob("*") if path.is_file()]
    return Memory({str(path.relative_to(folder)): path.read_bytes() for path in held})


def failing(realm: Realm, memory: Memory) -> str:
    steps = follow(Audit(realm.anchor, memory))
    assert not steps[-1].holds
    assert all(step.holds for step in steps[:-1])
    return steps[-1].says


def test_a_true_log_holds_and_is_told_in_figures(long_log: Realm, tmp_path: Path) -> None:
    write(long_log, tmp_path)
    audit = Audit(long_log.anchor, FolderReader(tmp_path))
    assert all(step.holds for step in follow(audit))
    found = audit.findings
    assert (300, long_log.tree.root()) == (found.size, found.root)
    assert long_log.fold.digest() == found.state
    assert 300 == found.counted
    assert 3 == found.items[Kind.MEMBERSHIP]


def test_signatures_may_be_verified_ahead_in_any_order(long_log: Realm, tmp_path: Path) -> None:
    write(long_log, tmp_path)
    asked: list[int] = []

    def ahead(jobs: Sequence[Job]) -> None:
        asked.append(len(jobs))
        for job in reversed(jobs):
            job()

    audit = Audit(long_log.anchor, FolderReader(tmp_path), ahead)
    assert all(step.holds for step in follow(audit))
    assert [16, 3] == asked  # Runs of 16 records of the two chunks.
    assert long_log.fold.digest() == audit.findings.state


def test_a_log_is_followed_as_it_grows(tmp_path: Path) -> None:
    realm = Realm().found()
    audit = Audit(realm.anchor, FolderReader(tmp_path))
    for step in (0, 3, 0, 240, 20):
        since = realm.tree.size
        grow(realm, step)
        write(realm, tmp_path, 0 if step == 0 else since)
        assert all(found.holds for found in follow(audit))
        assert realm.tree.size == audit.findings.size


@pytest.mark.parametrize("path", ["tile/0/000", "tile/1/000.p/1", "tile/0/001.p/44"])
def test_a_tile_that_the_records_do_not_give_is_named(
    long_log: Realm, tmp_path: Path, path: str
) -> None:
    memory = served(long_log, tmp_path)
    memory.files[path] = bytes(32) + memory.files[path][32:]
    assert path in failing(long_log, memory)


def test_an_entry_bundle_that_differs_is_named(long_log: Realm, tmp_path: Path) -> None:
    memory = served(long_log, tmp_path)
    memory.files["tile/entries/001.p/44"] = memory.files["tile/entries/000"]
    assert "tile/entries/001.p/44" in failing(long_log, memory)


@pytest.mark.parametrize("change", ["dropped", "doubled", "moved"])
def test_a_record_dropped_doubled_or_moved_is_found(tmp_path: Path, change: str) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    path = next(iter(chunks(realm.tree.size))).path
    records = [log_record_bytes(record) for record in parse_record_chunk(memory.files[path])]
    changed = {
        "dropped": records[:-1],
        "doubled": [*records, records[-1]],
        "moved": [*records[:-2], records[-1], records[-2]],
    }[change]
    memory.files[path] = record_chunk_bytes(changed)
    assert failing(realm, memory)


def test_a_checkpoint_over_another_root_is_found(tmp_path: Path) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    memory.files[CHECKPOINT] = note(realm, root=digest(b"another"))
    assert "do not make the checkpoint's root" in failing(realm, memory)


def test_two_roots_for_one_size_are_a_split_view(tmp_path: Path) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    audit = Audit(realm.anchor, memory)
    assert all(step.holds for step in follow(audit))
    memory.files[CHECKPOINT] = note(realm, root=digest(b"another"))
    last = follow(audit)[-1]
    assert (False, "checkpoint") == (last.holds, last.name)
    assert "two roots for one size" in last.says


def test_a_log_that_shrank_is_found(tmp_path: Path) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    audit = Audit(realm.anchor, memory)
    follow(audit)
    memory.files[CHECKPOINT] = note(realm, realm.tree.root(5), size=5)
    assert "shrank" in follow(audit)[-1].says


def test_a_checkpoint_without_the_logs_own_signatures_is_found(tmp_path: Path) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    held = memory.files[CHECKPOINT]
    memory.files[CHECKPOINT] = held.replace(b"\n\xe2\x80\x94 ", b"\n\xe2\x80\x94 x", 1)
    assert not follow(Audit(realm.anchor, memory))[-1].holds


def test_a_log_that_does_not_parse_or_is_not_there_is_unreadable(tmp_path: Path) -> None:
    realm = Realm().found()
    memory = served(realm, tmp_path)
    path = next(iter(chunks(realm.tree.size))).path
    records = memory.files.pop(path)
    with pytest.raises(AbsentError):
        follow(Audit(realm.anchor, memory))
    memory.files[path] = records[:-1]
    with pytest.raises(MalformedError):
        follow(Audit(realm.anchor, memory))


def test_void_records_and_alarms_are_told_and_are_no_failure(tmp_path: Path) -> None:
    realm = Realm().found()
    notice = realm.notice("AR", BR)
    actor = realm.actor("AR")
    realm.count(actor.sign(notice))
    realm.log(actor.sign(notice))
    realm.log(actor.sign(relabelled(realm.envelope("AR", BR), suite=2)))
    point = ChainPoint(actor.point.sequence, digest(b"another"))
    realm.count(actor.draft(realm.notice("AR", BR, number=2), point=point))
    audit = Audit(realm.anchor, served(realm, tmp_path))
    assert all(step.holds for step in follow(audit))
    assert [1] == list(audit.findings.void.values())
    assert 1 == audit.findings.void_items
    assert [AlarmKind.WRONG_PREVIOUS] == [alarm.kind for alarm in audit.alarms()]


def test_a_signature_that_is_false_is_void_for_the_auditor_too(tmp_path: Path) -> None:
    realm = Realm().found()
    batch = realm.actor("AR").draft(realm.notice("AR", BR))
    value = composite("BR/police").sign(batch.head_bytes, BATCH_CONTEXT)
    assert not realm.log(replace(batch, value=value)).counts

    def ahead(jobs: Sequence[Job]) -> None:
        for job in jobs:
            job()

    audit = Audit(realm.anchor, served(realm, tmp_path), ahead)
    assert all(step.holds for step in follow(audit))
    assert 1 == audit.findings.void.total()


def other_value(record: LogRecord) -> LogRecord:
    return replace(record, value=bytes(len(record.value)))


def other_recipients(record: LogRecord) -> LogRecord:
    (label,) = record.items
    assert isinstance(label.body, Envelope)
    stanza = replace(label.body.stanzas[0], recipient=state_desk("MX"))
    return replace(record, items=(replace(label, body=replace(label.body, stanzas=(stanza,))),))


def other_filler(record: LogRecord) -> LogRecord:
    (label,) = record.items
    assert isinstance(label.body, Envelope)
    return replace(record, items=(replace(label, body=replace(label.body, filler=bytes(32))),))


def other_items(record: LogRecord) -> LogRecord:
    return replace(record, items=record.items * 2, places=record.places * 2)


@pytest.mark.parametrize("change", [other_value, other_recipients, other_filler, other_items])
def test_what_stands_beside_a_leaf_is_what_the_leaf_commits_to(
    tmp_path: Path, change: Callable[[LogRecord], LogRecord]
) -> None:
    realm = Realm().found()
    realm.count(realm.actor("AR").sign(realm.notice("AR", BR)))
    true, realm.records[-1] = realm.records[-1], change(realm.records[-1])
    false = follow(Audit(realm.anchor, served(realm, tmp_path)))[-1]
    assert (False, "records") == (false.holds, false.name)
    assert "commits to" in false.says
    realm.records[-1] = true
    assert follow(Audit(realm.anchor, served(realm, tmp_path)))[-1].holds


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 700))
def test_the_frontier_has_the_root_and_the_tiles_of_the_tree(size: int) -> None:
    tree, frontier = Tree(), Frontier()
    full: dict[Tile, bytes] = {}
    for number in range(size):
        leaf = leaf_hash(number.to_bytes(4))
        tree.append(leaf)
        full |= dict(frontier.append(leaf))
    assert tree.root() == frontier.root()
    for tile, data in [*full.items(), *frontier.partial_tiles()]:
        assert tree.nodes(*tile.span()) == data


@pytest.mark.parametrize(
    ("chunk", "path"),
    [
        (Chunk(0), "records/000"),
        (Chunk(1, 44), "records/001.p/44"),
        (Chunk(1234067), "records/x001/x234/067"),
    ],
)
def test_a_chunk_of_records_has_one_path(chunk: Chunk, path: str) -> None:
    assert path == chunk.path
    assert chunk == parse_chunk_path(path)
    assert 256 * chunk.index == chunk.start


@pytest.mark.parametrize("path", ["records/0", "records/../x", "tile/entries/000", "records/"])
def test_another_spelling_is_no_chunk(path: str) -> None:
    with pytest.raises(MalformedError):
        parse_chunk_path(path)
