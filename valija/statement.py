"""The statements that make the directory: keys, members, agreements, bundles, endorsements.

It holds them as parsed, and the closed lists they draw on. It promises no authority: who may
sign which, and when it begins to count, is told by `valija.directory`. Their bytes are made
and parsed by `valija.wire.log`.

Source: docs/envelope.md, section 1 (log.proto) and section 5.
"""

from dataclasses import dataclass
from enum import IntEnum

from valija.clock import Day, Minute
from valija.ids import Desk, Digest, KeyId, Kind, LeafIndex, Member, Office

TREATY = Member("@treaty")
"""Whose bundle is the treaty layer."""
REVOCATION_REASONS = frozenset({"compromised", "lost", "superseded", "ceased"})
"""Why a key ends before its time; a KeyStatement with a reason is a revocation."""
WITHDRAWAL_REASONS = frozenset({"rejected", "ended", "disputed", "mistaken"})
"""Why an endorsement is withdrawn; `rejected` voids one's own refused head."""
_POSSESSION_FRAME = 3  # Field number and a length of two bytes.
PUBLIC_KINDS = frozenset(
    {Kind.KEY, Kind.MEMBERSHIP, Kind.AGREEMENT, Kind.BUNDLE, Kind.ENDORSEMENT}
)
"""Kinds that reach every desk, whatever `to` says: the directory's channel."""


class Role(IntEnum):
    """What a key is for; one key, one role. The numbers are the wire's."""

    ROOT = 1
    SIGNING = 2
    SEALING = 3
    LOG = 4
    WITNESS = 5
    TLS = 6


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """A key begins or, with a reason, ends.

    Attributes:
        desk: Whose.
        role: What for.
        key: Public key: SIGNING 1984, SEALING 1216, WITNESS 1312 bytes; TLS: the
            self-signed certificate, DER, at most 2048 bytes.
        since: Minute from which it counts.
        until: Minute at which it no longer counts; never open.
        replaces: Digest of the statement before, of this desk and role; zeros at first.
        last_good: In a revocation: the signer's last batch number that stands; else 0.
        reason: In a revocation: one of `REVOCATION_REASONS`; else empty.
        possession: SIGNING, WITNESS: signature by the new key; else empty.
    """

    desk: Desk
    role: Role
    key: bytes
    since: Minute
    until: Minute
    replaces: Digest
    last_good: int = 0
    reason: str = ""
    possession: bytes = b""


@dataclass(frozen=True, slots=True)
class MembershipStatement:
    """A member, its desks and its ROOT key; stands once a quorum of the council endorsed it.

    Attributes:
        member: Code.
        name: Name as the member writes it.
        offices: Its desks besides STATE, ascending; none: suspended.
        root_key: Its composite ROOT key, 1984 bytes.
        since: Minute from which it counts.
        until: Minute at which it no longer counts.
        replaces: Digest of the member's statement before; zeros at first.
    """

    member: Member
    name: str
    offices: tuple[Office, ...]
    root_key: bytes
    since: Minute
    until: Minute
    replaces: Digest


@dataclass(frozen=True, slots=True)
class AgreementStatement:
    """Desks that may exchange; in force once all parties endorsed it.

    Attributes:
        id: 16 random bytes, one for all versions.
        parties: Desks that may exchange under it, 2 to 256.
        instruments: Treaty or memorandum, with articles.
        formal: False: for intelligence only.
        purposes: From the closed list of docs/law.md.
        since: First day.
        until: Day on which it no longer counts; never open.
        text: Digest of the signed text.
        replaces: Digest of the version before; zeros at first.
        terms: Agreement object of docs/law.md, canonical JSON.
    """

    id: bytes
    parties: tuple[Desk, ...]
    instruments: tuple[str, ...]
    formal: bool
    purposes: tuple[str, ...]
    since: Day
    until: Day
    text: Digest
    replaces: Digest
    terms: bytes


@dataclass(frozen=True, slots=True)
class BundleStatement:
    """Which law decides for a member from a day on.

    Attributes:
        member: Code, or `@treaty`.
        bundle: Digest of the bundle's manifest.
        since: First day.
        replaces: Digest of the member's statement before; zeros at first.
        widens: True: the OVERSIGHT desk must endorse before it counts.
    """

    member: Member
    bundle: Digest
    since: Day
    replaces: Digest
    widens: bool


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A word on another statement: "this is mine too", or no longer.

    Attributes:
        statement: Digest of the statement; withdrawn after REJECTED: of the head.
        withdrawn: True: no longer.
        reason: One of `WITHDRAWAL_REASONS` when withdrawn; else empty.
    """

    statement: Digest
    withdrawn: bool = False
    reason: str = ""


Statement = (
    KeyStatement | MembershipStatement | AgreementStatement | BundleStatement | Endorsement
)
"""Whatever the directory is made of."""


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A statement whose batch signature holds and whose entry is in the log.

    Attributes:
        kind: One of `PUBLIC_KINDS`.
        payload: Its exact bytes.
        body: The same, parsed.
        signer: Desk that signed its batch.
        key_id: Key that signed it.
        leaf_index: Its batch's place in the log.
        logged: Minute of its entry.
    """

    kind: Kind
    payload: bytes
    body: Statement
    signer: Desk
    key_id: KeyId
    leaf_index: LeafIndex
    logged: Minute


def unproven(payload: bytes, possession: bytes) -> bytes:
    """Return a KeyStatement's bytes without its possession: what the new key signs.

    Possession is the last field, so what precedes it is the statement with that field empty.

    Args:
        payload: Exact bytes of the statement.
        possession: The field's value, 128 to 16383 bytes, whose length takes two bytes.
    """
    return payload[: -len(possession) - _POSSESSION_FRAME]
