"""A state's first day: its keys, and the request by which it asks to be let in.

It promises that every secret is made here and stays here, that ROOT lies in a file of its
own which is carried away, and that the request holds statements only, signed by the keys
that may: ROOT for SIGNING and WITNESS, each desk's SIGNING for its SEALING and TLS. The key
of the state's oversight is made elsewhere and only named here (`node.genesis.oversight`).
The council decides about the request (`node.genesis.council`).

Source: docs/envelope.md, section 5 (roles, lives, Genesis 2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from node.genesis.signing import Desktop, sign_and_keep
from node.keystore import Keystore
from node.keystore.privatekey import Held
from valija.batch import Batch, Item, Signer, sign_batch
from valija.certificate import LOOPBACK, parse_certificate
from valija.clock import MINUTES_A_DAY, Minute, minute_of
from valija.errors import AbsentError
from valija.head import ChainPoint
from valija.ids import ZERO_DIGEST, Desk, Digest, Member, Office, digest
from valija.statement import KeyStatement, MembershipStatement, Role
from valija.wire.item import item
from valija.wire.statement import statement_bytes

PROPOSAL_NUMBER = 2**64 - 1
"""A proposal is no batch of the state's chain: it stands at a number that no desk reaches."""
SEALING_WEEKS = 3
"""Epochs made at once: this week's key, and two published ahead."""
_ROOT_DAYS = 5 * 365
_SIGNING_DAYS = 365
_WEEK_DAYS = 7
_OVERLAP_DAYS = 1
_POSSESSED = frozenset({Role.SIGNING, Role.WITNESS})


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who asks to join.

    Attributes:
        member: Its code.
        name: Its name, as it writes it.
        desks: Its desks besides STATE whose keys its node holds.
        hosts: Names and addresses that its certificates may be shown at.
        oversight: The key of its data-protection authority, as that made it; None: it has
            none, so no law of its comes into force that opens anything.
    """

    member: Member
    name: str
    desks: tuple[Desk, ...]
    hosts: tuple[str, ...] = LOOPBACK
    oversight: KeyStatement | None = None

    @property
    def state(self) -> Desk:
        """The desk of the member itself."""
        return Desk(self.member, Office.STATE)

    @property
    def offices(self) -> tuple[Office, ...]:
        """Every office that it asks for, in the order of the list."""
        also = () if self.oversight is None else (Office.OVERSIGHT,)
        return tuple(sorted({*(desk.office for desk in self.desks), *also}))


def make_root(root: Keystore, candidate: Candidate, now: datetime) -> Held:
    """Make the ROOT key, in a key store of its own."""
    (held,) = root.generate([(candidate.state, Role.ROOT)], now)
    return held


def make_keys(keystore: Keystore, candidate: Candidate, now: datetime) -> tuple[Held, ...]:
    """Make every other key of a node: WITNESS once, and for each desk the rest."""
    wanted = [(candidate.state, Role.WITNESS)]
    for desk in candidate.desks:
        wanted += [(desk, Role.SIGNING), (desk, Role.TLS)]
        if desk.office is not Office.OVERSIGHT:
            wanted += [(desk, Role.SEALING)] * SEALING_WEEKS
    return keystore.generate(wanted, now, candidate.hosts)


def propose(root: Keystore, candidate: Candidate, now: datetime) -> Batch:
    """Return the proposed membership under the ROOT key's own signature.

    Raises:
        AbsentError: ROOT was not made.
    """
    held = _held(root, candidate.state, Role.ROOT)[0]
    since = minute_of(now)
    proposed = MembershipStatement(
        member=candidate.member,
        name=candidate.name,
        offices=candidate.offices,
        root_key=held.public,
        since=since,
        until=_later(since, _ROOT_DAYS),
        replaces=ZERO_DIGEST,
    )
    point = ChainPoint(PROPOSAL_NUMBER - 1, ZERO_DIGEST)
    signer = Signer(candidate.state, held.key_id)
    return sign_batch(signer, point, [item(proposed)], root.sign_head)


def state_keys(desktop: Desktop, root: Keystore, candidate: Candidate) -> tuple[Batch, ...]:
    """Sign and keep the statements of all keys of a node, in the order they must be logged.

    Args:
        desktop: The node's store, keys and clock.
        root: Holds ROOT.
        candidate: Whose keys.

    Raises:
        AbsentError: A key was not made.
    """
    now = minute_of(desktop.clock.now())
    by_root = Desktop(desktop.database, root, desktop.clock)
    rooted = _held(root, candidate.state, Role.ROOT)[0]
    first = [
        *_statements(desktop.keystore, candidate.state, Role.WITNESS, now),
        *(
            s
            for d in candidate.desks
            for s in _statements(desktop.keystore, d, Role.SIGNING, now)
        ),
    ]
    if candidate.oversight is not None:
        first.append(item(candidate.oversight))
    batches = [sign_and_keep(by_root, Signer(candidate.state, rooted.key_id), first)]
    for desk in candidate.desks:
        signing = _held(desktop.keystore, desk, Role.SIGNING)[-1]
        own = list(_statements(desktop.keystore, desk, Role.TLS, now))
        if desk.office is not Office.OVERSIGHT:
            own += _statements(desktop.keystore, desk, Role.SEALING, now)
        batches.append(sign_and_keep(desktop, Signer(desk, signing.key_id), own))
    return tuple(batches)


def _statements(keystore: Keystore, desk: Desk, role: Role, now: Minute) -> Iterable[Item]:
    """Yield one statement a key of a role, oldest first, each naming the one before."""
    before = ZERO_DIGEST
    for epoch, held in enumerate(_held(keystore, desk, role)):
        since, until = _life(held, now, epoch)
        statement = KeyStatement(desk, role, held.public, since, until, before)
        if role in _POSSESSED:
            proof = keystore.prove_possession(held.key_id, statement_bytes(statement))
            statement = replace(statement, possession=proof)
        before = Digest(digest(statement_bytes(statement)))
        yield item(statement)


def _life(held: Held, now: Minute, epoch: int) -> tuple[Minute, Minute]:
    if held.role is Role.TLS:
        return now, parse_certificate(held.public).until
    if held.role is Role.SEALING:
        since = _later(now, _WEEK_DAYS * epoch)
        return since, _later(since, _WEEK_DAYS + _OVERLAP_DAYS)
    return now, _later(now, _SIGNING_DAYS)


def _later(minute: Minute, days: int) -> Minute:
    return Minute(minute + days * MINUTES_A_DAY)


def _held(keystore: Keystore, desk: Desk, role: Role) -> Sequence[Held]:
    found = keystore.held(desk, role)
    if not found:
        raise AbsentError(f"no {role.name} key of {desk} was made")
    return found
