"""What desks agree on and which law they bring: agreements, endorsements, bundles.

It promises that a statement names the one that it replaces, as the log of this node has it,
and that its batch is stored before anybody sees it. Whether it comes into force, the log
says once all parties endorsed it.

Source: docs/envelope.md, section 1 (AgreementStatement, PolicyBundleStatement, Endorsement)
and section 5 (Agreements and bundles follow the same way).
"""

from dataclasses import replace

from node.genesis.signing import Desktop, sign_and_keep
from valija.batch import Batch, Signer
from valija.clock import Minute, day_of, minute_of
from valija.directory import Directory
from valija.errors import AbsentError, SignatureError, VerificationError
from valija.ids import Desk, Digest, Member, Office
from valija.statement import AgreementStatement, BundleStatement, Endorsement, Role, Statement
from valija.wire.item import item


def agree(
    desktop: Desktop, directory: Directory, desk: Desk, agreement: AgreementStatement
) -> Batch:
    """Sign an agreement; the signer counts as one party that endorsed it.

    Raises:
        AbsentError: No signing key of this desk is here, or the desk is no party.
    """
    if desk not in agreement.parties:
        raise AbsentError(f"{desk} is no party to this agreement")
    named = replace(agreement, replaces=directory.last_agreement(agreement.id))
    return _sign(desktop, directory, desk, named)


def endorse(desktop: Desktop, directory: Directory, desk: Desk, statement: Digest) -> Batch:
    """Sign that a statement is this desk's too.

    Raises:
        AbsentError: No signing key of this desk is here.
    """
    return _sign(desktop, directory, desk, Endorsement(statement))


def bring_bundle(
    desktop: Desktop, directory: Directory, desk: Desk, bundle: BundleStatement
) -> Batch:
    """Sign which law decides for this desk's member.

    Raises:
        AbsentError: No signing key of this desk is here, or it is another member's law.
    """
    if bundle.member != desk.member:
        raise AbsentError("a desk brings the law of its own member")
    named = replace(bundle, replaces=directory.last_bundle(bundle.member))
    return _sign(desktop, directory, desk, named)


def law_replaced(
    directory: Directory, member: Member, minute: Minute
) -> BundleStatement | None:
    """Return the law of a member that another would replace; None where none is in force.

    Raises:
        VerificationError: One stands in the log that begins later.
    """
    last = directory.bundles.find(directory.last_bundle(member))
    if last is None or last.ended is not None:
        return None
    if last.statement.since > day_of(minute):
        raise VerificationError(
            f"a law of {member} that begins later stands in the log; nothing was signed"
        )
    return last.statement


def check_overseen(directory: Directory, member: Member, minute: Minute) -> None:
    """Refuse to bring a law that nobody could endorse; before a state joined, its request says.

    Raises:
        AbsentError: This member has no oversight.
    """
    if member not in directory.members(minute):
        return
    if not directory.has_desk(Desk(member, Office.OVERSIGHT), minute):
        raise AbsentError(
            f"this law opens more, and {member} has no oversight that could endorse it; "
            "nothing was signed"
        )


def _sign(desktop: Desktop, directory: Directory, desk: Desk, statement: Statement) -> Batch:
    signer = _signer(desktop, directory, desk)
    return sign_and_keep(desktop, signer, [item(statement)])


def _signer(desktop: Desktop, directory: Directory, desk: Desk) -> Signer:
    """Return the key in force; before the log knows any of this desk, the newest one held."""
    held, now = desktop.keystore.held(desk, Role.SIGNING), minute_of(desktop.clock.now())
    for key in reversed(held):
        try:
            directory.signing_key(desk, key.key_id, now)
        except SignatureError:
            continue
        return Signer(desk, key.key_id)
    if held and not directory.keys(desk, Role.SIGNING):
        return Signer(desk, held[-1].key_id)
    raise AbsentError(f"no signing key of {desk} is in force here")
