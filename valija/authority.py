"""Who may sign what, and what a statement then changes in the directory.

It promises that each kind is signed by the one role that may: the council names members, a
member's ROOT key its SIGNING and WITNESS keys, a desk's SIGNING key all else; and that a
statement by anybody else changes nothing. Signatures are verified before. Labels, receipts
and the withdrawal of refused heads are judged in `valija.judgement` and `valija.fold`.

Source: docs/envelope.md, section 5 (role by kind, genesis). Who signs the treaty layer's
bundle it leaves open; here the council does, for no single state may change every state's law.
"""

from dataclasses import replace
from typing import TypeVar

from valija.batch import Body
from valija.clock import MINUTES_A_DAY
from valija.directory import Directory
from valija.errors import SignatureError, VerificationError
from valija.ids import Desk, Kind, Office, digest, key_id
from valija.keyring import KeyRecord
from valija.signature import check_composite_key
from valija.statement import (
    TREATY,
    AgreementStatement,
    BundleStatement,
    Endorsement,
    KeyStatement,
    MembershipStatement,
    Role,
    VerifiedStatement,
)
from valija.succession import Met, Standing, Succeeding, Vote

_S = TypeVar("_S", bound=Succeeding)
_ROOT_LIFE = 5 * 366 * MINUTES_A_DAY
_ROOT_SIGNS = frozenset({Role.SIGNING, Role.WITNESS})
_DESK_SIGNS = frozenset({Role.SEALING, Role.TLS})
_COUNCIL_KINDS = frozenset({Kind.MEMBERSHIP, Kind.BUNDLE, Kind.ENDORSEMENT})
_ROOT_KINDS = frozenset({Kind.KEY})
_EXCHANGE_KINDS = frozenset({Kind.KEY, Kind.RECEIPT})
_DESK_KINDS = frozenset(Kind) - {Kind.MEMBERSHIP}


def is_council(desk: Desk) -> bool:
    """Return whether a desk is a council member's, by its name in the anchor."""
    return desk.member.startswith("@c")


def is_broker(desk: Desk) -> bool:
    """Return whether a desk is a broker process's, by its name in the anchor."""
    return desk.member.startswith("@b")


def check_signer(key: KeyRecord, kind: Kind, body: Body | None) -> None:
    """Check that a key may sign an item: docs/envelope.md, section 5, role by kind.

    Args:
        key: A signing key in force.
        kind: Of the item.
        body: The item, parsed; None for a kind that is not open.

    Raises:
        SignatureError: This role does not sign this.
    """
    if kind not in _kinds_of(key):
        raise SignatureError("a key of this role does not sign this kind")
    if isinstance(body, KeyStatement) and not _may_sign_key(key, body):
        raise SignatureError("a key statement is signed by ROOT, or by the desk's SIGNING key")


def apply_statement(directory: Directory, signed: VerifiedStatement) -> Directory:
    """Return the directory after a statement of the log.

    Args:
        directory: As of the leaves before, and the items before in the same batch.
        signed: The statement; its signature was verified.

    Raises:
        SignatureError: Its signer may not make it, or a new key is refused.
        VerificationError: It does not follow from what stands.
    """
    place = (signed.logged, signed.leaf_index)
    key = directory.signing_key(signed.signer, signed.key_id, *place)
    check_signer(key, signed.kind, signed.body)
    match signed.body:
        case KeyStatement() as body:
            _check_key_place(directory, signed, body)
            return replace(directory, keyring=directory.keyring.with_statement(signed, body))
        case MembershipStatement() as body:
            return _with_membership(directory, signed, body)
        case AgreementStatement() as body:
            return _with_agreement(directory, signed, body)
        case BundleStatement() as body:
            return _with_bundle(directory, signed, body)
        case body:
            return _with_endorsement(directory, signed, body)


def _kinds_of(key: KeyRecord) -> frozenset[Kind]:
    if is_council(key.desk):
        return _COUNCIL_KINDS
    if key.role is Role.ROOT:
        return _ROOT_KINDS
    if is_broker(key.desk):
        return _EXCHANGE_KINDS
    return _ROOT_KINDS if key.desk.member.startswith("@") else _DESK_KINDS


def _may_sign_key(key: KeyRecord, body: KeyStatement) -> bool:
    if key.role is Role.ROOT:
        same = body.desk.member == key.desk.member
        return same and (body.role in _ROOT_SIGNS or bool(body.reason))
    ends_itself = bool(body.reason) and body.key == key.key
    return body.desk == key.desk and (body.role in _DESK_SIGNS or ends_itself)


