"""Keys, members, agreements, bundles and endorsements: wire bytes to the types, and back.

It promises lengths, bounds, closed lists and one byte form. Whether a statement counts is the
affair of `valija.directory`.

Source: docs/envelope.md, section 1 (log.proto) and section 5 (key lengths).
"""

import re
from collections.abc import Callable

from valija import canonical
from valija.errors import MalformedError
from valija.ids import Kind, Member, Office
from valija.statement import (
    REVOCATION_REASONS,
    TREATY,
    WITHDRAWAL_REASONS,
    AgreementStatement,
    BundleStatement,
    Endorsement,
    KeyStatement,
    MembershipStatement,
    Role,
    Statement,
)
from valija.v1 import label_pb2, log_pb2
from valija.wire import strict

MAX_STATEMENT = 1 << 17
MAX_CERTIFICATE = 2048
_COMPOSITE = 1984
_KEY_BYTES = {
    Role.ROOT: _COMPOSITE,
    Role.SIGNING: _COMPOSITE,
    Role.SEALING: 1216,
    Role.LOG: 1344,
    Role.WITNESS: 1312,
}
_POSSESSION_BYTES = {Role.ROOT: 3373, Role.SIGNING: 3373, Role.LOG: 2484, Role.WITNESS: 2420}
_MEMBER = re.compile(r"[A-Z]{2}")


def parse_statement(kind: Kind, data: bytes) -> Statement:
    """Return the statement of a kind in exact bytes, at most 128 KiB.

    Raises:
        MalformedError: No statement of the directory has this kind, or the bytes are none.
    """
    if kind not in _PARSERS:
        raise MalformedError("no statement of the directory has this kind")
    return _PARSERS[kind](data)


def statement_bytes(statement: Statement) -> bytes:
    """Return the one encoding of a statement."""
    match statement:
        case KeyStatement():
            return _key_bytes(statement)
        case MembershipStatement():
            return _membership_bytes(statement)
        case AgreementStatement():
            return _agreement_bytes(statement)
        case BundleStatement():
            return _bundle_bytes(statement)
        case _:
            return _endorsement_bytes(statement)


def kind_of(statement: Statement) -> Kind:
    """Return the kind that names a statement's type."""
    return _KINDS[type(statement)]


def _parse_key(data: bytes) -> KeyStatement:
    message = strict.parse(log_pb2.KeyStatement, data, MAX_STATEMENT)
    role = strict.number(Role, message.role, "role")
    if message.last_good and not message.reason:
        raise MalformedError("only a revocation has a last good batch")
    return KeyStatement(
        desk=strict.desk(message.desk),
        role=role,
        key=_key(role, message.key),
        since=strict.minute(message.since, "since"),
        until=strict.minute(message.until, "until"),
        replaces=strict.digest_of(message.replaces, "replaces"),
        last_good=message.last_good,
        reason=strict.one_of(message.reason, REVOCATION_REASONS | {""}, "a reason"),
        possession=_possession(role, message),
    )


def _key(role: Role, key: bytes) -> bytes:
    if role is not Role.TLS:
        return strict.exact(key, _KEY_BYTES[role], "a key of this role")
    if not 0 < len(key) <= MAX_CERTIFICATE:
        raise MalformedError("a certificate has 1 to 2048 bytes")
    return key


def _possession(role: Role, message: log_pb2.KeyStatement) -> bytes:
    proves = role in _POSSESSION_BYTES and not message.reason
    size = _POSSESSION_BYTES[role] if proves else 0
    return strict.exact(message.possession, size, "a proof of possession for this role")


def _key_bytes(statement: KeyStatement) -> bytes:
    message = log_pb2.KeyStatement(
        desk=strict.desk_message(statement.desk),
        role=log_pb2.Role.ValueType(statement.role),
        key=statement.key,
        since=statement.since,
        until=statement.until,
        replaces=statement.replaces,
        last_good=statement.last_good,
        reason=statement.reason,
        possession=statement.possession,
    )
    return strict.to_bytes(message)


def _parse_membership(data: bytes) -> MembershipStatement:
    message = strict.parse(log_pb2.MembershipStatement, data, MAX_STATEMENT)
    return MembershipStatement(
        member=_member(message.member),
        name=strict.text(message.name, "a member's name"),
        offices=_offices(list(message.offices)),
        root_key=strict.exact(message.root_key, _COMPOSITE, "a ROOT key"),
        since=strict.minute(message.since, "since"),
        until=strict.minute(message.until, "until"),
        replaces=strict.digest_of(message.replaces, "replaces"),
    )


