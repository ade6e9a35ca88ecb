"""The part of a notice that travels in clear.

It holds who sent, when, under which agreement and by which digests, and promises that
nothing in it tells type, purpose, handling or content. Its bytes are made and parsed by
`valija.wire.label`; whether it may be admitted, `valija.judgement` says.

Source: docs/envelope.md, section 1 (Label) and section 3.4 (base).
"""

from dataclasses import dataclass

from valija.clock import Day, Minute
from valija.ids import Desk, Digest, LabelId, NoticeId

SUITE = 1
MAX_BLOBS = 16
RECIPIENT_SIZES = (4, 16, 64)


@dataclass(frozen=True, slots=True)
class Label:
    """What broker, recipients and auditors read of a notice.

    Attributes:
        suite: Cipher suite, 1.
        id: 16 random bytes, this envelope's.
        originator: The desk that signs.
        notice_id: 16 random bytes, one for all views and versions.
        version: 1, 2, 3 as these recipients were sent it.
        commitment: Section 2; equal in all views of a version, 32 bytes.
        recipients_root: Root over the recipients' leaves, 32 bytes.
        recipients_size: 4, 16 or 64 leaves.
        agreement: Digest of the AgreementStatement relied on.
        urgent: Delivered first; may be opened before witnesses signed.
        issued: Minute in which it was sealed.
        expires: Day on which the broker's copy ends.
        terms_digest: SHA-256 of Envelope.terms.
        content_digest: SHA-256 of Envelope.content; of no bytes, in an offer.
        content_size: Bytes of Envelope.content.
        blobs: Digests of sealed attachments, at most 16.
        decision: Digest of the salted decision record; empty when none is named.
        grants: Digests of the grants an onward notice leans on.
    """

    suite: int
    id: LabelId
    originator: Desk
    notice_id: NoticeId
    version: int
    commitment: Digest
    recipients_root: Digest
    recipients_size: int
    agreement: Digest
    urgent: bool
    issued: Minute
    expires: Day
    terms_digest: Digest
    content_digest: Digest
    content_size: int
    blobs: tuple[Digest, ...] = ()
    decision: bytes = b""
    grants: tuple[Digest, ...] = ()

    def base(self) -> bytes:
        """Return the 26 bytes that every seal of this envelope is bound to."""
        return base(self.suite, self.originator, self.id)


def base(suite: int, originator: Desk, label_id: LabelId) -> bytes:
    """Return suite, originator and id as the 26 bytes that every seal is bound to."""
    return bytes([suite]) + originator.to_bytes() + label_id
