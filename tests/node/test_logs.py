"""Personal data does not reach a log line by a careless call."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from node.logs import KEYS, configure, only_listed
from node.metrics import Metrics

CANARY = "Invented Canary Person"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_key_that_is_not_listed_is_dropped_and_counted() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger().info("batch_signed", desk="AR/police", name=CANARY, text=CANARY)
    (line,) = lines(stream)
    assert (line["event"], line["desk"], line["dropped"]) == ("batch_signed", "AR/police", 2)
    assert CANARY not in stream.getvalue()


def test_bound_context_follows_and_is_filtered_too() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    with structlog.contextvars.bound_contextvars(label=b"\x01\x02", victim=CANARY):
        structlog.get_logger().warning("kept_aside")
    (line,) = lines(stream)
    assert (line["label"], line["level"], line["dropped"]) == ("0102", "warning", 1)


def test_below_the_level_nothing_is_written() -> None:
    stream = io.StringIO()
    configure(stream=stream, level="WARNING")
    structlog.get_logger().info("quiet")
    assert stream.getvalue() == ""


def test_a_person_gets_plain_text() -> None:
    stream = io.StringIO()
    configure(person=True, stream=stream)
    structlog.get_logger().info("started", member="AR")
    assert "started" in stream.getvalue()


def test_long_values_are_cut_and_numbers_stay_numbers() -> None:
    kept = only_listed(None, "info", {"event": "x" * 999, "items": 3, "code": None})
    assert kept == {"event": "x" * 256, "items": 3, "code": None}


def test_no_listed_key_is_a_place_for_a_person() -> None:
    assert KEYS.isdisjoint({"name", "text", "account", "person", "value", "content", "path"})


def test_two_nodes_in_one_process_count_apart() -> None:
    one, two = Metrics(), Metrics()
    one.sealed.labels("AR/police").inc()
    assert b'node_sealed_total{desk="AR/police"} 1.0' in one.page()
    assert b"AR/police" not in two.page()


def test_a_value_that_would_act_on_a_terminal_or_begin_a_line_is_written_out() -> None:
    kept = only_listed(None, "info", {"event": "x", "error": "a\x1b[2J\u202e\nb"})
    assert "a\\x1b[2J\\u202e\\nb" == kept["error"]
