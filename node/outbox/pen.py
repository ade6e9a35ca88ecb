"""Which key signs for a desk now, and how.

It promises that a desk signs only with a key that the log says is in force and that this
node holds; of several, with the latest. It signs nothing itself: `node.keystore` does.

Source: docs/envelope.md, section 3.6, step 4; section 5, Role by kind.
"""

from node.outbox.numbering import Pen
from node.parts import Parts
from valija.batch import Signer
from valija.clock import minute_of
from valija.errors import AbsentError, SignatureError
from valija.ids import Desk
from valija.statement import Role


def pen_of(parts: Parts, desk: Desk) -> Pen:
    """Return what signs for a desk.

    Raises:
        AbsentError: No SIGNING key of this desk that this node holds is in force.
    """
    now, directory = minute_of(parts.clock.now()), parts.knowledge.directory
    for held in reversed(parts.keystore.held(desk, Role.SIGNING)):
        try:
            directory.signing_key(desk, held.key_id, now)
        except SignatureError:
            continue
        return Pen(Signer(desk, held.key_id), parts.keystore.sign_head)
    raise AbsentError(f"no signing key of {desk} is in force here")
