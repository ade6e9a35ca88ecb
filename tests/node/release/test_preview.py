"""What a node remembers of its law shows as what it would find out anew."""

import json

import pytest

from node.preflight.ruling import foresee
from node.release.desk import ReleaseDesk
from node.release.preview import Asked, Column, preview
from node.store import journal
from policies.corpus import Law
from tests.bench import caseload
from tests.node.offices import BR, CO, DRAFTER, MX, Bureau
from valija.errors import UnavailableError
from valija.ids import NoticeId

DESKS = (BR, CO, MX)
LANGUAGES = ("es", "en")


def unasked(bureau: Bureau) -> ReleaseDesk:
    """Return the same desk before its law was asked anything."""
    law = bureau.desk.law
    fresh = Law(law.bundles.values(), law.registry, law._schema, law.words)
    return ReleaseDesk(bureau.node.parts, fresh, bureau.desk.journal)


async def columns(desk: ReleaseDesk, notice: NoticeId, language: str) -> tuple[Column, ...]:
    return (await preview(desk, DRAFTER, notice, Asked(DESKS, language=language))).columns


async def test_a_matrix_is_the_same_whatever_was_looked_at_before(bureau: Bureau) -> None:
    profiles = list(caseload.profiles())[::17]
    for number, profile in enumerate((*profiles, *reversed(profiles))):
        record = json.loads(caseload.draft(profile, f"Caso{number}"))
        if number % 3 == 1:  # Persons in another order, with their roles.
            record["entities"][:3] = record["entities"][2::-1]
        if number % 3 == 2:  # Other names of rows: one section less before it.
            record["sections"] = record["sections"][1:]
        notice = await bureau.kept(record)
        for language in LANGUAGES:
            fresh = unasked(bureau)
            expected = await columns(fresh, notice, language)
            fresh.close()
            assert expected == await columns(bureau.desk, notice, language)
            assert 0 < len(expected[0].citations)


async def test_a_matrix_after_other_handles_names_its_own_fields(bureau: Bureau) -> None:
    profile = next(caseload.profiles())
    one, other = [await bureau.kept(json.loads(caseload.draft(profile, n))) for n in "AB"]
    for notice in (one, other):
        loaded = await bureau.desk.load(DRAFTER, notice)
        rulings = await bureau.desk.judge(loaded, [(desk, "") for desk in DESKS], foresee)
        paths = {field.path for field in loaded.draft.fields}
        paths |= {field.marker_path for field in loaded.draft.fields}
        frames = {frame.path for frame in loaded.draft.frames}
        for ruling in rulings:
            assert {path for path, _, _ in ruling.opened} <= paths | frames
            assert set(ruling.chosen) <= paths


async def test_nothing_is_shown_of_a_look_that_could_not_be_written(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await bureau.kept()

    def full(*_: object) -> int:
        raise UnavailableError("the disk is full")

    monkeypatch.setattr(journal, "append_all", full)
    with pytest.raises(UnavailableError, match="full"):
        await columns(bureau.desk, notice, "en")
