"""Personal data does not reach a log line or a metric by a careless call."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from broker.logs import BATCH_ADMITTED, configure, only_listed
from broker.metrics import Metrics

CANARY = "Invented Canary Person"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_key_that_is_not_listed_is_dropped_and_counted() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger().info(BATCH_ADMITTED, member="AR", name=CANARY, text=CANARY)
    (line,) = lines(stream)
    assert (BATCH_ADMITTED, "AR", 2) == (line["event"], line["member"], line["dropped"])
    assert CANARY not in stream.getvalue()


def test_bound_context_follows_and_is_filtered_too() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    with structlog.contextvars.bound_contextvars(head=b"\x01\x02", victim=CANARY):
        structlog.get_logger().warning(BATCH_ADMITTED)
    (line,) = lines(stream)
    assert ("0102", 1) == (line["head"], line["dropped"])


def test_a_notice_is_found_by_the_first_half_of_its_labels_digest() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    digests = (bytes(range(32)), bytes(32))
    structlog.get_logger().info(BATCH_ADMITTED, labels=digests, items=2, void=None)
    (line,) = lines(stream)
    assert "0001020304050607 0000000000000000" == line["labels"]


def test_a_person_at_a_terminal_reads_text() -> None:
    stream = io.StringIO()
    configure(person=True, stream=stream)
    structlog.get_logger().info(BATCH_ADMITTED, leaf_index=7)
    assert "leaf_index" in stream.getvalue()


def test_each_broker_counts_by_itself() -> None:
    one, two = Metrics(), Metrics()
    one.admitted.labels("AR").inc()
    assert b'broker_admitted_total{member="AR"} 1.0' in one.page()
    assert b'broker_admitted_total{member="AR"}' not in two.page()


def test_a_value_that_would_act_on_a_terminal_or_begin_a_line_is_written_out() -> None:
    kept = only_listed(None, "info", {"event": "x", "error": "a\x1b[2J\u202e\nb"})
    assert "a\\x1b[2J\\u202e\\nb" == kept["error"]
