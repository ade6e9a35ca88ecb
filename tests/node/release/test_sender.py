"""Orders: what goes, what waits, and what an order may not do."""

import asyncio

import pytest

from node.knowledge import Knowledge
from node.release.order import Order
from node.store import decisions, drafts, journal, releases
from tests.node.offices import (
    AR,
    AUDITOR,
    BR,
    CHIEF,
    CO,
    DRAFTER,
    OTHER_DESK,
    PROSECUTOR,
    Bureau,
    draft,
    text,
)
from valija.errors import AbsentError, BarredError, MalformedError, UnavailableError
from valija.ids import Desk, NoticeId


async def test_personal_data_waits_for_a_second_person_and_nothing_leaves(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    assert {BR: "held"} == await bureau.codes(notice)
    (hold,) = bureau.holds(notice)
    assert ("approval:second_person", "Engine safety: four eyes") == (
        hold.condition,
        hold.article,
    )
    assert 0 == bureau.read(lambda tx: releases.revision(tx, notice))


async def test_sending_now_sends_what_the_law_spares_and_keeps_persons_back(
    bureau: Bureau,
) -> None:
    notice = await bureau.kept()
    assert {BR: "ready"} == await bureau.order(notice, BR, awaited=frozenset())
    (standing,) = bureau.read(lambda tx: decisions.standings(tx, notice))
    assert "ENG-SECOND: Engine safety: four eyes" in standing.citations


async def test_an_order_towards_one_desk_leaves_another_as_it_was(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    found = await bureau.order(notice, CO, awaited=frozenset(), purpose="prosecution")
    assert {BR: "held", CO: "ready"} == found
    wishes = {one.recipient: one for one in bureau.read(lambda tx: releases.find(tx, notice))}
    assert ("criminal_investigation", "prosecution") == (
        wishes[BR].purpose,
        wishes[CO].purpose,
    )
    assert (1, 0) == (len(wishes[BR].awaited), len(wishes[CO].awaited))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order(()), "an empty audience is nobody"),
        (Order((AR,)), "own desk"),
        (Order((Desk.parse("ZZ/police"),)), "no member has the desk ZZ/police"),
        (Order((Desk.parse("BR/state"),)), "no member has the desk"),
        (Order((BR,), awaited=frozenset({"aproval:second_person"})), "no such condition"),
        (Order(tuple(Desk.parse(f"Z{n}/police") for n in range(65))), "at most 64"),
    ],
)
async def test_an_order_that_cannot_mean_what_it_says_is_refused(
    bureau: Bureau, order: Order, said: str
) -> None:
    notice = await bureau.kept()
    with pytest.raises(MalformedError, match=said):
        await bureau.sender.send(DRAFTER, [notice], order)
    assert {} == await bureau.codes(notice)


async def test_a_desk_that_stands_further_on_in_the_log_is_not_called_unknown(
    bureau: Bureau,
) -> None:
    knowledge, notice = bureau.node.parts.knowledge, await bureau.kept()
    stranger = Desk.parse("ZZ/police")
    knowledge.read -= 1
    with pytest.raises(UnavailableError, match=rf"read {knowledge.read} of {knowledge.size} "):
        await bureau.order(notice, stranger)
    knowledge.read += 1
    with pytest.raises(MalformedError, match="no member has the desk ZZ/police"):
        await bureau.order(notice, stranger)
    assert {} == await bureau.codes(notice)


async def test_how_far_a_node_read_outlives_it(bureau: Bureau) -> None:
    parts = bureau.node.parts
    again = Knowledge.load(parts.knowledge.anchor, parts.database)
    assert (parts.knowledge.size, parts.knowledge.size) == (again.size, again.read)


@pytest.mark.parametrize("person", [CHIEF, AUDITOR], ids=["supervisor", "auditor"])
async def test_a_role_that_sends_nothing_is_refused(bureau: Bureau, person: object) -> None:
    notice = await bureau.kept()
    with pytest.raises(BarredError):
        await bureau.sender.send(person, [notice], Order((BR,)))  # type: ignore[arg-type]


