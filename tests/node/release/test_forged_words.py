"""Whoever writes in a node's database tries to open what nobody opened; nothing leaves."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from node.release.attested import Worth, attest
from node.release.filed import CONSENT
from node.store import batches, decisions, evidence, outbox, sent
from node.store.database import Transaction
from node.store.records import open_record
from node.store.releases import WISHES
from node.store.tables import EVIDENCE, HOLDS
from node.store.withdrawals import WITHDRAWALS
from tests.node.offices import AR, BR, CHIEF, CO, DRAFTER, PROSECUTOR, SEEN, Bureau
from tests.node.release.consenting import ordered, sealed, victim
from valija.clock import SystemClock, day_of
from valija.errors import ValijaError
from valija.ids import Desk, NoticeId

APPROVAL = SEEN.condition


def alter(bureau: Bureau, about: NoticeId, which: str, **values: object) -> None:
    """Write in the row of a word behind the node's back."""
    where = (EVIDENCE.c.notice == about) & (EVIDENCE.c.token == which)
    bureau.write(lambda tx: tx.connection.execute(update(EVIDENCE).where(where).values(values)))


async def ordered_again(bureau: Bureau, notice: NoticeId) -> str:
    """Order a notice to Brazil, and return how the law's word on it stands now."""
    await bureau.order(notice, BR)
    standings = bureau.read(lambda tx: decisions.standings(tx, notice))
    return next(one.rank for one in standings if one.recipient == BR)


def waiting(bureau: Bureau) -> int:
    return bureau.read(lambda tx: outbox.count(tx, AR))


async def worths(bureau: Bureau, notice: NoticeId) -> list[str]:
    return [str(one.worth) for one in await bureau.withdrawer.given(CHIEF, notice)]


async def approved_for_colombia(bureau: Bureau) -> NoticeId:
    """Return a notice that was approved for Colombia, and waits towards Brazil."""
    notice = await bureau.kept(victim())
    await bureau.order(notice, CO)
    await bureau.approve(notice)
    assert {CO: "ready"} == await bureau.codes(notice)
    await bureau.order(notice, BR)
    return notice


ALTERED: tuple[dict[str, Any], ...] = (
    {"token": "approval:prosecutor"},
    {"by": "d.luna"},
    {"role": "prosecutor"},
    {"at": 1},
    {"until": 2**31 - 1},
    {"key_id": b"k" * 16},
    {"signature": b"s" * 3373},
    {"signature": None},
    {"body_sealed": b"nothing"},
)


