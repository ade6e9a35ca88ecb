"""Envelopes and terms: wire bytes to the types, and back.

It promises that an envelope is either whole, as submitted, or as the log keeps it, without
terms, content and wrapped keys, and never something between. Digests and roots inside are
checked by `valija.judgement`, not here.

Source: docs/envelope.md, section 1 (envelope.proto).
"""

from valija.envelope import MAX_RECIPIENTS, SEALED_BYTES, Envelope, Stanza
from valija.errors import MalformedError
from valija.ids import KeyId
from valija.terms import Terms
from valija.v1 import envelope_pb2
from valija.wire import strict
from valija.wire.label import parse_label

MAX_TERMS = 64 << 10
MAX_SEALED_TERMS = (64 << 10) + (1 << 12)
MAX_SEALED_CONTENT = (1 << 20) + (1 << 12)
MAX_TYPE = 32
MAX_PURPOSE = 48
_KEY_ID_BYTES = 16
_LIST = 64


def parse_terms(data: bytes) -> Terms:
    """Return the terms in exact bytes, at most 64 KiB.

    Raises:
        MalformedError: Another byte form, an empty type, purpose or basis, a type over 32 or
            a purpose over 48 characters, a list over 64, a day after the year 9999.
    """
    message = strict.parse(envelope_pb2.Terms, data, MAX_TERMS)
    return Terms(
        type=strict.text(message.type, "a notice's type", most=MAX_TYPE),
        purpose=strict.text(message.purpose, "a purpose", most=MAX_PURPOSE),
        handling=strict.texts(message.handling, 0, _LIST, "handling"),
        basis=strict.texts(message.basis, 1, _LIST, "basis"),
        duties=strict.texts(message.duties, 0, _LIST, "duties"),
        subjects=strict.texts(message.subjects, 0, _LIST, "subjects"),
        retain_until=strict.day(message.retain_until, "the end of retention"),
        answers=strict.absent_or(message.answers, strict.DIGEST_BYTES, "a label answered"),
    )


def terms_bytes(terms: Terms) -> bytes:
    """Return the one encoding of terms, before padding and sealing."""
    message = envelope_pb2.Terms(
        type=terms.type,
        purpose=terms.purpose,
        handling=terms.handling,
        basis=terms.basis,
        duties=terms.duties,
        subjects=terms.subjects,
        retain_until=terms.retain_until,
        answers=terms.answers,
    )
    return strict.to_bytes(message)


def parse_envelope(data: bytes) -> Envelope:
    """Return an envelope as submitted, from the content topic's exact bytes.

    Raises:
        MalformedError: As `envelope_of`, or another byte form.
    """
    return envelope_of(strict.parse(envelope_pb2.Envelope, data), recorded=False)


def envelope_bytes(envelope: Envelope) -> bytes:
    """Return the one encoding of an envelope, whole or as recorded."""
    return strict.to_bytes(envelope_message(envelope))


def envelope_of(message: envelope_pb2.Envelope, *, recorded: bool) -> Envelope:
    """Return the envelope in a parsed message.

    Args:
        message: From a message that was parsed strictly.
        recorded: True in a log record, where terms and content are absent and a stanza has
            the digest of its wrapped key; False as submitted.

    Raises:
        MalformedError: A wrong length, no stanza or more than 64, two for one desk, or parts
            that must not stand here.
    """
    if recorded and (message.terms or message.content):
        raise MalformedError("a log record has no sealed terms or content")
    if not recorded and not 0 < len(message.terms) <= MAX_SEALED_TERMS:
        raise MalformedError("a submitted envelope has terms, at most 64 KiB and its padding")
    if len(message.content) > MAX_SEALED_CONTENT:
        raise MalformedError("sealed content has at most 1 MiB and its padding")
    messages = strict.bounded(message.stanzas, 1, MAX_RECIPIENTS, "stanzas")
    stanzas = tuple(stanza_of(each, recorded=recorded) for each in messages)
    strict.distinct([stanza.recipient for stanza in stanzas], "recipients")
    return Envelope(
        label=parse_label(message.label),
        label_bytes=message.label,
        terms=None if recorded else message.terms,
        content=None if recorded else message.content,
        stanzas=stanzas,
        filler=strict.exact(message.filler, strict.DIGEST_BYTES, "filler"),
    )


def envelope_message(envelope: Envelope) -> envelope_pb2.Envelope:
    """Return the wire's form of an envelope."""
    return envelope_pb2.Envelope(
        label=envelope.label_bytes,
        terms=envelope.terms or b"",
        content=envelope.content or b"",
        stanzas=[stanza_message(stanza) for stanza in envelope.stanzas],
        filler=envelope.filler,
    )


def stanza_of(message: envelope_pb2.Stanza, *, recorded: bool) -> Stanza:
    """Return the stanza in a parsed message; `recorded` as in `envelope_of`.

    Raises:
        MalformedError: A wrong length, no recipient, or pair number 0 or over 2^63 - 1.
    """
    if message.pair_sequence == 0:
        raise MalformedError("a pair counts its notices from 1")
    size = strict.DIGEST_BYTES if recorded else SEALED_BYTES
    return Stanza(
        recipient=strict.desk(message.recipient),
        key_id=KeyId(strict.exact(message.key_id, _KEY_ID_BYTES, "a key id")),
        pair_sequence=strict.count(message.pair_sequence, "a pair's number"),
        pair_previous=strict.digest_of(message.pair_previous, "a pair's previous label"),
        index=message.index,
        sealed=strict.exact(message.sealed, size, "a wrapped key here"),
    )


def stanza_message(stanza: Stanza) -> envelope_pb2.Stanza:
    """Return the wire's form of a stanza."""
    return envelope_pb2.Stanza(
        recipient=strict.desk_message(stanza.recipient),
        key_id=stanza.key_id,
        pair_sequence=stanza.pair_sequence,
        pair_previous=stanza.pair_previous,
        index=stanza.index,
        sealed=stanza.sealed,
    )
