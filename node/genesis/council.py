"""The council's word: its keys, the members it names, the treaty layer it signs.

It promises that a council member signs, off line, only what he was shown: a proposal whose
own ROOT key signed it, or a statement that a colleague signed before. What it returns are
ordinary batches, which anybody may carry to the broker.

Source: docs/envelope.md, section 5 (Role by kind; Genesis 1 and 3).
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence

from node.genesis.joining import PROPOSAL_NUMBER
from node.genesis.signing import Desktop, sign_and_keep
from node.keystore import Keystore
from valija import canonical
from valija.batch import Batch, Item, Signer
from valija.errors import AbsentError, VerificationError
from valija.ids import Desk, Digest, Kind, Office, digest, key_id
from valija.signature import BATCH_CONTEXT, check_composite_key, verify_composite
from valija.statement import BundleStatement, Endorsement, MembershipStatement, Role
from valija.wire.item import item

_COUNCIL_KINDS = frozenset({Kind.MEMBERSHIP, Kind.BUNDLE})


def anchor_part(keystores: Iterable[Keystore]) -> bytes:
    """Return the council's part of the anchor: its keys, canonical JSON."""
    rows = [
        {"member": held.desk.member, "signing": b64encode(held.public).decode()}
        for keystore in keystores
        for held in keystore.held(role=Role.SIGNING)
    ]
    rows.sort(key=lambda row: row["member"])
    return canonical.to_bytes({"council": rows})


def proposal_in(request: Sequence[Batch]) -> MembershipStatement:
    """Return the membership that a joining request proposes.

    Raises:
        VerificationError: There is not exactly one, it is not signed by the ROOT key that
            it names, or the rest is another state's.
    """
    proposals = [batch for batch in request if batch.head.sequence == PROPOSAL_NUMBER]
    bodies = [each.body for batch in proposals for each in batch.items]
    if len(bodies) != 1 or not isinstance(bodies[0], MembershipStatement):
        raise VerificationError("a joining request proposes one membership")
    (batch,), proposed = proposals, bodies[0]
    check_composite_key(proposed.root_key)
    verify_composite(proposed.root_key, batch.head_bytes, batch.value, BATCH_CONTEXT)
    named = (Desk(proposed.member, Office.STATE), key_id(proposed.root_key))
    if (batch.head.signer, batch.head.key_id) != named:
        raise VerificationError("a membership is proposed by the ROOT key that it names")
    if batch.head.size != 1 or batch.head.root != batch.items[0].leaf():
        raise VerificationError("the proposal is not what was signed")
    if any(each.head.signer.member != proposed.member for each in request):
        raise VerificationError("a joining request speaks for one state")
    return proposed


def name_members(
    desktop: Desktop, desk: Desk, proposals: Sequence[MembershipStatement]
) -> Batch:
    """Sign memberships; the signer counts as one of those who endorse.

    Raises:
        AbsentError: This council member's key is not here.
    """
    return sign_and_keep(desktop, _signer(desktop, desk), [item(each) for each in proposals])


def adopt_treaty(desktop: Desktop, desk: Desk, bundle: BundleStatement) -> Batch:
    """Sign the treaty layer's bundle.

    Raises:
        AbsentError: This council member's key is not here.
    """
    return sign_and_keep(desktop, _signer(desktop, desk), [item(bundle)])


def endorse_council(desktop: Desktop, desk: Desk, shown: Sequence[Batch]) -> Batch:
    """Endorse what colleagues signed: memberships and bundles of the treaty layer.

    Raises:
        VerificationError: They signed nothing that a council endorses.
        AbsentError: This council member's key is not here.
    """
    statements = [each for batch in shown for each in batch.items if _is_council(each)]
    if not statements:
        raise VerificationError("there is nothing here that a council endorses")
    items = [item(Endorsement(Digest(digest(each.payload)))) for each in statements]
    return sign_and_keep(desktop, _signer(desktop, desk), items)


def _is_council(shown: Item) -> bool:
    return shown.kind in _COUNCIL_KINDS


def _signer(desktop: Desktop, desk: Desk) -> Signer:
    held = desktop.keystore.held(desk, Role.SIGNING)
    if not held:
        raise AbsentError(f"the key of {desk} is not here")
    return Signer(desk, held[-1].key_id)