async def test_another_desks_draft_and_none_at_all_are_not_told_apart(
    bureau: Bureau,
) -> None:
    notice = await bureau.kept()
    said = set()
    for person, name in ((OTHER_DESK, notice), (DRAFTER, NoticeId(bytes(16)))):
        with pytest.raises(AbsentError) as refusal:
            await bureau.sender.send(person, [name], Order((BR,)))
        said.add(str(refusal.value))
    assert 1 == len(said)


async def test_a_draft_named_twice_goes_once(bureau: Bureau) -> None:
    notice = await bureau.kept()
    order = Order((BR, BR), awaited=frozenset())
    found = await bureau.sender.send(DRAFTER, [notice, notice], order)
    assert [BR] == [one.recipient for one in found[notice]]
    assert 1 == bureau.read(lambda tx: releases.revision(tx, notice))


async def test_two_orders_at_once_both_stand(bureau: Bureau) -> None:
    notice = await bureau.kept()
    await asyncio.gather(
        bureau.order(notice, BR),
        bureau.order(notice, CO, by=PROSECUTOR),
        bureau.order(notice, CO, awaited=frozenset()),
    )
    assert {BR, CO} == {
        one.recipient for one in bureau.read(lambda tx: releases.find(tx, notice))
    }
    assert "held" == (await bureau.codes(notice))[BR]


async def test_a_text_that_changes_while_the_law_is_asked_does_not_leave(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await bureau.kept()
    asked = bureau.sender.judged

    async def slow(*of: object) -> object:
        ready = await asked(*of)  # type: ignore[arg-type]
        changed = draft() | {"type": "network", "date": "2026-11-23"}
        bureau.write(lambda tx: drafts.change(tx, notice, text(changed), bureau.now))
        return ready

    monkeypatch.setattr(bureau.sender, "judged", slow)
    with pytest.raises(UnavailableError, match="changed meanwhile; nothing was sent"):
        await bureau.order(notice, BR, awaited=frozenset())
    assert {} == await bureau.codes(notice)
    assert () == bureau.read(lambda tx: releases.find(tx, notice))


async def test_a_draft_that_may_not_go_stops_the_whole_call(bureau: Bureau) -> None:
    good = await bureau.kept()
    bad = draft()
    bad["summary"]["es"]["text"] += " Llamar a Baltasar Quiroga Tintaya."
    other = await bureau.kept(bad)
    with pytest.raises(MalformedError, match="holds what belongs in a field") as refusal:
        await bureau.sender.send(DRAFTER, [good, other], Order((BR,)))
    assert "Baltasar" not in str(refusal.value)
    assert {} == await bureau.codes(good)


async def test_what_went_before_a_later_failure_is_said(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.release.sender._AT_ONCE", 1)
    first, second = await bureau.kept(), await bureau.kept()
    asked = bureau.sender.judged

    async def failing(loaded: object, wishes: object) -> object:
        ready = await asked(loaded, wishes)  # type: ignore[arg-type]
        if ready.notice == second:
            raise AbsentError("BR/police has no sealing key in force")
        return ready

    monkeypatch.setattr(bureau.sender, "judged", failing)
    with pytest.raises(UnavailableError, match="the first 1 of 2 drafts are ordered"):
        await bureau.sender.send(DRAFTER, [first, second], Order((BR,)))
    assert {BR: "held"} == await bureau.codes(first)
    assert {} == await bureau.codes(second)


async def test_the_journal_says_who_ordered_and_for_which_purpose(bureau: Bureau) -> None:
    notice = await bureau.kept()
    await bureau.order(notice, BR, purpose="prosecution")
    assert [
        ("r.quispe", "drafted", ""),
        ("r.quispe", "asked_law", "prosecution"),
    ] == bureau.acts(notice)
    assert bureau.read(journal.verify)


async def test_a_state_without_agreement_is_barred(bureau: Bureau) -> None:
    notice = await bureau.kept()
    found = await bureau.order(notice, BR, purpose="immigration_enforcement")
    assert {BR: "barred"} == found
    assert [] == bureau.holds(notice)
