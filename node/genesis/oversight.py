"""A state's data-protection authority: a key of its own, and its word on a law that opens more.

It promises that the key is made and kept by the authority alone, in a folder that the node's
passphrase does not open, so that no law widens on one office's word; and that the authority
signs only a statement whose law it compared itself. The state's ROOT key names the key
(`node.genesis.joining`).

Source: docs/envelope.md, section 1 (PolicyBundleStatement.widens), section 5 (SIGNING).
"""

from collections.abc import Sequence
from dataclasses import replace

from node.genesis.lawchange import LawChange, check_statement
from node.genesis.signing import Desktop, sign_and_keep
from valija.batch import Batch, Signer
from valija.clock import MINUTES_A_DAY, Minute, minute_of
from valija.errors import AbsentError, VerificationError
from valija.ids import ZERO_DIGEST, Desk, Digest, Kind, Member, Office, digest
from valija.signature import POSSESSION_CONTEXT, check_composite_key, verify_composite
from valija.statement import BundleStatement, Endorsement, KeyStatement, Role, unproven
from valija.wire.item import item
from valija.wire.statement import statement_bytes

_DAYS = 365


def make_key(desktop: Desktop, member: Member) -> KeyStatement:
    """Make the authority's key, and return the statement that the state's ROOT is to sign.

    Raises:
        MalformedError: No such member.
        UnavailableError: The key file cannot be written.
    """
    now = desktop.clock.now()
    desk, since = Desk(member, Office.OVERSIGHT), minute_of(now)
    (held,) = desktop.keystore.generate([(desk, Role.SIGNING)], now)
    until = Minute(since + _DAYS * MINUTES_A_DAY)
    said = KeyStatement(desk, Role.SIGNING, held.public, since, until, ZERO_DIGEST)
    proof = desktop.keystore.prove_possession(held.key_id, statement_bytes(said))
    return replace(said, possession=proof)


def check_key(statement: KeyStatement, member: Member) -> None:
    """Refuse a key that is not this state's authority's, or that did not sign for itself.

    Raises:
        VerificationError: It is another desk's, or no first SIGNING key.
        SignatureError: Its own signature does not hold.
    """
    first = statement.replaces == ZERO_DIGEST and not statement.reason
    mine = statement.desk == Desk(member, Office.OVERSIGHT)
    if not (first and mine and statement.role is Role.SIGNING):
        raise VerificationError(f"this is no first key of {member}'s oversight")
    check_composite_key(statement.key)
    said = unproven(statement_bytes(statement), statement.possession)
    verify_composite(statement.key, said, statement.possession, POSSESSION_CONTEXT)


def brought(shown: Sequence[Batch], member: Member) -> BundleStatement:
    """Return the one law of a member that batches bring.

    Raises:
        VerificationError: There is none, or more than one.
    """
    found = [
        each.body
        for batch in shown
        for each in batch.items
        if each.kind is Kind.BUNDLE and isinstance(each.body, BundleStatement)
    ]
    mine = [body for body in found if body.member == member]
    if len(mine) != 1:
        raise VerificationError(f"these files bring {len(mine)} laws of {member}, not one")
    return mine[0]


def replaced_by(statement: BundleStatement, earlier: Sequence[Batch]) -> BundleStatement | None:
    """Return the statement that another replaces, found by its digest; None: it is the first.

    Raises:
        AbsentError: It is not among the batches shown.
    """
    if statement.replaces == ZERO_DIGEST:
        return None
    for batch in earlier:
        for each in batch.items:
            if digest(each.payload) == statement.replaces and isinstance(
                each.body, BundleStatement
            ):
                return each.body
    raise AbsentError(
        "it replaces a law whose statement is not here: give that batch file with --before"
    )


def endorse(desktop: Desktop, statement: BundleStatement, change: LawChange) -> Batch:
    """Sign that a law may open more, after comparing it.

    Raises:
        AbsentError: This state's oversight key is not here.
        VerificationError: The statement is not what the folders show, or needs no word.
    """
    check_statement(statement, change)
    if not statement.widens:
        raise VerificationError("this law opens nothing: it is in force without your word")
    desk = Desk(statement.member, Office.OVERSIGHT)
    held = desktop.keystore.held(desk, Role.SIGNING)
    if not held:
        raise AbsentError(f"the key of {desk} is not here")
    named = Digest(digest(statement_bytes(statement)))
    return sign_and_keep(desktop, Signer(desk, held[-1].key_id), [item(Endorsement(named))])
