"""Two worlds, run whole: what a recipient and the log hold of what the law keeps from him.

In one world a notice is drafted for Colombia alone; in the other for Brazil too, and Brazil's
part is barred whole and in silence, because its subject fears that state. Brazil's node, its
officers and the log must be the same in structure and size. And of one label: what others are
shown, how long they may keep it and how many they are shapes nothing of a recipient's own,
but the number of items in its batch, which the log tells everybody (docs/policy.md, 7).
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from broker.assembly import Assembly as Broker
from node.assembly import Assembly
from node.store import journal, tables
from node.store.database import Transaction
from tests.node.exchange import Exchange, until
from tests.node.offices import BR, CO, Bureau, draft, open_bureau
from tests.node.sample import decided, facts, part, terms
from tests.node.test_line import arrivals
from valija.batch import Item
from valija.clock import Day, day_of, minute_of
from valija.commitment import Fact, Form, make_fact
from valija.envelope import Envelope
from valija.ids import Desk, NoticeId
from valija.label import Label
from valija.logged import Delivery
from valija.wire.deliver import parse_delivery
from valija.wire.log import parse_log_record

_TIMED = frozenset({"checkpoints", "settings"})
"""How many checkpoints a node saw hangs on the moment, and on nothing that anybody drafted."""
_COUNTED = ("node_received", "node_quarantined", "node_intake", "node_signed", "node_tree")
_OF_ALL = 'kind="statement"'
"""Which of its desks reads a statement of the directory first hangs on the moment too."""


@dataclass(frozen=True, slots=True)
class World:
    """What is left of a world: the log after the exchange was founded, and Brazil's node.

    Attributes:
        log: A line a leaf: signer, number of items, and of each its kind and its sizes.
        rows: Rows of each table of Brazil's store.
        journal: What Brazil's node did.
        metrics: What it counted of what arrived.
        states: What Argentina's officers read: the only place where worlds may differ.
    """

    log: tuple[object, ...]
    rows: Mapping[str, int]
    journal: tuple[object, ...]
    metrics: tuple[str, ...]
    states: Mapping[Desk, str]


async def test_a_notice_barred_whole_is_as_if_it_had_never_been_drafted_for_him(
    learned: Exchange, tmp_path: Path
) -> None:
    never = await lived(learned.moved(tmp_path / "never"), CO)
    barred = await lived(learned.moved(tmp_path / "barred"), BR, CO)
    assert never.log == barred.log
    assert never.rows == barred.rows
    assert never.journal == barred.journal
    assert never.metrics == barred.metrics
    assert {CO: "delivered"} == never.states
    assert {BR: "barred", CO: "delivered"} == barred.states
    assert 2 == len(barred.log)  # The notice for Colombia, and Colombia's receipt.
    assert 0 == barred.rows["received"]


def silent() -> dict[str, Any]:
    """Return a suspect's draft: he fears Brazil, and without his name it is worth nothing."""
    found = draft("suspect")
    found["told"]["persons"]["P1"]["feared_state"] = "BR"
    found["told"]["essential"] = ["P1/name"]
    return found


async def lived(exchange: Exchange, *recipients: Desk) -> World:
    """Run a world in which Argentina orders the draft to these desks."""
    async with (
        exchange.broker() as broker,
        open_bureau(exchange) as bureau,
        exchange.node("BR") as brazil,
        exchange.node("CO") as colombia,
    ):
        for node in (bureau.node, brazil, colombia):
            await exchange.is_founded(node)
        founded = broker.exchange.tree.size
        serving = asyncio.ensure_future(bureau.node.serve())
        notice = await bureau.kept(silent())
        await bureau.order(notice, *recipients)
        await bureau.approve(notice)
        states = await _settled(bureau, notice)
        size = broker.exchange.tree.size
        await until(lambda: brazil.parts.knowledge.size == size)
        await until(lambda: not brazil.parts.knowledge.is_behind)
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        log = await _log(broker, range(founded, size))
        return World(log, _rows(brazil), _journal(brazil), _metrics(brazil), states)


async def _settled(bureau: Bureau, notice: NoticeId) -> Mapping[Desk, str]:
    found: dict[Desk, str] = {}
    while found.get(CO) != "delivered":
        found = await bureau.codes(notice)
        await asyncio.sleep(0.05)
    return found


