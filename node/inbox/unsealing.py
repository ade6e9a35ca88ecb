"""From a stored delivery to terms and facts: the steps that meet a key.

It promises that nothing is unsealed but a `VerifiedEnvelope`, made anew from the stored bytes
and the stored checkpoint each time, so that a database altered behind our back is noticed;
and that whatever fails to open says only that.

Source: docs/envelope.md, section 3.6, steps 8 and 9; section 2, 4.
"""

from dataclasses import dataclass

from node.keystore import Keystore
from node.parts import Parts
from node.sealing import stanza_info
from node.store import log, received
from valija.clock import day_of, minute_of
from valija.commitment import Fact
from valija.delivery import Reader, verify_delivery
from valija.envelope import VerifiedEnvelope
from valija.errors import OpeningError, ProofError
from valija.label import Label
from valija.opening import derive_terms_key, open_content, open_terms
from valija.terms import Terms
from valija.view import View, verify_view
from valija.wire.content import parse_content
from valija.wire.deliver import parse_delivery
from valija.wire.envelope import parse_terms


@dataclass(frozen=True, slots=True)
class Opened:
    """A notice as this desk may read it.

    Attributes:
        label: The clear part.
        terms: What binds us.
        facts: What its view opens, in the order of the openings.
    """

    label: Label
    terms: Terms
    facts: tuple[Fact, ...]


def verify_again(
    parts: Parts, arrival: received.Arrival, noted: log.Noted | None
) -> VerifiedEnvelope:
    """Return the verified envelope of a stored delivery.

    Args:
        parts: The node's parts.
        arrival: As stored.
        noted: The stored checkpoint that its proof leads to.

    Raises:
        VerificationError: The stored bytes do not hold.
        MalformedError: They do not parse.
    """
    if noted is None:
        raise ProofError("the checkpoint of this delivery is not stored")
    reader = Reader(
        desk=arrival.desk,
        directory=parts.knowledge.directory,
        verifier=parts.knowledge.verifier,
        known=lambda _label: None,
        today=day_of(minute_of(parts.clock.now())),
    )
    delivery = parse_delivery(arrival.delivery)
    verified = verify_delivery(delivery, parts.knowledge.verified(noted), reader)
    if not isinstance(verified, VerifiedEnvelope) or verified.label_digest != arrival.label:
        raise ProofError("the stored delivery is not this label's")
    return verified


def unwrap(keystore: Keystore, envelope: VerifiedEnvelope) -> bytes:
    """Return the content key, 32 bytes.

    Raises:
        OpeningError: It was not wrapped for our key, or was altered.
    """
    label, stanza = envelope.label, envelope.stanza
    digests = (label.content_digest, label.terms_digest)
    info = stanza_info(label.base(), stanza.recipient, stanza.key_id, digests)
    return keystore.unwrap(stanza.key_id, stanza.sealed, info)


def read_terms(content_key: bytes, envelope: VerifiedEnvelope) -> Terms:
    """Return the terms.

    Raises:
        OpeningError: They do not open.
        MalformedError: They are no terms.
    """
    terms_key = derive_terms_key(content_key)
    return parse_terms(open_terms(terms_key, envelope.label.base(), envelope.terms))


def read_content(content_key: bytes, envelope: VerifiedEnvelope) -> tuple[Fact, ...]:
    """Return the facts of the view, proven against the label's commitment.

    Raises:
        OpeningError: It does not open, or is an offer.
        MalformedError, ProofError: It is no view of this notice.
    """
    if not envelope.content:
        raise OpeningError("an offer has no content")
    clear = open_content(content_key, envelope.label.base(), envelope.content)
    view: View = parse_content(clear)
    return verify_view(envelope.label.commitment, view)