def _check_key_place(
    directory: Directory, signed: VerifiedStatement, body: KeyStatement
) -> None:
    desk, place = body.desk, (signed.logged, signed.leaf_index)
    if body.reason:
        return
    if body.role is Role.SEALING and (desk.office is Office.STATE or desk.member[0] == "@"):
        raise VerificationError("only a desk that receives notices has a SEALING key")
    if not directory.has_desk(desk, *place):
        raise VerificationError("a key is registered for a desk that stands")
    roots = directory.memberships.lines.values()
    if any(body.key == each.statement.root_key for line in roots for each in line):
        raise VerificationError("a ROOT key has no other role")


def _with_membership(
    directory: Directory, signed: VerifiedStatement, body: MembershipStatement
) -> Directory:
    check_composite_key(body.root_key)
    if not 0 < body.until - body.since <= _ROOT_LIFE:
        raise VerificationError("a membership ends after it begins, within five years")
    lines = directory.memberships.lines.items()
    others = [each for member, line in lines if member != body.member for each in line]
    taken = any(each.statement.root_key == body.root_key for each in others)
    if taken or directory.keyring.holds(key_id(body.root_key)):
        raise VerificationError("a ROOT key is one member's, and has no other role")
    met = _quorum(directory)
    held = directory.memberships.proposed(body.member, _standing(signed, body), met)
    return replace(directory, memberships=held)


def _with_agreement(
    directory: Directory, signed: VerifiedStatement, body: AgreementStatement
) -> Directory:
    if body.since >= body.until:
        raise VerificationError("an agreement ends after it begins")
    parties = frozenset(body.parties)
    standing = replace(_standing(signed, body), endorsers=parties & {signed.signer})
    held = directory.agreements.proposed(body.id, standing, parties.issubset)
    return replace(directory, agreements=held)


def _with_bundle(
    directory: Directory, signed: VerifiedStatement, body: BundleStatement
) -> Directory:
    by_council = is_council(signed.signer)
    if by_council is not (body.member == TREATY):
        raise SignatureError("the council signs the treaty layer's bundle, and no other")
    if not by_council and body.member != signed.signer.member:
        raise SignatureError("a member's bundle is signed by one of its desks")
    if body.widens and signed.signer == Desk(body.member, Office.OVERSIGHT):
        raise SignatureError(
            "a law that opens more is brought by another desk than endorses it"
        )
    met = _bundle_met(directory, body)
    held = directory.bundles.proposed(body.member, _standing(signed, body), met)
    return replace(directory, bundles=held)


def _with_endorsement(
    directory: Directory, signed: VerifiedStatement, body: Endorsement
) -> Directory:
    vote = Vote(signed.signer, body.withdrawn, signed.leaf_index)
    if membership := directory.memberships.find(body.statement):
        return _with_council_vote(directory, membership, vote)
    if agreement := directory.agreements.find(body.statement):
        parties = frozenset(agreement.statement.parties)
        _require(vote.desk in parties, "an agreement is endorsed by its parties")
        name, line = agreement.digest, agreement.statement.id
        held = directory.agreements.voted(line, name, vote, parties.issubset)
        return replace(directory, agreements=held)
    if bundle := directory.bundles.find(body.statement):
        return _with_bundle_vote(directory, bundle, vote)
    if body.withdrawn:
        return directory  # A refused head: the fold knows it, a directory does not.
    raise VerificationError("an endorsement names a statement of the log")


def _with_council_vote(
    directory: Directory, standing: Standing[MembershipStatement], vote: Vote
) -> Directory:
    _require(is_council(vote.desk), "a membership is endorsed by the council")
    if vote.withdrawn and standing.effect is not None:
        raise VerificationError("a membership that stands ends by another statement")
    met, line = _quorum(directory), standing.statement.member
    held = directory.memberships.voted(line, standing.digest, vote, met)
    return replace(directory, memberships=held)


def _with_bundle_vote(
    directory: Directory, standing: Standing[BundleStatement], vote: Vote
) -> Directory:
    body = standing.statement
    oversight = vote.desk == Desk(body.member, Office.OVERSIGHT) and body.widens
    may = is_council(vote.desk) if body.member == TREATY else oversight
    _require(may, "a widening bundle is endorsed by its member's OVERSIGHT desk")
    held = directory.bundles.voted(
        body.member, standing.digest, vote, _bundle_met(directory, body)
    )
    return replace(directory, bundles=held)


def _quorum(directory: Directory) -> Met:
    return lambda endorsers: len(endorsers) >= directory.anchor.quorum


def _bundle_met(directory: Directory, body: BundleStatement) -> Met:
    if body.member == TREATY:
        return _quorum(directory)
    oversight = Desk(body.member, Office.OVERSIGHT)
    return lambda endorsers: not body.widens or oversight in endorsers


def _standing(signed: VerifiedStatement, body: _S) -> Standing[_S]:
    signer = frozenset({signed.signer})
    return Standing(digest(signed.payload), body, signed.leaf_index, signer)


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise VerificationError(sentence)
