"""CTDC's records through the whole line, on a real Kafka: every row accounted for.

Some of the rows, from all over the file; `python tests/bench/register.py` takes all of them.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.demo.exchange import Exchange
from node.notice import facts, minority
from node.notice.notice import Notice
from node.store import received
from tests.e2e import register, stored
from tests.e2e.plain_reader import Entry, read_topic
from tests.e2e.states import STATES
from tests.e2e.topics import make_exchange
from tests.services.absent import absent
from tests.services.kafka import Kafka
from valija.ids import digest
from valija.wire.log import parse_log_record

pytestmark = pytest.mark.xdist_group("kafka")
_ROWS = 80


@dataclass
class Run:
    """What one run left behind."""

    records: list[dict[str, str]]
    figures: register.Figures
    drafts: list[Notice]
    arrived: dict[str, tuple[received.Arrival, ...]]
    aside: int
    log: list[Entry]
    content: list[Entry]


@pytest.fixture(scope="module", name="run")
def _run(
    first_day: Path, kafka: Kafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    if not register.FILE.exists():
        absent("CTDC's records are not here: ../shared/data/ctdc")
    data = register.some_rows(register.FILE.read_bytes(), _ROWS)
    home = tmp_path_factory.mktemp("register")
    file = home / "some.csv"
    file.write_bytes(data)
    spool = make_exchange(kafka)
    with Exchange.make(
        home / "exchange", STATES, kept=first_day, brokers=2, kafka=spool
    ) as exchange:
        exchange.append_genesis()
        exchange.start_broker()
        exchange.start_nodes()
        figures = register.publish(exchange, file, second_person=True)
        exchange.stop()
        yield Run(
            records=register.rows_of(data),
            figures=figures,
            drafts=stored.notices(exchange, register.SENDER),
            arrived={desk: stored.arrivals(exchange, desk) for desk in register.RECIPIENTS},
            aside=sum(stored.aside(exchange, desk) for desk in register.RECIPIENTS),
            log=read_topic(kafka, f"{spool.exchange}.log"),
            content=read_topic(kafka, f"{spool.exchange}.content"),
        )


def test_every_row_is_a_draft_or_refused(run: Run) -> None:
    figures = run.figures
    assert len(run.records) == figures.rows
    assert figures.rows == figures.drafts + figures.refused
    assert len(run.drafts) == figures.drafts


def test_no_empty_flag_becomes_a_no(run: Run) -> None:
    said_no = sum("No" in row["IP_PayMoney"].split(";") for row in run.records)
    told = [json.dumps(_plain(notice)).lower() for notice in run.drafts]
    assert sum('ip_paymoney:no"' in text for text in told) == said_no
    assert not any('"no"' in text or "false" in text for text in told)


def test_a_minor_and_whoever_may_be_one_is_protected_as_a_child(run: Run) -> None:
    expected = register.majorities(run.records)
    found = Counter(minority.minor(notice, notice.victims[0]) for notice in run.drafts)
    assert found == expected
    protected = sum(
        any("minor" in one.categories for one in facts.fields(notice))
        for notice in run.drafts
        if minority.minor(notice, notice.victims[0]) != "no"
    )
    assert protected == expected["yes"] + expected["unknown"]


def test_every_notice_reaches_three_states_once_and_in_order(run: Run) -> None:
    assert run.figures.notices == run.figures.drafts
    for arrived in run.arrived.values():
        assert [one.pair_sequence for one in arrived] == [*range(1, run.figures.drafts + 1)]
        assert len({one.notice for one in arrived}) == run.figures.drafts
        places = [one.leaf_index for one in arrived]
        assert places == sorted(places)


def test_every_recipient_verified_every_proof_and_let_all_of_it_in(run: Run) -> None:
    assert run.aside == 0
    for arrived in run.arrived.values():
        assert {one.state for one in arrived} == {received.KEPT}
        assert all(one.tree_size > one.leaf_index for one in arrived)


def test_offsets_of_the_log_are_the_leaf_indexes_that_recipients_verified(run: Run) -> None:
    assert {entry.partition for entry in run.log} == {0}
    assert [entry.offset for entry in run.log] == [*range(len(run.log))]
    for arrived in run.arrived.values():
        for one in arrived:
            record = parse_log_record(run.log[one.leaf_index].value)
            labels = [item.payload for item in record.parsed()[1].items]
            assert one.label in {digest(label) for label in labels}


def test_nothing_of_a_record_lies_in_kafka_in_clear(run: Run) -> None:
    lies = b"".join(entry.value for entry in (*run.log, *run.content))
    for word in (b"ForcedLabour", b"SexualExploitation", b"Feminine", b"un_region"):
        assert word not in lies


def _plain(notice: Notice) -> list[object]:
    """Return what a draft says of its items: every value, and no fact for the law alone."""
    return [
        [dict(item.properties) for item in notice.items],
    ]