@pytest.mark.parametrize("values", ALTERED, ids=lambda values: next(iter(values)))
async def test_a_word_altered_in_the_store_opens_nothing_and_is_called_so(
    bureau: Bureau, values: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    notice = await sealed(bureau)
    alter(bureau, notice, APPROVAL, **values)
    assert "held" == await ordered_again(bureau, notice)
    assert 1 == waiting(bureau)  # What was sealed under the true word, and no more.
    called = "unsigned" if values == {"signature": None} else "altered"
    assert {"counts", called} == set(await worths(bureau, notice))
    assert "word_not_verified" in capsys.readouterr().out


async def test_a_word_for_one_desk_cannot_be_stretched_to_another_in_the_store(
    bureau: Bureau,
) -> None:
    notice = await approved_for_colombia(bureau)
    assert "held" == (await bureau.codes(notice))[BR]
    row = next(r for r in rows(bureau, notice) if r.token == APPROVAL)
    wider = row.body.replace(b"CO/police", b"BR/police")

    def stretch(tx: Transaction) -> None:
        sealed_body = open_record(tx, "evidence", row.id).seal("body", wider)
        tx.connection.execute(
            update(EVIDENCE).where(EVIDENCE.c.id == row.id).values(body_sealed=sealed_body)
        )

    bureau.write(stretch)
    assert "held" == await ordered_again(bureau, notice)
    assert "altered" in await worths(bureau, notice)


def rows(bureau: Bureau, notice: NoticeId) -> tuple[evidence.Evidence, ...]:
    return bureau.read(lambda tx: evidence.of_notice(tx, notice))


async def test_a_word_given_for_one_notice_opens_no_other(bureau: Bureau) -> None:
    given = await sealed(bureau)
    other = await ordered(bureau)
    alter(bureau, given, APPROVAL, notice=other)
    assert {BR: "held"} == await bureau.order(other, BR)
    assert sorted(["counts", "altered"]) == sorted(await worths(bureau, other))


async def test_a_word_copied_under_another_id_opens_nothing(bureau: Bureau) -> None:
    given = await sealed(bureau)
    other = await ordered(bureau)

    def copy(tx: Transaction) -> None:
        query = select(EVIDENCE).where(EVIDENCE.c.notice == given, EVIDENCE.c.token == APPROVAL)
        row = tx.connection.execute(query).one()._asdict()
        tx.connection.execute(insert(EVIDENCE), row | {"id": b"c" * 16, "notice": other})

    bureau.write(copy)
    assert {BR: "held"} == await bureau.order(other, BR)
    assert "altered" in await worths(bureau, other)


async def test_a_word_that_another_desk_gave_opens_nothing_here(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    (row,) = [one for one in rows(bureau, notice) if one.token == APPROVAL]
    judicial = Desk.parse("AR/judicial")
    other = attest(row, judicial, bureau.desk.sign_at(judicial))
    alter(bureau, notice, APPROVAL, key_id=other.key_id, signature=other.signature)
    assert "held" == await ordered_again(bureau, notice)


async def test_a_hold_closed_in_the_store_lets_nothing_go(bureau: Bureau) -> None:
    notice = await ordered(bureau)
    bureau.write(
        lambda tx: tx.connection.execute(
            update(HOLDS).where(HOLDS.c.notice == notice).values(closed=1, evidence=b"e" * 16)
        )
    )
    assert {BR: "held"} == await bureau.order(notice, BR)
    assert 0 == waiting(bureau)


async def test_a_withdrawn_word_does_not_come_back_when_its_withdrawal_is_deleted(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    (given,) = [one for one in rows(bureau, notice) if one.token == CONSENT]
    await bureau.withdrawer.withdraw(DRAFTER, given.id, "she asked for it")
    bureau.write(lambda tx: tx.connection.execute(delete(WITHDRAWALS)))
    assert {BR: "held"} == await bureau.order(notice, BR)
    assert ["withdrawn", "withdrawn"] == await worths(bureau, notice)
    await bureau.approve(notice, PROSECUTOR)
    assert not await shows_a_name(bureau, notice)


async def test_a_withdrawal_turned_towards_another_word_closes_that_and_its_own(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    (given,) = [one for one in rows(bureau, notice) if one.token == CONSENT]
    await bureau.withdrawer.withdraw(DRAFTER, given.id, "she asked for it")
    bureau.write(
        lambda tx: tx.connection.execute(update(WITHDRAWALS).values(evidence=b"z" * 16))
    )
    await bureau.order(notice, BR)
    assert not await shows_a_name(bureau, notice)


async def test_a_withdrawn_consent_that_is_renamed_is_withdrawn_still(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    (given,) = [one for one in rows(bureau, notice) if one.token == CONSENT]
    await bureau.withdrawer.withdraw(DRAFTER, given.id, "she asked for it")
    alter(bureau, notice, CONSENT, token="judicial_ref")
    await bureau.order(notice, BR)
    assert not await shows_a_name(bureau, notice)


@pytest.mark.parametrize(
    "attack",
    [
        lambda tx, notice: tx.connection.execute(
            delete(EVIDENCE).where(EVIDENCE.c.notice == notice, EVIDENCE.c.token == CONSENT)
        ),
        lambda tx, notice: tx.connection.execute(
            update(EVIDENCE).where(EVIDENCE.c.notice == notice).values(signature=None)
        ),
    ],
    ids=["deleted", "unsigned"],
)
async def test_an_order_whose_signed_consent_is_gone_goes_without_it(
    bureau: Bureau, attack: Callable[[Transaction, NoticeId], object]
) -> None:
    notice = await ordered(bureau)
    bureau.write(lambda tx: attack(tx, notice))
    await bureau.approve(notice)
    assert not await shows_a_name(bureau, notice)


async def shows_a_name(bureau: Bureau, notice: NoticeId) -> bool:
    """Tell whether the last envelope of a notice holds the invented victim's name."""
    passages = bureau.read(lambda tx: sent.passages(tx, notice))
    if not passages:
        return False
    source = bureau.read(lambda tx: sent.envelope(tx, passages[-1].envelope)).source
    return b"Tupayachi" in source


class Shifted:
    """A clock that somebody set."""

    def __init__(self, clock: SystemClock, by: timedelta) -> None:
        self._clock = clock
        self._by = by

    def now(self) -> datetime:
        return self._clock.now() + self._by


@pytest.mark.parametrize(
    ("days", "worth"), [(-1, Worth.NOT_YET), (2, Worth.EXPIRED)], ids=["back", "on"]
)
async def test_a_clock_that_was_set_makes_no_word_count(
    bureau: Bureau, days: int, worth: Worth
) -> None:
    notice = await ordered(bureau)
    await bureau.approve(notice, CHIEF, replace(SEEN, until=day_of(bureau.now)))
    parts = bureau.desk.parts
    bureau.desk.parts = replace(parts, clock=Shifted(parts.clock, timedelta(days=days)))
    (found,) = [
        one.worth
        for one in await bureau.withdrawer.given(CHIEF, notice)
        if one.row.token == APPROVAL
    ]
    assert worth is found
    before = waiting(bureau)
    with suppress(ValijaError):  # At such a time there may be no member to send to.
        await bureau.order(notice, BR)
    assert before == waiting(bureau)


async def test_a_wish_written_in_the_store_sends_nothing_by_itself(bureau: Bureau) -> None:
    notice = await ordered(bureau)
    bureau.write(
        lambda tx: tx.connection.execute(
            update(WISHES).where(WISHES.c.notice == notice).values(awaited="[]")
        )
    )
    await bureau.node.outbox._submitter.sign()
    assert {BR: "held"} == await bureau.codes(notice)
    assert () == bureau.read(lambda tx: batches.in_state(tx, batches.READY))
