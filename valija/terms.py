"""What binds the recipient of a notice, read before its content.

It holds the terms as parsed, and promises only their form. What they mean is law: `policies`
and docs/law.md. Their bytes are made and parsed by `valija.wire.envelope`; sealing is the
node's.

Source: docs/envelope.md, section 1 (Terms).
"""

from dataclasses import dataclass

from valija.clock import Day


@dataclass(frozen=True, slots=True)
class Terms:
    """Type, purpose, handling and duties of a notice.

    Attributes:
        type: Of notice.
        purpose: From the closed list of docs/law.md.
        handling: Such as `H1`, `tlp:amber+strict`, `pap:red`.
        basis: Instrument and article, at least one.
        duties: Such as `no_onward`, `intel_only`.
        subjects: Classes of subject, for an offer.
        retain_until: Day on which the notice ends everywhere.
        answers: Digest of the label answered, or of the offer accepted; else empty.
    """

    type: str
    purpose: str
    handling: tuple[str, ...]
    basis: tuple[str, ...]
    duties: tuple[str, ...]
    subjects: tuple[str, ...]
    retain_until: Day
    answers: bytes = b""
