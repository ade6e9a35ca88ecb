"""Threat: a number larger than a database or a calendar holds stops whoever would store it."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.message import Message

from tests.valija.realm import START, Realm, membership, receipt, sealing, state_desk
from valija.batch import Item
from valija.clock import MAX_DAY, MAX_MINUTE, Day, date_of, instant_of
from valija.envelope import Envelope
from valija.errors import MalformedError
from valija.head import Entry, parse_entry
from valija.ids import ZERO_DIGEST, Kind, LeafIndex, Member, digest
from valija.logged import Delivery, Logged, LogProof, Signature
from valija.receipt import Event
from valija.record import record_of
from valija.statement import BundleStatement
from valija.terms import Terms
from valija.v1 import envelope_pb2, exchange_pb2, label_pb2, log_pb2, receipt_pb2
from valija.wire import strict
from valija.wire.deliver import (
    DeliverRequest,
    DeliverResponse,
    deliver_request_bytes,
    deliver_response_bytes,
    delivery_bytes,
    parse_deliver_request,
    parse_deliver_response,
    parse_delivery,
)
from valija.wire.envelope import envelope_bytes, parse_envelope, parse_terms, terms_bytes
from valija.wire.label import parse_label
from valija.wire.log import log_record_bytes, parse_log_record
from valija.wire.receipt import parse_receipt, receipt_bytes
from valija.wire.statement import parse_statement, statement_bytes
from valija.wire.submit import (
    Code,
    Refusal,
    SubmitResponse,
    parse_submit_request,
    parse_submit_response,
    submit_request_bytes,
    submit_response_bytes,
)

AR, BR = state_desk("AR"), state_desk("BR")
REALM = Realm().found()
BATCH = REALM.actor("AR").draft(REALM.notice("AR", BR))
ENVELOPE = BATCH.items[0].body
assert isinstance(ENVELOPE, Envelope)
PROOF = LogProof(LeafIndex(7), START, ())
DELIVERY = Delivery(
    Logged(
        Item(Kind.LABEL, ENVELOPE.label_bytes, (), ENVELOPE.label),
        Signature(BATCH.head_bytes, BATCH.value, 0, ()),
        PROOF,
    ),
    ENVELOPE.stanzas[0],
    (digest(b"a"),),
    b"terms",
    b"content",
)
TERMS = Terms("network", "criminal_investigation", (), ("Treaty art. 4",), (), (), Day(9), b"")
BUNDLE = BundleStatement(Member("AR"), digest(b"law"), Day(9), ZERO_DIGEST, widens=False)
REFUSED = SubmitResponse(digest(b"h"), refused=Refusal(Code.LIMIT, 0, START))
COUNT, SHORT, DAY = strict.MAX_COUNT, MAX_MINUTE, MAX_DAY

Parse = Callable[[bytes], object]
CASES: list[tuple[type[Message], Parse, bytes, str, int]] = [
    (label_pb2.Label, parse_label, ENVELOPE.label_bytes, "version", strict.MAX_VERSION),
    (label_pb2.Label, parse_label, ENVELOPE.label_bytes, "issued", SHORT),
    (label_pb2.Label, parse_label, ENVELOPE.label_bytes, "expires", DAY),
    (
        envelope_pb2.Envelope,
        parse_envelope,
        envelope_bytes(ENVELOPE),
        "stanzas.0.pair_sequence",
        COUNT,
    ),
    (envelope_pb2.Terms, parse_terms, terms_bytes(TERMS), "retain_until", DAY),
    (
        receipt_pb2.Receipt,
        parse_receipt,
        receipt_bytes(receipt(Event.DELIVERED, digest(b"label"), AR)),
        "at",
        SHORT,
    ),
    (
        log_pb2.KeyStatement,
        lambda data: parse_statement(Kind.KEY, data),
        statement_bytes(sealing(AR)),
        "until",
        SHORT,
    ),
    (
        log_pb2.MembershipStatement,
        lambda data: parse_statement(Kind.MEMBERSHIP, data),
        statement_bytes(membership("AR")),
        "until",
        SHORT,
    ),
    (
        log_pb2.PolicyBundleStatement,
        lambda data: parse_statement(Kind.BUNDLE, data),
        statement_bytes(BUNDLE),
        "since",
        DAY,
    ),
    (
        log_pb2.LogRecord,
        parse_log_record,
        log_record_bytes(record_of(BATCH, START, (3,))),
        "places.0",
        COUNT,
    ),
    (
        exchange_pb2.SubmitRequest,
        parse_submit_request,
        submit_request_bytes(BATCH),
        "size",
        COUNT,
    ),
    (
        exchange_pb2.SubmitResponse,
        parse_submit_response,
        submit_response_bytes(SubmitResponse(digest(b"h"), PROOF)),
        "proof.leaf_index",
        COUNT,
    ),
    (
        exchange_pb2.SubmitResponse,
        parse_submit_response,
        submit_response_bytes(SubmitResponse(digest(b"h"), PROOF)),
        "proof.logged",
        SHORT,
    ),
    (
        exchange_pb2.SubmitResponse,
        parse_submit_response,
        submit_response_bytes(REFUSED),
        "refused.until",
        SHORT,
    ),
    (
        exchange_pb2.DeliverRequest,
        parse_deliver_request,
        deliver_request_bytes(DeliverRequest(desk=AR)),
        "cursor",
        COUNT,
    ),
    (
        exchange_pb2.DeliverRequest,
        parse_deliver_request,
        deliver_request_bytes(DeliverRequest(desk=AR)),
        "size",
        COUNT,
    ),
    (
        exchange_pb2.DeliverResponse,
        parse_deliver_response,
        deliver_response_bytes(DeliverResponse(b"note")),
        "done",
        COUNT,
    ),
    (
        exchange_pb2.Delivery,
        parse_delivery,
        delivery_bytes(DELIVERY),
        "item.proof.leaf_index",
        COUNT,
    ),
]


def altered(kind: type[Message], data: bytes, path: str, value: int) -> bytes:
    """Return the same message with one number changed."""
    whole = kind()
    whole.ParseFromString(data)
    at: Any = whole
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if step.isdecimal() else getattr(at, step)
    if last.isdecimal():
        at[int(last)] = value
    else:
        setattr(at, last, value)
    return strict.to_bytes(whole)


@pytest.mark.parametrize(
    ("kind", "parse", "data", "path", "most"),
    CASES,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_that_no_store_keeps_is_malformed(
    kind: type[Message], parse: Parse, data: bytes, path: str, most: int
) -> None:
    parse(altered(kind, data, path, most))
    with pytest.raises(MalformedError, match="larger than anybody counts"):
        parse(altered(kind, data, path, most + 1))


def test_an_entry_of_no_year_is_malformed() -> None:
    entry = Entry(MAX_MINUTE, BATCH.head_bytes, digest(BATCH.value)).to_bytes()
    assert MAX_MINUTE == parse_entry(entry).minute
    with pytest.raises(MalformedError, match="not an entry"):
        parse_entry(entry[:16] + bytes([255]) * 8 + entry[24:])


def test_every_day_and_minute_that_is_let_through_has_a_date() -> None:
    assert (9999, 12, 31) == date_of(MAX_DAY).timetuple()[:3]
    assert 6053 == instant_of(MAX_MINUTE).year


@pytest.mark.parametrize(("name", "most"), [("type", 32), ("purpose", 48)])
def test_a_word_of_the_terms_is_no_longer_than_a_store_keeps(name: str, most: int) -> None:
    whole = envelope_pb2.Terms.FromString(terms_bytes(TERMS))
    setattr(whole, name, "w" * most)
    parse_terms(strict.to_bytes(whole))
    setattr(whole, name, "w" * (most + 1))
    with pytest.raises(MalformedError, match=f"1 to {most} printable"):
        parse_terms(strict.to_bytes(whole))
