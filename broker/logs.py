"""How a broker writes its log: JSON lines in service, coloured text for a person.

It promises that only listed keys get through, so personal data cannot slip in by a careless
call: what is not listed is dropped and counted under `dropped`. Event names are the constants
here. It decides nothing and is set up once, by `broker.__main__`.

Source: docs/style.md, Logs and metrics; docs/architecture.md, What never happens, 2.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

BROKER_STARTED = "broker_started"
BROKER_STOPPED = "broker_stopped"
BROKER_HALTED = "broker_halted"
ENGINE_AWAY = "engine_away"
CAUGHT_UP = "caught_up"
BATCH_ADMITTED = "batch_admitted"
BATCH_REFUSED = "batch_refused"
BATCH_VOID = "batch_void"
REJECTION_LOGGED = "rejection_logged"
LOG_ALARM = "log_alarm"
NOISE = "noise"
CONTENT_DAMAGED = "content_damaged"
CONTENTS_EXPIRED = "contents_expired"
CHECKPOINT_SIGNED = "checkpoint_signed"
STREAM_OPENED = "stream_opened"
STREAM_CLOSED = "stream_closed"
PAGE_SERVED = "page_served"
INCIDENT = "incident"

KEYS = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "member",
        "desk",
        "carrier",
        "head",
        "labels",
        "stream",
        "step",
        "broker",
        "origin",
        "error",
        "code",
        "ground",
        "incident",
        "leaf_index",
        "tree_size",
        "sequence",
        "items",
        "deliveries",
        "credit",
        "duration_ms",
        "size_bytes",
        "until_minute",
        "address",
        "path",
        "dropped",
    ]
)
"""The only keys that reach a log line; a value under them is a code, a digest or a number."""
_LONGEST = 256
_SHORT = 16


def only_listed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that is not listed, and say how many were dropped."""
    kept = {key: _plain(value) for key, value in event.items() if key in KEYS}
    dropped = len(event) - len(kept)
    return kept | ({"dropped": dropped} if dropped else {})


def _plain(value: object) -> str | int | float | bool | None:
    """Return a value that can hide nothing: bytes as hexadecimal, the rest as short text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        return value.hex()[:_LONGEST]
    if isinstance(value, tuple):  # Digests of one batch: enough of each to be found by.
        return " ".join(each.hex()[:_SHORT] for each in value if isinstance(each, bytes))
    text = str(value)[:_LONGEST]
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def configure(
    *, person: bool = False, level: str = "INFO", stream: TextIO | None = None
) -> None:
    """Set structlog up for this process.

    Args:
        person: Coloured text for a terminal, not JSON lines.
        level: The lowest level that is written, by its standard name.
        stream: Where lines go; standard error when None.
    """
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if person else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            only_listed,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level]
        ),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
