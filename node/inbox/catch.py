"""One response of the Deliver stream, verified: what may be stored, and what is kept aside.

It promises the numbered order of docs/envelope.md, section 3.6, steps 2 to 6, for every
delivery by itself: one that fails is kept aside with its error, and the others go on. It
reads no store and writes nothing; `node.inbox.storing` does, in one commit.

Source: docs/envelope.md, section 3.6; section 4, The directory has a channel.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from node.store.log import Entry, Noted
from node.store.quarantine import Suspect
from node.store.receipts import Slip
from valija.authority import apply_statement
from valija.checkpoint import VerifiedCheckpoint
from valija.clock import Minute, day_of
from valija.delivery import Reader, verify_delivery
from valija.directory import Directory
from valija.envelope import VerifiedEnvelope
from valija.errors import DuplicateError, ValijaError
from valija.head import parse_head
from valija.ids import Desk, Digest, LeafIndex, digest
from valija.logged import Delivery
from valija.receipt import VerifiedReceipt
from valija.statement import VerifiedStatement
from valija.verifier import HeadVerifier
from valija.wire.deliver import delivery_bytes

Known = Callable[[Digest], LeafIndex | None]
"""Says at which leaf a desk holds a label, if it does."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A verified envelope and the exact delivery that it came in."""

    envelope: VerifiedEnvelope
    delivery: bytes


@dataclass(slots=True)
class Catch:
    """What one response holds for a desk.

    Attributes:
        desk: Whose inbox.
        directory: The directory after every statement in it.
        arrived: Verified envelopes, in the order they came.
        slips: Verified receipts.
        entries: Verified statements of the directory.
        suspects: What did not verify.
        verified: Digests of the payloads of all that did.
    """

    desk: Desk
    directory: Directory
    arrived: list[Arrived] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    verified: list[Digest] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """With what a desk reads.

    Attributes:
        checkpoint: Verified; every proof leads to it.
        noted: The same, as the store keeps it.
        verifier: Remembers heads that were verified.
        known: Which labels the desk holds.
        learned: Leaf and place of each statement that the directory holds.
        now: The minute.
    """

    checkpoint: VerifiedCheckpoint
    noted: Noted
    verifier: HeadVerifier
    known: Known
    learned: AbstractSet[tuple[int, int]]
    now: Minute


def read_deliveries(catch: Catch, deliveries: tuple[Delivery, ...], reading: Reading) -> Catch:
    """Verify deliveries one by one, and sort them into `catch`.

    A label that the desk holds from the same leaf is the same again, and is passed over.
    """
    for delivery in deliveries:
        exact = delivery_bytes(delivery)
        try:
            _read(catch, delivery, exact, reading)
            catch.verified.append(digest(delivery.logged.item.payload))
        except DuplicateError as error:
            if error.leaf_index != delivery.logged.proof.leaf_index:
                catch.suspects.append(_suspect(catch.desk, delivery, exact, error, reading))
        except ValijaError as error:
            catch.suspects.append(_suspect(catch.desk, delivery, exact, error, reading))
    return catch


def _read(catch: Catch, delivery: Delivery, exact: bytes, reading: Reading) -> None:
    reader = Reader(
        desk=catch.desk,
        directory=catch.directory,
        verifier=reading.verifier,
        known=reading.known,
        today=day_of(reading.now),
    )
    verified = verify_delivery(delivery, reading.checkpoint, reader)
    if isinstance(verified, VerifiedEnvelope):
        catch.arrived.append(Arrived(verified, exact))
    elif isinstance(verified, VerifiedReceipt):
        catch.slips.append(_slip(verified, exact))
    else:
        _learn(catch, delivery, exact, verified, reading)


def _learn(
    catch: Catch,
    delivery: Delivery,
    exact: bytes,
    verified: VerifiedStatement,
    reading: Reading,
) -> None:
    """Let the directory grow by a statement, unless the node learned it from another desk."""
    place = delivery.logged.signature.index
    if (verified.leaf_index, place) in reading.learned:
        return
    catch.directory = apply_statement(catch.directory, verified)
    catch.entries.append(
        Entry(
            leaf_index=verified.leaf_index,
            place=place,
            logged=verified.logged,
            signer=verified.signer,
            key_id=parse_head(delivery.logged.signature.head).key_id,
            kind=verified.kind,
            payload=verified.payload,
            proof=exact,
        )
    )


def _slip(verified: VerifiedReceipt, exact: bytes) -> Slip:
    receipt = verified.body
    return Slip(
        subject=receipt.subject,
        event=int(receipt.event),
        desk=receipt.desk,
        signer=verified.signer,
        at=receipt.at,
        ground=receipt.ground,
        role=receipt.role,
        leaf_index=verified.leaf_index,
        logged=exact,
    )


def _suspect(
    desk: Desk, delivery: Delivery, exact: bytes, error: ValijaError, reading: Reading
) -> Suspect:
    return Suspect(
        desk=desk,
        leaf_index=delivery.logged.proof.leaf_index,
        subject=digest(delivery.logged.item.payload),
        error=type(error).__name__,
        clause=str(error),
        at=reading.now,
        tree_size=reading.noted.size,
        delivery=exact,
    )