async def _log(broker: Broker, leaves: range) -> tuple[object, ...]:
    await broker.exchange.heads.covering(leaves.stop - 1)
    records = await broker.exchange.index.records(leaves)
    found = []
    for leaf in leaves:
        _, batch = parse_log_record(records[leaf]).parsed()
        items = tuple(map(_structure, batch.items))
        size = len(records[leaf]) - sum(map(_placed, batch.items))
        found.append((batch.head.signer, batch.head.size, size, items))
    return tuple(found)


def _placed(item: Item) -> int:
    """Return the bytes of places in the recipients' tree: they are drawn; 0 takes none."""
    body = item.body
    return sum(2 for one in body.stanzas if one.index) if isinstance(body, Envelope) else 0


def _structure(item: Item) -> object:
    body = item.body
    if not isinstance(body, Envelope):
        return item.kind, item.to, len(item.payload)
    stanzas = tuple((one.recipient, one.pair_sequence) for one in body.stanzas)
    # How long a proof is, and so a content, hangs on places that are drawn: that they are drawn
    # alike, tests/properties/test_omission.py shows.
    told = _told(replace(body.label, content_size=0))
    return item.kind, stanzas, len(item.payload), told


def _told(label: Label) -> object:
    """Return all that a label tells but for what is random or a digest."""
    told = (label.version, label.recipients_size, label.urgent, label.expires)
    return *told, label.content_size, len(label.blobs), len(label.decision), len(label.grants)


def _rows(node: Assembly) -> Mapping[str, int]:
    def count(tx: Transaction) -> dict[str, int]:
        return {
            name: tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.METADATA.tables.items()
            if name not in _TIMED
        }

    return node.parts.database.read_now(count)


def _journal(node: Assembly) -> tuple[object, ...]:
    rows = node.parts.database.read_now(lambda tx: journal.page(tx, 0, 1000))
    return tuple((row.who, row.role, row.act, row.purpose) for row in rows)


def _metrics(node: Assembly) -> tuple[str, ...]:
    lines = node.parts.metrics.page().decode().splitlines()
    counted = (line for line in lines if line.startswith(_COUNTED) and _OF_ALL not in line)
    return tuple(sorted(line for line in counted if "created" not in line))


OTHERS = tuple(Desk.parse(f"{code}/judicial") for code in ("BR", "CO", "MX"))
HIDDEN = make_fact("networka/founder/slotdddd", Form.EXACT, "a fact that Brazil is not shown")


async def test_what_others_are_shown_and_bound_to_is_not_in_ones_own_label(
    learned: Exchange, tmp_path: Path
) -> None:
    """A fact that five others see, for a shorter time and in haste, leaves no trace for one."""
    alike = await received_by_brazil(learned.moved(tmp_path / "alike"), part(), hidden=False)
    told = (*part(), HIDDEN)
    other = await received_by_brazil(learned.moved(tmp_path / "other"), told, hidden=True)
    assert _told(_label(alike)) == _told(_label(other))
    assert 16 == _label(other).recipients_size  # Of six recipients, whoever shares a view.
    for name in ("terms", "content", "recipient_path"):
        assert len(getattr(alike, name)) == len(getattr(other, name)), name
    # What the log tells every member, and so Brazil: how many items its batch has.
    assert [0, 1] == [len(one.logged.signature.path) for one in (alike, other)]


async def received_by_brazil(
    exchange: Exchange, shown: tuple[Fact, ...], *, hidden: bool
) -> Delivery:
    """Send a notice to Brazil and five others, who may be shown and bound to more than it."""
    now = minute_of(exchange.now)
    short = replace(terms(now), retain_until=Day(day_of(now) + 3))
    base = decided(exchange, {BR: part()})
    one = base.shares[0]
    others = [
        replace(
            one,
            recipient=desk,
            opened=shown,
            terms=short if hidden else one.terms,
            urgent=hidden,
        )
        for desk in (CO, Desk.parse("MX/police"), *OTHERS)
    ]
    committed = (*facts(), HIDDEN) if hidden else facts()
    notice = replace(base, facts=committed, shares=(one, *others))
    async with (
        exchange.broker(),
        exchange.node("AR") as argentina,
        exchange.node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(notice)
        await until(lambda: arrivals(brazil, BR))
        (arrival,) = arrivals(brazil, BR)
    return parse_delivery(arrival.delivery)


def _label(delivery: Delivery) -> Label:
    body = delivery.logged.item.body
    assert isinstance(body, Label)
    return body
