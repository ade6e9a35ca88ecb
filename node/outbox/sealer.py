"""One piece of sealing work, in a form that another process can be handed.

It promises that a job holds all that sealing needs and nothing of the store, and that a
sealed piece keeps what it was sealed from. The sealing itself is `node.sealing`'s.

Source: docs/envelope.md, section 3.4, steps 1 to 3; docs/performance.md (GIL-bound sealing
in processes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.parcel import Parcel
from node.sealing import Recipient, seal
from valija.ids import Desk, LabelId


@dataclass(frozen=True, slots=True)
class Job:
    """One envelope to seal.

    Attributes:
        originator: Who will sign.
        terms: Terms in clear.
        content: Content in clear.
        recipients: Who shall open, and by which keys.
    """

    originator: Desk
    terms: bytes
    content: bytes
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One envelope sealed.

    Attributes:
        id: 16 random bytes.
        content_key: 32 secret bytes.
        parcel: Everything else of it but its numbers.
        terms: Terms in clear, as sealed.
        content: Content in clear, as sealed.
    """

    id: LabelId
    content_key: bytes
    parcel: Parcel
    terms: bytes
    content: bytes


def seal_all(jobs: Sequence[Job]) -> list[Piece]:
    """Seal one job after the other.

    Raises:
        LimitError: Terms or content are longer than one envelope may hold.
        MalformedError: A recipient's key is none.
    """
    return [_seal(job) for job in jobs]


def _seal(job: Job) -> Piece:
    sealed = seal(job.originator, job.terms, job.content, job.recipients)
    return Piece(sealed.id, sealed.content_key, sealed.parcel, job.terms, job.content)
