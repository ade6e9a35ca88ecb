"""Labels: wire bytes to the type, and back.

It promises lengths, bounds and one byte form. Whether a label may be admitted is judged in
`valija.judgement`.

Source: docs/envelope.md, section 1 (label.proto).
"""

from valija.errors import MalformedError
from valija.ids import LabelId, NoticeId
from valija.label import MAX_BLOBS, RECIPIENT_SIZES, Label
from valija.v1 import label_pb2
from valija.wire import strict

MAX_LABEL = 4096
MAX_GRANTS = 64
_ID_BYTES = 16


def parse_label(data: bytes) -> Label:
    """Return the label in exact bytes, at most 4096.

    Raises:
        MalformedError: Another byte form, a wrong length, version 0, a version, minute or day
            beyond what is counted, a recipients' tree that has not 4, 16 or 64 leaves, more
            than 16 blobs or 64 grants.
    """
    message = strict.parse(label_pb2.Label, data, MAX_LABEL)
    if message.suite not in range(1, 256) or message.version == 0:
        raise MalformedError("a label has a suite and counts its versions from 1")
    if message.recipients_size not in RECIPIENT_SIZES:
        raise MalformedError("a recipients' tree has 4, 16 or 64 leaves")
    return Label(
        suite=message.suite,
        id=LabelId(strict.exact(message.id, _ID_BYTES, "a label's id")),
        originator=strict.desk(message.originator),
        notice_id=NoticeId(strict.exact(message.notice_id, _ID_BYTES, "a notice's id")),
        version=strict.count(message.version, "a version", strict.MAX_VERSION),
        commitment=strict.digest_of(message.commitment, "a commitment"),
        recipients_root=strict.digest_of(message.recipients_root, "a recipients' root"),
        recipients_size=message.recipients_size,
        agreement=strict.digest_of(message.agreement, "an agreement's digest"),
        urgent=message.urgent,
        issued=strict.minute(message.issued, "the minute of issue"),
        expires=strict.day(message.expires, "the day of expiry"),
        terms_digest=strict.digest_of(message.terms_digest, "a terms digest"),
        content_digest=strict.digest_of(message.content_digest, "a content digest"),
        content_size=message.content_size,
        blobs=strict.digests(message.blobs, MAX_BLOBS, "a blob's digest"),
        decision=strict.absent_or(message.decision, strict.DIGEST_BYTES, "a decision's digest"),
        grants=strict.digests(message.grants, MAX_GRANTS, "a grant's digest"),
    )


def label_bytes(label: Label) -> bytes:
    """Return the one encoding of a label."""
    message = label_pb2.Label(
        suite=label.suite,
        id=label.id,
        originator=strict.desk_message(label.originator),
        notice_id=label.notice_id,
        version=label.version,
        commitment=label.commitment,
        recipients_root=label.recipients_root,
        recipients_size=label.recipients_size,
        agreement=label.agreement,
        urgent=label.urgent,
        issued=label.issued,
        expires=label.expires,
        terms_digest=label.terms_digest,
        content_digest=label.content_digest,
        content_size=label.content_size,
        blobs=label.blobs,
        decision=label.decision,
        grants=label.grants,
    )
    return strict.to_bytes(message)
