"""Whether one item of a batch may be admitted: labels and receipts, rule by rule.

It promises one reading for all: the broker asks it at admission with its own minute, the fold
with the entry's, a recipient with what it can see of a label. It changes nothing and verifies
no signature. Statements are judged in `valija.authority`.

Source: docs/envelope.md, section 3.5 (step 4), section 3.1 (sizes) and section 4 (Fold).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from valija.authority import is_broker
from valija.clock import MINUTES_A_DAY, Minute, day_of
from valija.directory import Directory
from valija.docket import OPEN_EVENTS, Docket
from valija.envelope import Envelope, Stanza
from valija.errors import MalformedError, VerificationError
from valija.ids import Desk, LeafIndex, Office, digest
from valija.label import Label
from valija.padding import CONTENT, TERMS, Padding
from valija.receipt import FIRST_BROKER_EVENT, Event, Receipt

AHEAD_MINUTES = 10
BEHIND_MINUTES = 7 * MINUTES_A_DAY
EXPIRY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is judged, and what was known then.

    Attributes:
        directory: As of the leaves before, and the items before in the same batch.
        minute: The broker's now, or the entry's.
        leaf: The batch's place in the log, or the next one.
    """

    directory: Directory
    minute: Minute
    leaf: LeafIndex


def judge_label(label: Label, stanzas: Sequence[Stanza], signer: Desk, moment: Moment) -> None:
    """Judge a label as far as its reader sees it: 3.5 step 4, in the order written there.

    Args:
        label: The clear part.
        stanzas: All of them for broker and auditor, its own for a recipient.
        signer: Who signed its batch.
        moment: When.

    Raises:
        VerificationError: Suite, signer, times, size, a recipient, a key or the agreement.
    """
    directory, minute = moment.directory, moment.minute
    today = day_of(minute)
    suites = [p for p in directory.anchor.suites if p.since <= today < p.until]
    _require(label.suite in {period.suite for period in suites}, "a suite allowed this day")
    _require(label.originator == signer, "the originator's own signature")
    _require(_exchanges(signer, moment), "a desk that exchanges notices")
    _require(label.issued <= minute + AHEAD_MINUTES, "an issue time not in the future")
    _require(label.issued >= minute - BEHIND_MINUTES, "an issue time within seven days")
    _require(today <= label.expires <= today + EXPIRY_DAYS, "an expiry within thirty days")
    if label.content_size:
        _require_padded(label.content_size, CONTENT)
    for stanza in stanzas:
        _require(_exchanges(stanza.recipient, moment), "recipients that exchange notices")
        place = (label.issued, moment.leaf)
        directory.sealing_key_by_id(stanza.recipient, stanza.key_id, *place)
    agreement = directory.agreement(label.agreement, minute, moment.leaf)
    desks = {label.originator, *(stanza.recipient for stanza in stanzas)}
    _require(desks <= agreement.endorsers, "an agreement whose parties are all desks")
    _require(not label.blobs, "no attachments: none are held")
    _require(not label.grants, "no grants: none are logged")


def judge_envelope(envelope: Envelope, signer: Desk, moment: Moment) -> None:
    """Judge a whole envelope, as submitted or as the log keeps it: 3.5 step 4.

    Raises:
        VerificationError: As `judge_label`; or its parts do not make the label's digests and
            recipients' root, or the sealed terms are not padded.
    """
    label = envelope.label
    judge_label(label, envelope.stanzas, signer, moment)
    if envelope.terms is not None and envelope.content is not None:
        _require_padded(len(envelope.terms), TERMS)
        _require(digest(envelope.terms) == label.terms_digest, "the label's own terms")
        _require(len(envelope.content) == label.content_size, "content of the label's size")
        _require(digest(envelope.content) == label.content_digest, "the label's own content")
    try:
        made = envelope.recipients_root()
    except MalformedError as cause:
        raise VerificationError("the stanzas make no recipients' tree") from cause
    _require(made == label.recipients_root, "the label's own recipients")


def judge_receipt(
    receipt: Receipt, to: Sequence[Desk], signer: Desk, moment: Moment, docket: Docket
) -> None:
    """Judge a receipt about a label; REJECTED, which is about a head, is the fold's.

    Raises:
        VerificationError: Another desk's doing, a label that was not addressed to that desk,
            a receipt that counts already, one its originator would not see, a silence that
            is none, a time in the future.
    """
    event, label, desk = receipt.event, receipt.subject, receipt.desk
    _require(event in OPEN_EVENTS, "an event that is open")
    by_broker = event >= FIRST_BROKER_EVENT
    _require(by_broker is is_broker(signer), "a broker for silences, desks for all else")
    _require(by_broker or desk == signer, "a receipt of its own signer's doing")
    _require(receipt.at <= moment.minute + AHEAD_MINUTES, "a time not in the future")
    if event is Event.REJECTED:
        return
    _require(desk in docket.recipients(label), "a label that was addressed to the desk")
    _require(docket.originator(label) in to, "its label's originator among its readers")
    known = docket.receipts(label, desk)
    _require(event not in known, "an event that has no receipt yet")
    if event is Event.NOT_DELIVERED:
        logged = docket.logged(label) or 0
        late = moment.minute >= logged + MINUTES_A_DAY and Event.DELIVERED not in known
        _require(late, "a day of silence")


def _exchanges(desk: Desk, moment: Moment) -> bool:
    if desk.office is Office.STATE or desk.member.startswith("@"):
        return False
    return moment.directory.has_desk(desk, moment.minute, moment.leaf)


def _require_padded(size: int, padding: Padding) -> None:
    try:
        padding.require_ciphertext_size(size)
    except MalformedError as cause:
        raise VerificationError("admission asks for a size that padding makes") from cause


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise VerificationError(f"admission asks for {what}")