def _member(code: str) -> Member:
    if not _MEMBER.fullmatch(code):
        raise MalformedError("a member is named by two capital letters")
    return Member(code)


def _offices(numbers: list[label_pb2.Office.ValueType]) -> tuple[Office, ...]:
    offices = tuple(strict.number(Office, each, "office") for each in numbers)
    if Office.STATE in offices or list(offices) != sorted(set(offices)):
        raise MalformedError("offices ascend, and STATE is not named")
    return offices


def _membership_bytes(statement: MembershipStatement) -> bytes:
    message = log_pb2.MembershipStatement(
        member=statement.member,
        name=statement.name,
        offices=[label_pb2.Office.ValueType(office) for office in statement.offices],
        root_key=statement.root_key,
        since=statement.since,
        until=statement.until,
        replaces=statement.replaces,
    )
    return strict.to_bytes(message)


def _parse_agreement(data: bytes) -> AgreementStatement:
    message = strict.parse(log_pb2.AgreementStatement, data, MAX_STATEMENT)
    parties = strict.bounded(message.parties, 2, strict.MAX_DESKS, "parties")
    canonical.parse(message.terms)
    return AgreementStatement(
        id=strict.exact(message.id, 16, "an agreement's id"),
        parties=strict.desks(parties, strict.MAX_DESKS, "parties"),
        instruments=strict.texts(message.instruments, 1, 64, "instruments"),
        formal=message.formal,
        purposes=strict.texts(message.purposes, 1, 64, "purposes"),
        since=strict.day(message.since, "since"),
        until=strict.day(message.until, "until"),
        text=strict.digest_of(message.text, "a text's digest"),
        replaces=strict.digest_of(message.replaces, "replaces"),
        terms=message.terms,
    )


def _agreement_bytes(statement: AgreementStatement) -> bytes:
    message = log_pb2.AgreementStatement(
        id=statement.id,
        parties=[strict.desk_message(party) for party in statement.parties],
        instruments=statement.instruments,
        formal=statement.formal,
        purposes=statement.purposes,
        since=statement.since,
        until=statement.until,
        text=statement.text,
        replaces=statement.replaces,
        terms=statement.terms,
    )
    return strict.to_bytes(message)


def _parse_bundle(data: bytes) -> BundleStatement:
    message = strict.parse(log_pb2.PolicyBundleStatement, data, MAX_STATEMENT)
    treaty = message.member == TREATY
    return BundleStatement(
        member=TREATY if treaty else _member(message.member),
        bundle=strict.digest_of(message.bundle, "a manifest's digest"),
        since=strict.day(message.since, "since"),
        replaces=strict.digest_of(message.replaces, "replaces"),
        widens=message.widens,
    )


def _bundle_bytes(statement: BundleStatement) -> bytes:
    message = log_pb2.PolicyBundleStatement(
        member=statement.member,
        bundle=statement.bundle,
        since=statement.since,
        replaces=statement.replaces,
        widens=statement.widens,
    )
    return strict.to_bytes(message)


def _parse_endorsement(data: bytes) -> Endorsement:
    message = strict.parse(log_pb2.Endorsement, data, MAX_STATEMENT)
    allowed = WITHDRAWAL_REASONS if message.withdrawn else {""}
    return Endorsement(
        statement=strict.digest_of(message.statement, "a statement's digest"),
        withdrawn=message.withdrawn,
        reason=strict.one_of(message.reason, allowed, "a reason"),
    )


def _endorsement_bytes(statement: Endorsement) -> bytes:
    message = log_pb2.Endorsement(
        statement=statement.statement,
        withdrawn=statement.withdrawn,
        reason=statement.reason,
    )
    return strict.to_bytes(message)


_PARSERS: dict[Kind, Callable[[bytes], Statement]] = {
    Kind.KEY: _parse_key,
    Kind.MEMBERSHIP: _parse_membership,
    Kind.AGREEMENT: _parse_agreement,
    Kind.BUNDLE: _parse_bundle,
    Kind.ENDORSEMENT: _parse_endorsement,
}
_KINDS: dict[type[Statement], Kind] = {
    KeyStatement: Kind.KEY,
    MembershipStatement: Kind.MEMBERSHIP,
    AgreementStatement: Kind.AGREEMENT,
    BundleStatement: Kind.BUNDLE,
    Endorsement: Kind.ENDORSEMENT,
}
