"""Two nodes alike but for one thing: in one of them the police desk has something.

Both are Argentina's, copied from one that knows the log. The judicial desk has the same in
both: a draft and three notices that arrived. In the fuller one the police desk has a draft
that waits, a word, one that was taken back, what is owed for it, the same register's file, and
notices that arrived between those of the judicial desk: kept, held and refused.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from node.outbox.numbering import sign_waiting
from node.outbox.pen import pen_of
from node.release.intake import Intake
from node.store import evidence, received
from tests.node.exchange import Exchange
from tests.node.gateway.counter import Counter, served
from tests.node.offices import (
    AR,
    BR,
    DRAFTER,
    OTHER_DESK,
    PROSECUTOR,
    Bureau,
    draft,
    open_bureau,
    text,
)
from tests.node.preflight.matrices import DEMO, victims
from tests.node.release import consenting
from valija.clock import Day, Minute
from valija.ids import Desk, LabelId, LeafIndex, NoticeId, digest

STATES = (received.KEPT, received.HELD, received.REFUSED)
_LOGGED = Minute(29_000_000)


@dataclass(frozen=True, slots=True)
class Things:
    """What somebody might ask for by name: of the police desk, or of nobody.

    Attributes:
        draft: A draft or notice.
        hold: Something that waits.
        word: A word that was given.
        withdrawn: A word that was taken back.
        labels: Notices that arrived: one kept, one held, one refused.
    """

    draft: str
    hold: str
    word: str
    withdrawn: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A served node, what the judicial desk has there, and what it has no right to know of."""

    counter: Counter
    own: str
    things: Things
    register: bytes
    profile: str


@asynccontextmanager
async def both(learned: Exchange, folder: Path) -> AsyncIterator[tuple[Situation, Situation]]:
    """Serve the node where nothing is held, and the one where it is and is not to be known."""
    async with (
        _situation(learned.moved(folder / "bare"), folder, full=False) as bare,
        _situation(learned.moved(folder / "full"), folder, full=True) as full,
    ):
        yield bare, full


@asynccontextmanager
async def _situation(
    exchange: Exchange, folder: Path, *, full: bool
) -> AsyncIterator[Situation]:
    register, profile = _register(folder)
    async with open_bureau(exchange) as bureau, served(bureau) as counter:
        own = await bureau.intake.type_in(OTHER_DESK, text(draft()))
        for place, state in enumerate(STATES):
            arrive(bureau, OTHER_DESK.desk, 2 * place, state)
            if full:
                arrive(bureau, AR, 2 * place + 1, state)
        things = await _police(bureau, register, profile) if full else _nobodys()
        yield Situation(counter, own.hex(), things, register.read_bytes(), profile)


async def _police(bureau: Bureau, register: Path, profile: str) -> Things:
    waiting = await bureau.ordered(BR)
    (hold, *_) = bureau.holds(waiting)
    sealed = await consenting.sealed(bureau)
    parts = bureau.node.parts
    bureau.write(lambda tx: sign_waiting(tx, AR, pen_of(parts, AR), bureau.now))
    words = bureau.read(lambda tx: evidence.of_notice(tx, sealed))
    consent = next(one for one in words if one.token == "consent_evidence")
    await bureau.withdrawer.withdraw(PROSECUTOR, consent.id, "she asked for it")
    async for _ in Intake.import_file(bureau.intake, DRAFTER, profile, register):
        pass
    kept = next(one for one in words if one.id != consent.id)
    labels = tuple(label_of(2 * place + 1).hex() for place in range(len(STATES)))
    return Things(waiting.hex(), hold.id.hex(), kept.id.hex(), consent.id.hex(), labels)


def _nobodys() -> Things:
    name, hold, word, withdrawn = (token_bytes(16).hex() for _ in range(4))
    labels = tuple(token_bytes(32).hex() for _ in STATES)
    return Things(name, hold, word, withdrawn, labels)


def _register(folder: Path) -> tuple[Path, str]:
    victims(folder)
    words = (DEMO / "register.toml").read_text(encoding="utf-8")
    return folder / "register.xlsx", words.replace("RETENTION", "2027-11-23")


def label_of(number: int) -> bytes:
    """Return the digest of a label that arrived, the same in both situations."""
    return digest(b"label %d" % number)


def arrive(bureau: Bureau, desk: Desk, number: int, state: str) -> None:
    """Put a verified arrival into a desk's inbox."""
    name = sha256(b"arrival %d" % number).digest()
    arrival = received.Arrival(
        number=0,
        desk=desk,
        label=digest(b"label %d" % number),
        originator=BR,
        label_id=LabelId(name[:16]),
        notice=NoticeId(name[16:]),
        version=1,
        leaf_index=LeafIndex(40 + number),
        logged=_LOGGED,
        stored=_LOGGED,
        expires=Day(_LOGGED // 1440 + 9),
        urgent=False,
        pair_sequence=number + 1,
        tree_size=60,
        delivery=b"a delivery",
        state=state,
        type="network",
        purpose="criminal_investigation",
    )
    bureau.write(lambda tx: received.add(tx, arrival))
