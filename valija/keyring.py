"""Which key may speak for which desk, from which leaf and minute on, and until when.

It promises that a key is registered once, for one desk and one role, after the statement
before it, and that a revocation bars what the log takes later without touching what it took
earlier. A keyring never changes: registering returns another. Who may register a key is told
by `valija.directory`, which asks this module.

Source: docs/envelope.md, section 4 (Fold) and section 5 (roles, lives, possession).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey

from valija.certificate import parse_certificate
from valija.clock import MINUTES_A_DAY, Minute
from valija.errors import MalformedError, SignatureError, VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, KeyId, LeafIndex, digest, key_id
from valija.signature import (
    POSSESSION_CONTEXT,
    check_composite_key,
    check_witness_key,
    verify_composite,
    verify_mldsa44,
)
from valija.statement import KeyStatement, Role, VerifiedStatement, unproven

FIRST: Final = LeafIndex(0)
NEWEST: Final = LeafIndex((1 << 63) - 1)
"""Stands for "after all that is known" where a question is not about one leaf."""
FIRST_MINUTE: Final = Minute(0)
FOREVER: Final = Minute((1 << 63) - 1)
_MLKEM_BYTES = 1184
_LIFE_DAYS = {Role.SIGNING: 366, Role.WITNESS: 366, Role.SEALING: 14, Role.TLS: 92}


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key that was registered.

    Attributes:
        desk: Whose.
        role: What for.
        key: Public key, or certificate in DER.
        key_id: Its name, 16 bytes.
        since: First minute in which it counts.
        until: First minute in which it no longer does.
        leaf_index: Leaf from which on it counts.
        name: TLS: common name of the certificate; else empty.
        ended: Leaf of its revocation, the last one it may have signed; None: not revoked.
        last_good: Once revoked: the desk's last batch number that stands uncontested.
    """

    desk: Desk
    role: Role
    key: bytes
    key_id: KeyId
    since: Minute
    until: Minute
    leaf_index: LeafIndex = FIRST
    name: str = ""
    ended: LeafIndex | None = None
    last_good: int = 0

    def counts(self, minute: Minute, leaf: LeafIndex) -> bool:
        """Return whether it counts in a minute, at a leaf."""
        within = self.since <= minute < self.until and self.leaf_index <= leaf
        return within and (self.ended is None or leaf <= self.ended)


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys that one desk ever had, by id, and its last statement of each role."""

    keys: Mapping[KeyId, KeyRecord] = field(default_factory=dict)
    last: Mapping[Role, Digest] = field(default_factory=dict)


_EMPTY = Ring()


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of all desks; immutable."""

    rings: Mapping[Desk, Ring] = field(default_factory=dict)

    def find(self, desk: Desk, name: KeyId) -> KeyRecord | None:
        """Return a desk's key by its id, whether it counts now or not."""
        return self.rings.get(desk, _EMPTY).keys.get(name)

    def of_role(self, role: Role) -> Iterator[KeyRecord]:
        """Yield all keys of a role, by desk in the order of their first registration."""
        for ring in self.rings.values():
            yield from (key for key in ring.keys.values() if key.role is role)

    def keys(self, desk: Desk, role: Role) -> tuple[KeyRecord, ...]:
        """Return all that a desk ever had of a role, oldest first."""
        held = self.rings.get(desk, _EMPTY).keys.values()
        return tuple(key for key in held if key.role is role)

    def last_statement(self, desk: Desk, role: Role) -> Digest:
        """Return what the next statement of this desk and role must name in `replaces`."""
        return self.rings.get(desk, _EMPTY).last.get(role, ZERO_DIGEST)

    def holds(self, name: KeyId) -> bool:
        """Return whether any desk ever had this key."""
        return any(name in ring.keys for ring in self.rings.values())

    def with_anchored(self, record: KeyRecord) -> "Keyring":
        """Return a keyring that also has a key of the anchor file, which has no statement."""
        ring = self.rings.get(record.desk, _EMPTY)
        return self._with(record.desk, replace(ring, keys={**ring.keys, record.key_id: record}))

    def with_statement(self, signed: VerifiedStatement, body: KeyStatement) -> "Keyring":
        """Return a keyring in which a key begins or, with a reason, ends.

        Args:
            signed: The statement, signed by whoever may.
            body: The same, parsed.

        Raises:
            VerificationError: It names another statement before it, a life that is too long,
                a key or certificate name that is taken, or no key to revoke.
            SignatureError: The new key is refused, or did not sign its own statement.
        """
        if body.replaces != self.last_statement(body.desk, body.role):
            raise VerificationError("a key statement names the one before it")
        record = self._ended(signed, body) if body.reason else self._begun(signed, body)
        ring = self.rings.get(body.desk, _EMPTY)
        keys = {**ring.keys, record.key_id: record}
        last = {**ring.last, body.role: digest(signed.payload)}
        return self._with(body.desk, Ring(keys, last))

    def _with(self, desk: Desk, ring: Ring) -> "Keyring":
        return Keyring({**self.rings, desk: ring})

    def _ended(self, signed: VerifiedStatement, body: KeyStatement) -> KeyRecord:
        found = self.find(body.desk, key_id(body.key))
        if found is None or found.role is not body.role or found.ended is not None:
            raise VerificationError("a revocation names a key of this desk that still stands")
        return replace(found, ended=signed.leaf_index, last_good=body.last_good)

    def _begun(self, signed: VerifiedStatement, body: KeyStatement) -> KeyRecord:
        name = key_id(body.key)
        if self.holds(name):
            raise VerificationError("a key is registered once, for one role")
        life = _LIFE_DAYS.get(body.role, 0) * MINUTES_A_DAY
        if not 0 < body.until - body.since <= life:
            raise VerificationError(
                "a key of this role lives shorter, and ends after it begins"
            )
        common_name = self._proved(signed.payload, body)
        period = (body.since, body.until, signed.leaf_index)
        return KeyRecord(body.desk, body.role, body.key, name, *period, common_name)

    def _proved(self, payload: bytes, body: KeyStatement) -> str:
        match body.role:
            case Role.SIGNING:
                check_composite_key(body.key)
                said = unproven(payload, body.possession)
                verify_composite(body.key, said, body.possession, POSSESSION_CONTEXT)
            case Role.WITNESS:
                check_witness_key(body.key)
                said = unproven(payload, body.possession)
                verify_mldsa44(body.key, said, body.possession, POSSESSION_CONTEXT)
            case Role.SEALING:
                _check_sealing_key(body.key)
            case _:
                return self._certified(body)
        return ""

    def _certified(self, body: KeyStatement) -> str:
        try:
            certificate = parse_certificate(body.key)
        except MalformedError as cause:
            raise SignatureError("a TLS key is a self-signed certificate") from cause
        if not certificate.since <= body.since < body.until <= certificate.until:
            raise VerificationError("a certificate counts within its own validity")
        if any(certificate.name == other.name for other in self.of_role(Role.TLS)):
            raise VerificationError("no two certificates have one name")
        return certificate.name


def _check_sealing_key(key: bytes) -> None:
    try:
        MLKEM768PublicKey.from_public_bytes(key[:_MLKEM_BYTES])
    except ValueError as cause:
        raise SignatureError("a SEALING key begins with an ML-KEM-768 key") from cause
