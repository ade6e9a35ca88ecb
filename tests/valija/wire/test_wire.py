"""The door for strange bytes: one byte form, exact lengths, MalformedError and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valija.realm import (
    START,
    Realm,
    agreement,
    membership,
    receipt,
    relabelled,
    sealing,
    signing_key,
    state_desk,
    tls,
)
from valija.batch import Batch, Item
from valija.clock import Day
from valija.commitment import Form, commit, make_fact
from valija.envelope import Envelope
from valija.errors import MalformedError, SignatureError, ValijaError, VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, LeafIndex, Member, Office, digest
from valija.logged import Delivery, Logged, LogProof, Signature
from valija.receipt import Event
from valija.record import record_of
from valija.statement import BundleStatement, Endorsement, KeyStatement, Statement
from valija.terms import Terms
from valija.v1 import envelope_pb2, exchange_pb2, label_pb2, log_pb2, receipt_pb2
from valija.view import make_view
from valija.wire import strict
from valija.wire.content import content_bytes, parse_content
from valija.wire.delimited import join, split
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
from valija.wire.envelope import (
    envelope_bytes,
    parse_envelope,
    parse_terms,
    terms_bytes,
)
from valija.wire.item import item
from valija.wire.label import label_bytes, parse_label
from valija.wire.log import (
    log_record_bytes,
    parse_log_record,
    parse_record_chunk,
    record_chunk_bytes,
)
from valija.wire.receipt import parse_receipt, receipt_bytes
from valija.wire.statement import kind_of, parse_statement, statement_bytes
from valija.wire.submit import (
    Code,
    Refusal,
    SubmitResponse,
    batch_file_bytes,
    parse_batch_file,
    parse_submit_request,
    parse_submit_response,
    submit_request_bytes,
    submit_response_bytes,
)

AR, BR, MX = state_desk("AR"), state_desk("BR"), state_desk("MX")
DAY = Day(20_625)
TERMS = Terms("network", "investigation", ("H1",), ("Treaty art. 4",), (), (), DAY, b"")
PARSERS: dict[str, Callable[[bytes], object]] = {
    "label": parse_label,
    "terms": parse_terms,
    "content": parse_content,
    "envelope": parse_envelope,
    "receipt": parse_receipt,
    "log record": parse_log_record,
    "record chunk": parse_record_chunk,
    "submit request": parse_submit_request,
    "submit response": parse_submit_response,
    "batch file": parse_batch_file,
    "deliver request": parse_deliver_request,
    "deliver response": parse_deliver_response,
    "delivery": parse_delivery,
    **{
        f"statement {kind.name}": lambda data, kind=kind: parse_statement(kind, data)  # type: ignore[misc]  # One a kind.
        for kind in Kind
    },
}


@cache
def realm() -> Realm:
    return Realm().found()


@cache
def batch() -> Batch:
    notice = realm().notice("AR", BR, MX)
    told = item(receipt(Event.OPENED, digest(b"label"), AR, role="liaison"), [BR, MX])
    return realm().actor("AR").draft(notice, told, item(Endorsement(digest(b"x"))))


@cache
def delivery() -> Delivery:
    envelope = batch().items[0].body
    assert isinstance(envelope, Envelope)
    label = Item(Kind.LABEL, envelope.label_bytes, (), envelope.label)
    signature = Signature(batch().head_bytes, batch().value, 0, batch().item_path(0))
    logged = Logged(label, signature, LogProof(LeafIndex(7), START, (digest(b"a"),)))
    path = (digest(b"b"), digest(b"c"))
    return Delivery(logged, envelope.stanzas[0], path, envelope.terms or b"", b"content")


def told(statement: Item) -> Delivery:
    logged = replace(delivery().logged, item=statement)
    return Delivery(logged, None, (), b"", b"")


STATEMENTS: list[Statement] = [
    sealing(AR),
    tls(AR),
    signing_key(AR, "AR/police"),
    replace(sealing(AR), reason="lost", last_good=3),
    membership("AR"),
    agreement((AR, BR)),
    BundleStatement(Member("AR"), digest(b"law"), DAY, ZERO_DIGEST, widens=True),
    BundleStatement(Member("@treaty"), digest(b"law"), DAY, ZERO_DIGEST, widens=False),
    Endorsement(digest(b"x")),
    Endorsement(digest(b"x"), withdrawn=True, reason="ended"),
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: type(s).__name__)
def test_a_statement_comes_back_as_it_went(statement: Statement) -> None:
    assert statement == parse_statement(kind_of(statement), statement_bytes(statement))


def test_whatever_is_encoded_comes_back_as_it_went() -> None:
    envelope = realm().envelope("AR", BR)
    assert envelope.label == parse_label(label_bytes(envelope.label))
    assert envelope == parse_envelope(envelope_bytes(envelope))
    assert TERMS == parse_terms(terms_bytes(TERMS))
    for event, changes in (
        (Event.DELIVERED, {}),
        (Event.REFUSED, {"ground": "law"}),
        (Event.ACCEPTED, {"cause": digest(b"terms")}),
        (Event.ERASED, {"cause": digest(b"order")}),
    ):
        one = receipt(event, digest(b"label"), AR, **changes)
        assert one == parse_receipt(receipt_bytes(one))


def test_a_view_comes_back_as_it_went() -> None:
    facts = [make_fact(f"aaaaaaa{n}/name", Form.EXACT, f"Name {n}") for n in (2, 3, 4)]
    view = make_view(commit(facts, 256), facts[:2])
    assert view == parse_content(content_bytes(view))
    with pytest.raises(MalformedError, match="256 or 1024"):
        parse_content(content_bytes(replace(view, size=255)))
    with pytest.raises(MalformedError, match="openings"):
        parse_content(content_bytes(replace(view, openings=())))
    ask = envelope_pb2.Content(ask=envelope_pb2.ConsultRequest(type="phone"))
    with pytest.raises(MalformedError, match="view of its own"):
        parse_content(strict.to_bytes(ask))


def test_a_batch_comes_back_with_its_exact_bytes() -> None:
    sent = submit_request_bytes(batch(), 17)
    assert (batch(), 17) == parse_submit_request(sent)
    assert (batch(), batch()) == parse_batch_file(batch_file_bytes([batch(), batch()]))


def test_a_record_keeps_digests_where_a_submission_has_keys() -> None:
    record = record_of(batch(), START, (3,))
    data = log_record_bytes(record)
    assert record == parse_log_record(data)
    assert (record, record) == parse_record_chunk(record_chunk_bytes([data, data]))
    kept = record.items[0].body
    assert isinstance(kept, Envelope)
    assert (None, None) == (kept.terms, kept.content)
    assert kept.recipients_root() == kept.label.recipients_root
    with pytest.raises(MalformedError, match="one place"):
        parse_log_record(log_record_bytes(replace(record, places=())))
    whole = replace(record, items=batch().items)
    with pytest.raises(MalformedError, match="no sealed terms"):
        parse_log_record(log_record_bytes(whole))
    with pytest.raises(MalformedError, match="has terms"):
        parse_envelope(envelope_bytes(kept))


def test_answers_come_back_as_they_went() -> None:
    proof = LogProof(LeafIndex(5), START, ())
    for answer in (
        SubmitResponse(digest(b"h"), proof),
        SubmitResponse(
            digest(b"h"), replace(proof, path=(digest(b"a"),)), b"note", (digest(b"c"),)
        ),
        SubmitResponse(digest(b"h"), refused=Refusal(Code.LIMIT, 3, START)),
        SubmitResponse(digest(b"h"), proof, refused=Refusal(Code.DUPLICATE)),
    ):
        assert answer == parse_submit_response(submit_response_bytes(answer))
    with pytest.raises(MalformedError, match="proof or a refusal"):
        parse_submit_response(submit_response_bytes(SubmitResponse(digest(b"h"))))
    beyond = SubmitResponse(digest(b"h"), refused=Refusal(Code.LIMIT, 64))
    with pytest.raises(MalformedError, match="at most 64 items"):
        parse_submit_response(submit_response_bytes(beyond))


def test_deliveries_come_back_as_they_went() -> None:
    statement = told(item(agreement((AR, BR)), [BR]))
    response = DeliverResponse(b"note", (digest(b"a"),), (delivery(), statement), 9, b"w")
    assert response == parse_deliver_response(deliver_response_bytes(response))
    assert delivery() == parse_delivery(delivery_bytes(delivery()))
    for request in (DeliverRequest(desk=AR, size=4), DeliverRequest(9, 100, b"line")):
        assert request == parse_deliver_request(deliver_request_bytes(request))


def test_an_expired_notice_is_delivered_with_the_digest_of_its_key() -> None:
    held = delivery()
    assert held.stanza is not None
    stanza = replace(held.stanza, sealed=held.stanza.sealed_digest)
    expired = replace(held, terms=b"", content=b"", stanza=stanza)
    assert expired == parse_delivery(delivery_bytes(expired))
    with pytest.raises(MalformedError, match="wrapped key"):
        parse_delivery(delivery_bytes(replace(held, stanza=stanza)))


def test_a_delivery_of_parts_that_do_not_belong_together_is_malformed() -> None:
    label, statement = delivery(), told(item(Endorsement(digest(b"x"))))
    addressed = replace(label.logged.item, to=(BR,))
    for wrong in (
        replace(label, stanza=None),
        replace(statement, stanza=label.stanza),
        replace(statement, terms=b"terms"),
        replace(statement, recipient_path=label.recipient_path),
        replace(label, terms=bytes(1 << 17)),
        replace(label, logged=replace(label.logged, item=addressed)),
        replace(
            label,
            logged=replace(label.logged, signature=replace(label.logged.signature, index=64)),
        ),
    ):
        with pytest.raises(MalformedError):
            parse_delivery(delivery_bytes(wrong))
    for empty in (exchange_pb2.Delivery(), exchange_pb2.Delivery(item=envelope_pb2.Logged())):
        with pytest.raises(MalformedError):
            parse_delivery(strict.to_bytes(empty))


def test_a_closed_kind_travels_unread_and_a_label_is_no_statement() -> None:
    closed = Item(Kind.ORDER, b"anything", (BR,), None)
    sent = submit_request_bytes(realm().actor("AR").draft(closed))
    assert closed == parse_submit_request(sent)[0].items[0]
    posing = replace(closed, kind=Kind.LABEL)
    with pytest.raises(MalformedError, match="no statement"):
        parse_submit_request(submit_request_bytes(replace(batch(), items=(posing,))))


def test_a_private_item_and_an_empty_one_are_malformed() -> None:
    request = exchange_pb2.SubmitRequest(head=batch().head_bytes, value=batch().value)
    for wrong in (
        envelope_pb2.Item(private=envelope_pb2.Private(leaf=b"x")),
        envelope_pb2.Item(),
    ):
        del request.items[:]
        request.items.append(wrong)
        with pytest.raises(MalformedError, match="envelope or a statement"):
            parse_submit_request(strict.to_bytes(request))


LABEL_FAULTS: list[dict[str, object]] = [
    {"suite": 0},
    {"suite": 256},
    {"version": 0},
    {"recipients_size": 5},
    {"id": bytes(15)},
    {"notice_id": bytes(17)},
    {"commitment": bytes(31)},
    {"agreement": b""},
    {"blobs": (bytes(32),) * 17},
    {"blobs": (bytes(31),)},
    {"decision": bytes(31)},
    {"grants": (bytes(32),) * 65},
]


@pytest.mark.parametrize("changes", LABEL_FAULTS, ids=str)
def test_a_label_of_wrong_lengths_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        parse_label(relabelled(realm().envelope("AR", BR), **changes).payload)


def test_an_envelope_of_wrong_parts_is_malformed() -> None:
    envelope = realm().envelope("AR", BR)
    stanza = envelope.stanzas[0]
    for wrong in (
        replace(envelope, stanzas=()),
        replace(envelope, stanzas=(stanza, stanza)),
        replace(envelope, filler=b""),
        replace(envelope, terms=b""),
        replace(envelope, content=bytes((1 << 20) + 5000)),
        replace(envelope, stanzas=(replace(stanza, pair_sequence=0),)),
        replace(envelope, stanzas=(replace(stanza, sealed=bytes(32)),)),
    ):
        with pytest.raises(MalformedError):
            parse_envelope(envelope_bytes(wrong))


RECEIPT_FAULTS: list[tuple[Event, dict[str, object]]] = [
    (Event.DELIVERED, {"ground": "law"}),
    (Event.DELIVERED, {"role": "liaison"}),
    (Event.DELIVERED, {"cause": bytes(32)}),
    (Event.OPENED, {"role": "Ana Example"}),
    (Event.OPENED, {}),
    (Event.REFUSED, {"ground": ""}),
    (Event.REFUSED, {"ground": "because of Ana"}),
    (Event.ACCEPTED, {}),
    (Event.DELIVERED, {"salt": b""}),
    (Event.DELIVERED, {"subject": b""}),
]


@pytest.mark.parametrize(("event", "changes"), RECEIPT_FAULTS, ids=str)
def test_a_receipt_says_nothing_outside_closed_lists(
    event: Event, changes: dict[str, object]
) -> None:
    with pytest.raises(MalformedError):
        parse_receipt(receipt_bytes(replace(receipt(event, digest(b"x"), AR), **changes)))  # type: ignore[arg-type]  # Wrong on purpose.


def test_an_unknown_event_or_office_is_malformed() -> None:
    message = receipt_pb2.Receipt(event=receipt_pb2.Event.ValueType(99))
    with pytest.raises(MalformedError, match="event"):
        parse_receipt(strict.to_bytes(message))
    desk = label_pb2.Desk(member="AR", office=label_pb2.Office.ValueType(0))
    with pytest.raises(MalformedError, match="office"):
        strict.desk(desk)


STATEMENT_FAULTS: list[Statement] = [
    replace(sealing(AR), key=bytes(1215)),
    replace(tls(AR), key=b""),
    replace(tls(AR), key=bytes(2049)),
    replace(sealing(AR), possession=bytes(3373)),
    replace(signing_key(AR, "AR/police"), possession=b""),
    replace(sealing(AR), last_good=1),
    replace(sealing(AR), reason="bored"),
    replace(sealing(AR), replaces=Digest(b"")),
    replace(membership("AR"), member=Member("ARG")),
    replace(membership("AR"), name=""),
    replace(membership("AR"), name="two\nlines"),
    replace(membership("AR"), offices=(Office.STATE,)),
    replace(membership("AR"), offices=(Office.JUDICIAL, Office.POLICE)),
    replace(membership("AR"), root_key=b""),
    agreement((AR,)),
    agreement((AR, AR)),
    agreement((AR, BR), id=b""),
    agreement((AR, BR), terms=b"{ }"),
    agreement((AR, BR), instruments=()),
    BundleStatement(Member("@b1"), digest(b"law"), DAY, ZERO_DIGEST, widens=True),
    Endorsement(digest(b"x"), withdrawn=True),
    Endorsement(digest(b"x"), reason="ended"),
]


@pytest.mark.parametrize("statement", STATEMENT_FAULTS, ids=lambda s: type(s).__name__)
def test_a_statement_of_wrong_form_is_malformed(statement: Statement) -> None:
    with pytest.raises(MalformedError):
        parse_statement(kind_of(statement), statement_bytes(statement))


def test_one_meaning_has_one_byte_form() -> None:
    data = statement_bytes(Endorsement(digest(b"x"), withdrawn=True, reason="ended"))
    unknown = data + b"\x98\x06\x01"
    doubled = data + data[-7:]
    reordered = data[34:] + data[:34]
    zero = statement_bytes(Endorsement(digest(b"x"))) + b"\x10\x00"
    long_varint = data[:34] + b"\x10\x81\x00" + data[36:]
    for form in (unknown, doubled, reordered, zero, long_varint, data[:-1], bytes(1 << 18)):
        with pytest.raises(MalformedError):
            parse_statement(Kind.ENDORSEMENT, form)


def test_an_unknown_field_is_found_at_any_depth() -> None:
    inner = label_pb2.Desk.FromString(b"\x0a\x02AR\x10\x02\x98\x06\x01")
    message = log_pb2.KeyStatement(desk=inner)
    with pytest.raises(MalformedError, match="unknown field"):
        parse_statement(Kind.KEY, strict.to_bytes(message))


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_a_file_splits_into_what_was_joined(parts: list[bytes]) -> None:
    assert parts == list(split(join(parts), 300))


@pytest.mark.parametrize(
    "data", [b"\x05abc", b"\x80", b"\x81\x00a", b"\xff\xff\xff\xff\x7f", b"\x04abcd"]
)
def test_a_length_that_does_not_fit_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        list(split(data, 3))


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_strange_bytes_are_malformed_and_nothing_else(name: str, data: bytes) -> None:
    try:
        PARSERS[name](data)
    except MalformedError:
        return
    assert name in {"record chunk", "batch file", "deliver request", "deliver response"}


@settings(max_examples=300, deadline=None)
@given(bit=st.integers(min_value=0, max_value=8 * len(submit_request_bytes(batch())) - 1))
def test_a_flipped_bit_of_a_batch_is_malformed_or_proves_false(bit: int) -> None:
    data = bytearray(submit_request_bytes(batch()))
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedError, SignatureError, VerificationError)) as caught:
        realm().fold.judge(parse_submit_request(bytes(data))[0], START)
    assert isinstance(caught.value, ValijaError)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_deliveries_are_parsed_or_malformed(data: st.DataObject) -> None:
    whole = bytearray(delivery_bytes(delivery()))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    for mutated in (bytes(whole), cut):
        try:
            parsed = parse_delivery(mutated)
        except MalformedError:
            continue
        assert mutated == delivery_bytes(parsed)


def test_desks_and_texts_have_bounds() -> None:
    desks = [strict.desk_message(Desk(Member(f"A{n}"), Office.POLICE)) for n in range(65)]
    with pytest.raises(MalformedError):
        strict.desks(desks, 64, "to")
    with pytest.raises(MalformedError):
        strict.hashes(bytes(33), 2, "a path")
    with pytest.raises(MalformedError):
        strict.hashes(bytes(96), 2, "a path")


def test_bounds_of_streams_hold() -> None:
    with pytest.raises(MalformedError):
        parse_deliver_request(deliver_request_bytes(DeliverRequest(cosignature=bytes(8193))))
    with pytest.raises(MalformedError):
        parse_deliver_response(deliver_response_bytes(DeliverResponse(bytes(65537))))
    statement = Item(Kind.ORDER, bytes((1 << 17) + 1), (), None)
    with pytest.raises(MalformedError):
        parse_submit_request(submit_request_bytes(replace(batch(), items=(statement,))))


def test_a_key_statement_is_what_it_says() -> None:
    parsed = parse_statement(Kind.KEY, statement_bytes(sealing(AR)))
    assert isinstance(parsed, KeyStatement)
