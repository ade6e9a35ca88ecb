"""What an officer waits for: from the request to the matrix of 30 fields by 34 states.

A real node of the first state, with its store, its keys and the law that ships, in a log that
names every state and every law. Measured is all of `node.release.preview`: the line of the
journal made durable, the draft decrypted and read, the law in force looked up, every
recipient asked about, its own law of intake foreseen, and every cell with its articles.

*New* is a notice with facts about persons that this node was not asked about before; *seen* is
another notice with the same facts, and other texts, names and handles, as every notice has;
*again* is the same notice looked at once more. `preflight.store` is what journal and draft
take of it, by themselves.
"""

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from node.journal import Act
from node.people.person import Person, PersonRole
from node.release.desk import ReleaseDesk
from node.release.expectation import UNKNOWN
from node.release.intake import Intake
from node.release.preview import Asked, Preview, preview
from node.terminal.service import spare_the_collector
from tests.bench import caseload
from tests.bench.figures import Run
from tests.bench.hemisphere import Hemisphere
from valija.ids import Desk, NoticeId


def measure(run: Run, states: Sequence[str], folder: Path) -> None:
    """Measure matrices of all profiles, towards every state but the first."""
    exchange = Hemisphere(folder, members=states)
    with _spared():
        asyncio.run(_measure(run, exchange))


async def _measure(run: Run, exchange: Hemisphere) -> None:
    others = tuple(exchange.state(name).desk for name in exchange.members[1:])
    took: dict[str, list[float]] = {name: [] for name in ("new", "seen", "again", "store")}
    async with exchange.knowing() as node:
        desk = ReleaseDesk(node.parts, node.law, node.journal)
        officer = Officer(
            desk, Intake(node.parts.database, node.journal, exchange.clock), others
        )
        spare_the_collector()
        warm, *fresh = islice(caseload.profiles(), run.count(40, 3) + 1)
        await officer.looks(await officer.drafts(warm, "Warm"))
        for number, profile in enumerate(fresh):
            first = await officer.drafts(profile, f"Uno{number}")
            second = await officer.drafts(profile, f"Dos{number}")
            took["new"].append(await officer.looks(first))
            took["seen"].append(await officer.looks(second))
            took["again"].append(await officer.looks(second))
            took["store"].append(await officer.reads(second))
        desk.close()
    run.note("preflight.fields", caseload.FIELDS, "fields")
    run.note("preflight.recipients", len(others), "states")
    for name, seconds in took.items():
        run.note_times(f"preflight.{name}", seconds, 95)


class Officer:
    """Keeps drafts at one desk, and looks at their matrices."""

    def __init__(self, desk: ReleaseDesk, intake: Intake, others: Sequence[Desk]) -> None:
        self._desk = desk
        self._intake = intake
        self._others = tuple(others)
        self._person = Person("r.quispe", PersonRole.LIAISON, Desk.parse("AR/police"))

    async def drafts(self, profile: caseload.Profile, name: str) -> NoticeId:
        """Keep a draft."""
        return await self._intake.type_in(self._person, caseload.draft(profile, name))

    async def looks(self, notice: NoticeId) -> float:
        """Look at the matrix of a draft, and return how many seconds that took."""
        began = time.perf_counter()
        found = await preview(self._desk, self._person, notice, Asked(self._others))
        took = time.perf_counter() - began
        self._check(found)
        return took

    async def reads(self, notice: NoticeId) -> float:
        """Do what a look does beside the law, and return how many seconds that took."""
        began = time.perf_counter()
        await self._desk.load(self._person, notice)
        await self._desk.journal.write(Act(self._person.account, "liaison", "asked_law"))
        return time.perf_counter() - began

    def _check(self, found: Preview) -> None:
        """What was measured is a whole matrix under laws that are in force."""
        assert self._others == tuple(column.recipient for column in found.columns)
        assert {""} == {column.fault for column in found.columns}
        assert {caseload.FIELDS} == {len(column.cells) for column in found.columns}
        foreseen = [column.intake for column in found.columns if column.standing != "never"]
        assert foreseen
        assert all(one is not None and one.outcome != UNKNOWN for one in foreseen)


@contextmanager
def _spared() -> Iterator[None]:
    """Give the collector back as it was: other parts run in this process too."""
    usual = gc.get_threshold()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
