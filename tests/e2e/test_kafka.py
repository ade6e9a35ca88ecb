"""Two broker processes on one Apache Kafka: no leader, nothing lost, nothing doubled.

Nodes are spread over both; one broker is killed under load, and in the second story a server
of a cluster of three too. The log is read by a plain consumer beside our own spool.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broker.assembly import load_setting
from broker.config import load
from broker.exchange import Exchange as BrokerParts
from deploy.demo.exchange import Exchange
from node.gateway.caller import SendRequest
from node.store import received
from tests.e2e import sample, stored
from tests.e2e.audit import verify_log
from tests.e2e.officers import inbox, knows_the_log, wait_for
from tests.e2e.plain_reader import Entry, read_topic
from tests.e2e.states import STATES
from tests.e2e.topics import make_exchange
from tests.services.kafka import Kafka
from valija.__main__ import HttpsReader
from valija.anchor import parse_anchor
from valija.checkpoint import parse_checkpoint
from valija.clock import SystemClock
from valija.errors import ValijaError
from valija.ids import Digest
from valija.merkle import Tree, leaf_hash
from valija.note import parse_note
from valija.wire.log import parse_log_record

_BRAZIL, _MEXICO = "BR/police", "MX/police"
_BEFORE, _AFTER = 12, 24
Roots = dict[int, set[bytes]]


@dataclass
class Story:
    """What was seen of one load.

    Attributes:
        roots: What each broker published while the load ran, by tree size.
        sent: Notices in the order in which they were ordered out.
        arrived: What each recipient holds.
        audits: What the auditor's command says of each broker in the end.
        digests: Of the first broker's index, of the killed one's, and of that made again.
        log: The log topic, by a plain consumer.
    """

    roots: dict[str, Roots] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    arrived: dict[str, tuple[received.Arrival, ...]] = field(default_factory=dict)
    audits: dict[str, tuple[int, Any]] = field(default_factory=dict)
    digests: list[Digest] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)


@pytest.mark.xdist_group("kafka")
def test_a_killed_broker_loses_and_doubles_nothing(
    first_day: Path, kafka: Kafka, tmp_path: Path
) -> None:
    check(_tell(first_day, kafka, tmp_path, 1, lambda: None))


@pytest.mark.xdist_group("kafka_cluster")
def test_a_killed_broker_and_a_killed_kafka_lose_and_double_nothing(
    first_day: Path, kafka_cluster: Kafka, tmp_path: Path
) -> None:
    def kill_a_server() -> None:
        os.kill(kafka_cluster.pid(2), signal.SIGKILL)

    check(_tell(first_day, kafka_cluster, tmp_path, 3, kill_a_server))


def check(story: Story) -> None:
    """Check everything that a story must show."""
    assert [entry.offset for entry in story.log] == [*range(len(story.log))]
    assert {entry.partition for entry in story.log} == {0}
    tree = Tree()
    roots = {}
    for size, entry in enumerate(story.log, 1):
        tree.append(leaf_hash(parse_log_record(entry.value).entry))
        roots[size] = {bytes(tree.root())}
    for seen in story.roots.values():
        assert seen
        assert seen == {size: roots[size] for size in seen}
    common = set(story.roots["b1"]) & set(story.roots["b2"])
    assert common, "the two never showed one size"
    for arrived in story.arrived.values():
        assert sorted(one.notice.hex() for one in arrived) == sorted(story.sent)
        assert [one.pair_sequence for one in arrived] == [*range(1, len(story.sent) + 1)]
        assert {one.state for one in arrived} == {received.KEPT}
    assert {0} == {code for code, _ in story.audits.values()}
    (found,) = {repr(_said(report)) for _, report in story.audits.values()}
    assert "'alarms': []" in found
    first, killed, again = story.digests
    assert first == killed == again


def _said(report: Any) -> dict[str, Any]:  # noqa: ANN401  # A record of JSON.
    names = ("size", "root", "state", "items", "void_items", "alarms")
    return {name: report[name] for name in names}


def _tell(
    first_day: Path, kafka: Kafka, folder: Path, replicas: int, also: Callable[[], None]
) -> Story:
    spool, story = make_exchange(kafka, replicas), Story()
    home = folder / "exchange"
    with Exchange.make(home, STATES, kept=first_day, brokers=2, kafka=spool) as exchange:
        for state in ("AR", "MX"):
            _second_broker_first(home / state / "node.toml")
        exchange.append_genesis()
        exchange.start_broker(1)
        exchange.start_broker(2)
        exchange.start_nodes(["AR", "BR", "MX"])
        over = threading.Event()
        watches = [_watch(exchange, story, name, over) for name in ("b1", "b2")]
        _load(exchange, story, also)
        if replicas > 1:
            kafka.revive()  # All has arrived without it.
        exchange.start_broker(2)
        wait_for(lambda: _size(exchange, "b1") == _size(exchange, "b2"), 90)
        time.sleep(0.5)
        over.set()
        for watch in watches:
            watch.join()
        for state in ("AR", "BR", "MX"):
            exchange.running[state].stop()
        wait_for(lambda: _size(exchange, "b1") == _size(exchange, "b2"), 90)
        story.audits = {name: verify_log(exchange, name) for name in ("b1", "b2")}
        exchange.stop()
        _rebuild(home, story)
        story.arrived = {one: stored.arrivals(exchange, one) for one in (_BRAZIL, _MEXICO)}
    story.log = read_topic(kafka, f"{spool.exchange}.log")
    return story


def _load(exchange: Exchange, story: Story, also: Callable[[], None]) -> None:
    """Send notices; after the first of them, kill the broker that the sender speaks to."""
    clara = exchange.officer("AR", "clara")
    readers = [exchange.officer("BR", "davi"), exchange.officer("MX", "nora")]
    knows_the_log(clara, exchange.founded)
    draft = sample.bytes_of(sample.network())
    drafts = [str(clara.put_draft(draft)["id"]) for _ in range(_BEFORE + _AFTER)]
    for place, notice in enumerate(drafts):
        clara.send(SendRequest(drafts=[notice], recipients=[_BRAZIL, _MEXICO], now=True))
        if place == _BEFORE:
            wait_for(lambda: all(inbox(reader) for reader in readers))
            exchange.running["b2"].kill()
            also()
    story.sent = drafts
    for reader in readers:
        wait_for(lambda reader=reader: len(inbox(reader)) == len(drafts), 120)


def _second_broker_first(toml: Path) -> None:
    lines = toml.read_text().splitlines(keepends=True)
    for place, line in enumerate(lines):
        if line.startswith("broker = "):
            first, second = line.removeprefix("broker = [").rstrip("]\n").split(", ")
            lines[place] = f"broker = [{second}, {first}]\n"
    toml.write_text("".join(lines))


def _watch(
    exchange: Exchange, story: Story, name: str, over: threading.Event
) -> threading.Thread:
    """Read a broker's checkpoints as it publishes them, until it is over."""
    seen = story.roots.setdefault(name, {})

    def look() -> None:
        while not over.wait(0.05):
            try:
                found = parse_checkpoint(parse_note(_reader(exchange, name).read("checkpoint")))
            except ValijaError:
                continue
            seen.setdefault(found.size, set()).add(bytes(found.root))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    return thread


