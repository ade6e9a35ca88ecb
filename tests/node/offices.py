"""Officers at work in one real node that knows a real log: for tests of its doors.

The exchange runs once, until Argentina's node has verified the log of the first day; each test
gets a copy of its folder. The outbox is the real one: what it seals waits for a broker.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from node.assembly import Assembly
from node.people import local
from node.people.person import Person, PersonRole
from node.release.approver import Approver
from node.release.desk import ReleaseDesk
from node.release.intake import Intake
from node.release.order import Order
from node.release.sender import Sender
from node.release.withdrawer import Withdrawer
from node.release.word import Word
from node.store import journal, risks, waits
from node.store.database import Transaction
from node.store.decisions import Hold
from tests.node.exchange import Exchange
from valija.clock import Minute, minute_of
from valija.ids import Desk, NoticeId, Office

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
AR, BR, CO, MX = (Desk.parse(f"{code}/police") for code in ("AR", "BR", "CO", "MX"))
JUDGE, CENTRAL = Desk.parse("BR/judicial"), Desk.parse("BR/central")
DRAFTER = Person("r.quispe", PersonRole.LIAISON, AR)
CHIEF = Person("m.sosa", PersonRole.SUPERVISOR, AR)
PROSECUTOR = Person("d.luna", PersonRole.PROSECUTOR, AR)
AUDITOR = Person("a.audit", PersonRole.AUDITOR, AR)
SECURITY = Person("s.keys", PersonRole.SECURITY, AR)
OTHER_DESK = Person("j.other", PersonRole.PROSECUTOR, Desk.parse("AR/judicial"))
EVERYBODY = (DRAFTER, CHIEF, PROSECUTOR, AUDITOR, SECURITY, OTHER_DESK)
SEEN = Word("approval:second_person", yes=True, words="checked against file 12/2026")
Found = TypeVar("Found")
OFFICES = (Office.POLICE, Office.JUDICIAL, Office.CENTRAL)


def draft(name: str = "network") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return found


def text(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


@dataclass
class Bureau:
    """One state's node with everybody who works in it."""

    node: Assembly
    desk: ReleaseDesk
    sender: Sender
    approver: Approver
    withdrawer: Withdrawer
    intake: Intake
    tokens: dict[str, str]

    @property
    def now(self) -> Minute:
        return minute_of(self.node.parts.clock.now())

    async def kept(self, record: Mapping[str, Any] | None = None) -> NoticeId:
        """Keep a draft of the demo, or another."""
        return await self.intake.type_in(DRAFTER, text(record or draft()))

    async def ordered(self, *recipients: Desk, **wishes: object) -> NoticeId:
        """Keep a draft and order it out."""
        notice = await self.kept()
        await self.order(notice, *recipients, **wishes)
        return notice

    async def order(
        self, notice: NoticeId, *recipients: Desk, by: Person = DRAFTER, **wishes: object
    ) -> dict[Desk, str]:
        found = await self.sender.send(
            by,
            [notice],
            Order(recipients, **wishes),  # type: ignore[arg-type]  # Fields of the same class.
        )
        return {one.recipient: one.code for one in found[notice]}

    async def codes(self, notice: NoticeId) -> dict[Desk, str]:
        return {one.recipient: one.code for one in await self.sender.states(notice)}

    def holds(self, notice: NoticeId, condition: str = "") -> list[Hold]:
        rows = self.read(lambda tx: waits.at_desk(tx, AR))
        return [
            one for one in rows if one.notice == notice and condition in {"", one.condition}
        ]

    async def approve(self, notice: NoticeId, by: Person = CHIEF, word: Word = SEEN) -> None:
        """Give a word to the first hold of its condition."""
        (hold, *_) = self.holds(notice, word.condition)
        await self.approver.answer(by, hold.id, word)

    def read(self, work: Callable[[Transaction], Found]) -> Found:
        return self.node.parts.database.read_now(work)

    def write(self, work: Callable[[Transaction], Found]) -> Found:
        return self.node.parts.database.write_now("test", work)

    def acts(self, notice: NoticeId) -> list[tuple[str, str, str]]:
        rows = self.read(lambda tx: journal.page(tx, 0, 100, notice.hex()))
        return [(row.who, row.act, row.purpose) for row in rows]


@asynccontextmanager
async def open_bureau(exchange: Exchange) -> AsyncIterator[Bureau]:
    """Open Argentina's node of an exchange that it has learned, and enrol everybody."""
    async with exchange.state("AR").open(exchange.clock) as node:
        parts = node.parts
        desk = ReleaseDesk(parts, node.law, node.journal)
        sender = Sender(desk, node.outbox)

        def enrol(tx: Transaction) -> dict[str, str]:
            for desk in (BR, CO, MX, JUDGE, CENTRAL):
                far = Minute(minute_of(parts.clock.now()) + 1000)
                risks.put(tx, risks.RiskRow(desk, "none", "no", "no", "d.luna", far))
            return {
                one.account: local.enrol(tx, one.account, one.role, one.desk, parts.clock)
                for one in EVERYBODY
            }

        tokens = parts.database.write_now("people", enrol)
        try:
            intake = Intake(parts.database, node.journal, parts.clock)
            approver, withdrawer = Approver(desk, sender), Withdrawer(desk)
            yield Bureau(node, desk, sender, approver, withdrawer, intake, tokens)
        finally:
            desk.close()
