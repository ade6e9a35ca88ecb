"""What the log says of keys, members, agreements and bundles, for broker, node and auditor.

It promises that every question can be asked of an earlier minute and leaf, and that an empty
or unknown answer is a refusal. A directory never changes: `valija.authority`, which says who
may make which statement, returns another. Receipts and labels are the fold's affair.

Source: docs/envelope.md, section 1 (log.proto), section 4 (Fold), section 5 (role by kind).
"""

from dataclasses import dataclass, field

from valija.anchor import Anchor
from valija.certificate import parse_certificate
from valija.clock import Minute, day_of
from valija.errors import SignatureError, VerificationError
from valija.ids import Desk, Digest, KeyId, LeafIndex, Member, Office, key_id
from valija.keyring import FIRST_MINUTE, FOREVER, NEWEST, KeyRecord, Keyring
from valija.statement import (
    AgreementStatement,
    BundleStatement,
    MembershipStatement,
    Role,
)
from valija.succession import Standing, Succession

_SIGNERS = frozenset({Role.ROOT, Role.SIGNING})


@dataclass(frozen=True, slots=True)
class Directory:
    """Keys, members, agreements and bundles as of some leaf; immutable.

    Attributes:
        anchor: What all else follows from.
        keyring: All keys but ROOT keys, which stand in memberships.
        memberships: By member.
        agreements: By agreement id.
        bundles: By member, or `@treaty`.
    """

    anchor: Anchor
    keyring: Keyring = field(default_factory=Keyring)
    memberships: Succession[Member, MembershipStatement] = field(default_factory=Succession)
    agreements: Succession[bytes, AgreementStatement] = field(default_factory=Succession)
    bundles: Succession[Member, BundleStatement] = field(default_factory=Succession)

    @classmethod
    def of(cls, anchor: Anchor) -> "Directory":
        """Return the directory of an empty log."""
        keyring = Keyring()
        for record in _anchored(anchor):
            keyring = keyring.with_anchored(record)
        return cls(anchor, keyring)

    def signing_key(
        self, desk: Desk, name: KeyId, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> KeyRecord:
        """Return the key that may sign a batch of this desk in a minute, at a leaf.

        It is a SIGNING or council key, or the ROOT key of the desk's member.

        Raises:
            SignatureError: This desk has no such key in force.
        """
        record = self.keyring.find(desk, name) or self._root(desk, name, minute, leaf)
        if record is None or record.role not in _SIGNERS or not record.counts(minute, leaf):
            raise SignatureError("the desk has no such signing key in force")
        if not self.has_desk(desk, minute, leaf):
            raise SignatureError("the desk does not stand")
        return record

    def sealing_key(self, desk: Desk, minute: Minute, leaf: LeafIndex = NEWEST) -> KeyRecord:
        """Return the key to seal to: of those in force, the one with the latest `since`.

        Raises:
            VerificationError: The desk does not stand, or has no SEALING key in force.
        """
        held = (
            self.keyring.keys(desk, Role.SEALING) if self.has_desk(desk, minute, leaf) else ()
        )
        found = [key for key in held if key.counts(minute, leaf)]
        if not found:
            raise VerificationError("the desk has no SEALING key in force")
        return max(found, key=lambda key: (key.since, key.leaf_index))

    def sealing_key_by_id(
        self, desk: Desk, name: KeyId, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> KeyRecord:
        """Return a desk's SEALING key by its id, if it is in force.

        Raises:
            VerificationError: The desk has no such SEALING key in force.
        """
        record = self.keyring.find(desk, name)
        if record is None or record.role is not Role.SEALING or not record.counts(minute, leaf):
            raise VerificationError("a stanza names a SEALING key of its recipient in force")
        return record

    def keys(self, desk: Desk, role: Role) -> tuple[KeyRecord, ...]:
        """Return all keys that a desk ever had of a role, oldest first."""
        return self.keyring.keys(desk, role)

    def last_statement(self, desk: Desk, role: Role) -> Digest:
        """Return what the next KeyStatement of this desk and role names in `replaces`."""
        return self.keyring.last_statement(desk, role)

    def certificates(self, minute: Minute, leaf: LeafIndex = NEWEST) -> tuple[bytes, ...]:
        """Return all TLS certificates in force, DER: members', brokers', the auditor's."""
        return tuple(key.key for key in self._tls(minute, leaf))

    def broker_certificates(
        self, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> tuple[bytes, ...]:
        """Return the brokers' TLS certificates in force, DER: whom a node may call."""
        brokers = {broker.desk for broker in self.anchor.brokers}
        return tuple(key.key for key in self._tls(minute, leaf) if key.desk in brokers)

    def desk_of_certificate(
        self, certificate: bytes, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> Desk:
        """Return whose TLS certificate these exact DER bytes are.

        Raises:
            SignatureError: It is nobody's, or not in force.
        """
        found = next((key for key in self._tls(minute, leaf) if key.key == certificate), None)
        if found is None:
            raise SignatureError("this certificate is no member's in force")
        return found.desk

    def witnesses(self, minute: Minute, leaf: LeafIndex = NEWEST) -> tuple[KeyRecord, ...]:
        """Return the WITNESS keys in force, the auditor's among them."""
        held = self.keyring.of_role(Role.WITNESS)
        return tuple(key for key in held if self._stands(key, minute, leaf))

    def membership(
        self, member: Member, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> MembershipStatement:
        """Return the membership in force; a suspended one has no offices.

        Raises:
            VerificationError: This is no member now.
        """
        standing = self.memberships.current(member, minute, leaf)
        if standing is None or minute >= standing.statement.until:
            raise VerificationError("this is no member")
        return standing.statement

    def members(self, minute: Minute, leaf: LeafIndex = NEWEST) -> tuple[Member, ...]:
        """Return the members that stand and are not suspended, in alphabetical order."""
        states = sorted(self.memberships.lines)
        return tuple(m for m in states if self.has_desk(Desk(m, Office.STATE), minute, leaf))

    def has_desk(self, desk: Desk, minute: Minute, leaf: LeafIndex = NEWEST) -> bool:
        """Return whether a desk stands: its member does, and has this office or it is STATE."""
        if desk.member.startswith("@"):
            return desk in self.keyring.rings
        standing = self.memberships.current(desk.member, minute, leaf)
        if standing is None or minute >= standing.statement.until:
            return False
        offices = standing.statement.offices
        return desk.office in offices or (desk.office is Office.STATE and bool(offices))

    def last_membership(self, member: Member) -> Digest:
        """Return what the member's next MembershipStatement names in `replaces`."""
        return self.memberships.last(member)

    def agreement(
        self, name: Digest, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> Standing[AgreementStatement]:
        """Return an agreement in force; its endorsers are exactly its parties.

        Raises:
            VerificationError: No agreement of this digest is in force.
        """
        held, day = self.agreements.find(name), day_of(minute)
        current = self.agreements.current(held.statement.id, day, leaf) if held else None
        if current is None or current.digest != name or day >= current.statement.until:
            raise VerificationError("no agreement of this digest is in force")
        return current

    def agreements_between(
        self, one: Desk, other: Desk, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> tuple[Standing[AgreementStatement], ...]:
        """Return all agreements in force that both desks are parties of, oldest first."""
        day = day_of(minute)
        lines = [self.agreements.current(line, day, leaf) for line in self.agreements.lines]
        held = [standing for standing in lines if standing and day < standing.statement.until]
        return tuple(each for each in held if {one, other} <= each.endorsers)

    def last_agreement(self, agreement_id: bytes) -> Digest:
        """Return what the next version of an agreement names in `replaces`."""
        return self.agreements.last(agreement_id)

    def endorsed(self, name: Digest) -> frozenset[Desk]:
        """Return who endorsed a statement of any of the three lines; nobody if unknown."""
        lines = (
            self.memberships.find(name),
            self.agreements.find(name),
            self.bundles.find(name),
        )
        return next((each.endorsers for each in lines if each), frozenset())

    def bundle(
        self, member: Member, minute: Minute, leaf: LeafIndex = NEWEST
    ) -> BundleStatement:
        """Return which bundle decides for a member, or for `@treaty`.

        Raises:
            VerificationError: None is in force.
        """
        standing = self.bundles.current(member, day_of(minute), leaf)
        if standing is None:
            raise VerificationError("no bundle is in force")
        return standing.statement

    def last_bundle(self, member: Member) -> Digest:
        """Return what the member's next PolicyBundleStatement names in `replaces`."""
        return self.bundles.last(member)

    def contested(self, desk: Desk, name: KeyId, sequence: int) -> bool:
        """Return whether a batch lies after the last good one of a key that was revoked."""
        record = self.keyring.find(desk, name)
        return record is not None and record.ended is not None and sequence > record.last_good

    def _root(
        self, desk: Desk, name: KeyId, minute: Minute, leaf: LeafIndex
    ) -> KeyRecord | None:
        standing = self.memberships.current(desk.member, minute, leaf)
        if standing is None or desk.office is not Office.STATE:
            return None
        held = standing.statement
        record = KeyRecord(desk, Role.ROOT, held.root_key, name, held.since, held.until)
        return record if key_id(held.root_key) == name else None

    def _tls(self, minute: Minute, leaf: LeafIndex) -> list[KeyRecord]:
        held = self.keyring.of_role(Role.TLS)
        return [key for key in held if self._stands(key, minute, leaf)]

    def _stands(self, key: KeyRecord, minute: Minute, leaf: LeafIndex) -> bool:
        return key.counts(minute, leaf) and self.has_desk(key.desk, minute, leaf)


def _anchored(anchor: Anchor) -> list[KeyRecord]:
    records = [_lasting(each.desk, Role.SIGNING, each.signing) for each in anchor.council]
    for each in (*anchor.brokers, anchor.auditor):
        said, tls = parse_certificate(each.certificate), each.certificate
        period = (said.since, said.until)
        records.append(_lasting(each.desk, Role.SIGNING, each.signing))
        records.append(
            KeyRecord(each.desk, Role.TLS, tls, key_id(tls), *period, name=said.name)
        )
    auditor = anchor.auditor
    return [*records, _lasting(auditor.desk, Role.WITNESS, auditor.witness)]


def _lasting(desk: Desk, role: Role, key: bytes) -> KeyRecord:
    return KeyRecord(desk, role, key, key_id(key), FIRST_MINUTE, FOREVER)