def _size(exchange: Exchange, name: str) -> int:
    try:
        note = _reader(exchange, name).read("checkpoint")
    except ValijaError:
        return -len(name)
    return parse_checkpoint(parse_note(note)).size


def _reader(exchange: Exchange, name: str) -> HttpsReader:
    port = exchange.listens(f"exchange/{name}.toml", "publish")
    anchor = parse_anchor((exchange.home / "anchor.json").read_bytes())
    identity = exchange.home / "auditor/auditor.pem"
    return HttpsReader(f"https://127.0.0.1:{port}", anchor, identity)


def _rebuild(home: Path, story: Story) -> None:
    """Take both indexes' digests, delete the killed broker's, and take that of a new one."""
    first, second = (home / f"exchange/{name}.toml" for name in ("b1", "b2"))
    story.digests = [_digest_of(first), _digest_of(second)]
    for file in (home / "exchange").glob("b2.index.db*"):
        file.unlink()
    story.digests.append(_digest_of(second))


def _digest_of(toml: Path) -> Digest:
    clock = SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # As the broker's own.

    async def work() -> Digest:
        parts = BrokerParts(load_setting(load(toml), clock))
        try:
            await parts.start()
            return await parts.index.digest()
        finally:
            await parts.stop()

    return asyncio.run(work())
