"""A word that is taken back: what it closes, what is owed for it, and who may take it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from node.preflight.ruling import rule
from node.release.attested import Worth, verify_withdrawal
from node.release.filed import CONSENT
from node.release.owed import Recall
from node.store import (
    batches,
    drafts,
    evidence,
    notices,
    outbox,
    releases,
    reliances,
    sent,
    waits,
    withdrawals,
)
from node.store.database import Transaction
from node.store.evidence import Evidence
from tests.node.offices import (
    AR,
    AUDITOR,
    BR,
    CHIEF,
    CO,
    DRAFTER,
    JUDGE,
    OTHER_DESK,
    PROSECUTOR,
    SECURITY,
    SEEN,
    Bureau,
    text,
)
from tests.node.release.consenting import ordered, sealed, victim
from valija.clock import Minute, day_of, instant_of
from valija.errors import (
    AbsentError,
    BarredError,
    DuplicateError,
    MalformedError,
    UnavailableError,
    ValijaError,
)
from valija.ids import NoticeId
from valija.statement import Role

REASON = "she asked for it on the telephone, note 7/2026"
APPROVAL = SEEN.condition


def word(bureau: Bureau, notice: NoticeId, token: str = CONSENT) -> Evidence:
    rows = bureau.read(lambda tx: evidence.of_notice(tx, notice))
    (*_, last) = [row for row in rows if row.token == token]
    return last


async def withdraw(bureau: Bureau, notice: NoticeId, token: str = CONSENT) -> None:
    row = word(bureau, notice, token)
    by = DRAFTER if token == CONSENT else CHIEF
    assert notice == await bureau.withdrawer.withdraw(by, row.id, REASON)


async def sign(bureau: Bureau) -> None:
    """Sign what waits, as the outbox would for a broker."""
    await bureau.node.outbox._submitter.sign()


async def owed(bureau: Bureau, notice: NoticeId) -> tuple[Recall, ...]:
    return (await bureau.withdrawer.owed(AUDITOR, notice)).rows


async def worths(bureau: Bureau, notice: NoticeId) -> dict[str, Worth]:
    found = await bureau.withdrawer.given(CHIEF, notice)
    return {one.row.token: one.worth for one in found}


def waiting(bureau: Bureau) -> int:
    return bureau.read(lambda tx: outbox.count(tx, AR))


async def test_a_consent_is_signed_when_its_officer_orders_the_draft_to_go(
    bureau: Bureau,
) -> None:
    notice = await ordered(bureau, until="2099-12-31")
    (given,) = await bureau.withdrawer.given(DRAFTER, notice)
    assert (CONSENT, "r.quispe", Worth.COUNTS) == (given.row.token, given.row.by, given.worth)
    assert given.scope is not None
    assert (("BR",), ("criminal_investigation",), "2099-12-31", "self") == (
        given.scope.recipients,
        given.scope.purposes,
        given.scope.until,
        given.scope.giver,
    )
    assert given.row.until is not None
    await bureau.order(notice, BR)
    assert 1 == len(await bureau.withdrawer.given(DRAFTER, notice))


async def test_a_withdrawn_consent_stops_what_was_sealed_and_not_signed(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    assert ({BR: "ready"}, 1) == (await bureau.codes(notice), waiting(bureau))
    (passage,) = bureau.read(lambda tx: sent.passages(tx, notice))
    await withdraw(bureau, notice)
    assert ({BR: "closed"}, 0) == (await bureau.codes(notice), waiting(bureau))
    await sign(bureau)
    assert () == bureau.read(lambda tx: batches.in_state(tx, batches.READY))
    with pytest.raises(AbsentError):
        bureau.read(lambda tx: sent.envelope(tx, passage.envelope))
    assert () == await owed(bureau, notice)
    assert ("r.quispe", "withdrew", "") in bureau.acts(notice)


async def test_what_was_signed_before_the_withdrawal_is_owed_a_recall(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    await sign(bureau)
    await withdraw(bureau, notice)
    assert {BR: "ready"} == await bureau.codes(notice)
    (recall,) = await owed(bureau, notice)
    assert (notice, BR, 1, CONSENT, "ready") == (
        recall.owed.notice,
        recall.owed.recipient,
        recall.owed.version,
        recall.condition,
        recall.state.code,
    )
    assert (word(bureau, notice).id, bureau.now) == (recall.owed.evidence, recall.owed.signed)
    assert "Person.lastName exact" in recall.shown
    assert not any("Tupayachi" in one for one in recall.shown)
    assert 1 == (await bureau.withdrawer.owed(DRAFTER)).total
    assert () == (await bureau.withdrawer.owed(OTHER_DESK)).rows


async def test_what_rests_on_two_withdrawn_words_is_owed_under_both(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    await sign(bureau)
    await withdraw(bureau, notice)
    await withdraw(bureau, notice, APPROVAL)
    assert {CONSENT, APPROVAL} == {one.condition for one in await owed(bureau, notice)}


async def test_an_order_that_waits_ends_with_the_consent_that_counted_for_it(
    bureau: Bureau,
) -> None:
    notice = await ordered(bureau)
    (hold,) = bureau.holds(notice)
    await withdraw(bureau, notice)
    assert {BR: "closed"} == await bureau.codes(notice)
    assert () == bureau.read(lambda tx: releases.find(tx, notice))
    with pytest.raises(AbsentError):
        await bureau.approver.answer(CHIEF, hold.id, SEEN)
    assert 0 == waiting(bureau)


def shown(bureau: Bureau, notice: NoticeId) -> tuple[str, ...]:
    """Return what the last envelope of a notice shows."""
    from node.release.owed import _shown  # noqa: PLC0415  # Of this helper only.

    (*_, last) = bureau.read(lambda tx: sent.passages(tx, notice))
    return bureau.read(lambda tx: _shown(tx, last.envelope))


async def test_a_withdrawn_consent_opens_nothing_in_a_fresh_order_or_another_text(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    assert "Person.lastName exact" in shown(bureau, notice)
    await withdraw(bureau, notice)
    record = victim() | {"date": "2026-11-23"}
    bureau.write(lambda tx: drafts.change(tx, notice, text(record), bureau.now))
    await bureau.order(notice, BR)
    assert {CONSENT: Worth.WITHDRAWN, APPROVAL: Worth.OTHER_TEXT} == await worths(
        bureau, notice
    )
    await bureau.approve(notice)
    assert {BR: "ready"} == await bureau.codes(notice)
    assert "Person.lastName pseudonym" in shown(bureau, notice)
    assert "Person.lastName exact" not in shown(bureau, notice)


async def test_a_withdrawn_approval_is_waited_for_again(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR, CO)
    await bureau.approve(notice)
    await withdraw(bureau, notice, APPROVAL)
    assert {BR: "closed", CO: "closed"} == await bureau.codes(notice)
    assert 0 == waiting(bureau)
    await bureau.order(notice, BR)
    assert {BR: "held", CO: "closed"} == await bureau.codes(notice)
    await bureau.approve(notice, PROSECUTOR)
    assert {BR: "ready", CO: "closed"} == await bureau.codes(notice)
    await sign(bureau)
    assert () == await owed(bureau, notice)


async def test_one_desks_order_stays_when_a_word_for_another_is_taken_back(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice)
    await bureau.order(notice, JUDGE)
    await bureau.approve(notice, PROSECUTOR)
    last = word(bureau, notice, APPROVAL)
    first = bureau.read(lambda tx: evidence.of_notice(tx, notice))
    (other,) = [row for row in first if row.by == "m.sosa"]
    assert "d.luna" in {last.by, *(row.by for row in first)}
    await bureau.withdrawer.withdraw(CHIEF, other.id, REASON)
    assert {BR: "closed", JUDGE: "ready"} == await bureau.codes(notice)
    assert 1 == waiting(bureau)


async def test_an_update_that_is_stopped_leaves_what_was_sent_before(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice)
    await sign(bureau)
    record = draft_of(bureau, notice) | {"date": "2026-11-20"}
    bureau.write(lambda tx: drafts.change(tx, notice, text(record), bureau.now))
    await bureau.order(notice, BR)
    await bureau.approve(notice, PROSECUTOR)
    rows = bureau.read(lambda tx: evidence.of_notice(tx, notice))
    (second,) = [row for row in rows if row.by == "d.luna"]
    before = bureau.read(lambda tx: sent.passages(tx, notice))
    await bureau.withdrawer.withdraw(PROSECUTOR, second.id, REASON)
    after = bureau.read(lambda tx: sent.passages(tx, notice))
    assert before[:1] == after
    assert {BR: "ready"} == await bureau.codes(notice)
    assert () == await owed(bureau, notice)
    assert 2 == bureau.read(lambda tx: notices.find(tx, notice)).revision


def draft_of(bureau: Bureau, notice: NoticeId) -> dict[str, object]:
    from json import loads  # noqa: PLC0415  # Of this helper only.

    found: dict[str, object] = loads(bureau.read(lambda tx: drafts.content(tx, notice)))
    return found


async def test_what_the_log_refused_is_not_sealed_again_under_a_withdrawn_word(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    await sign(bureau)
    (batch,) = bureau.read(lambda tx: batches.in_state(tx, batches.READY))
    bureau.write(lambda tx: batches.change(tx, batch, state=batches.WITHDRAWN))
    await withdraw(bureau, notice)
    await bureau.node.outbox._resealer.replace(batch)
    assert 0 == waiting(bureau)
    assert {BR: "rejected"} == await bureau.codes(notice)
    assert () == await owed(bureau, notice)


async def test_what_the_log_refused_and_was_sealed_again_is_stopped(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    await sign(bureau)
    (batch,) = bureau.read(lambda tx: batches.in_state(tx, batches.READY))
    bureau.write(lambda tx: batches.change(tx, batch, state=batches.WITHDRAWN))
    await bureau.node.outbox._resealer.replace(batch)
    assert 1 == waiting(bureau)
    await withdraw(bureau, notice)
    assert ({BR: "closed"}, 0) == (await bureau.codes(notice), waiting(bureau))


MAY_NOT = [
    (AUDITOR, CONSENT, BarredError),
    (SECURITY, CONSENT, BarredError),
    (OTHER_DESK, CONSENT, AbsentError),
    (DRAFTER, APPROVAL, BarredError),
    (OTHER_DESK, APPROVAL, AbsentError),
]


@pytest.mark.parametrize(("person", "token", "error"), MAY_NOT)
async def test_who_may_not_take_a_word_back_changes_nothing(
    bureau: Bureau, person: object, token: str, error: type[ValijaError]
) -> None:
    notice = await sealed(bureau)
    row = word(bureau, notice, token)
    with pytest.raises(error):
        await bureau.withdrawer.withdraw(person, row.id, REASON)  # type: ignore[arg-type]
    assert {BR: "ready"} == await bureau.codes(notice)
    assert {} == bureau.read(lambda tx: withdrawals.of_notice(tx, notice))


@pytest.mark.parametrize("person", [DRAFTER, CHIEF, PROSECUTOR], ids=lambda one: one.role)
async def test_every_officer_of_the_desk_takes_a_consent_back(
    bureau: Bureau, person: object
) -> None:
    notice = await sealed(bureau)
    await bureau.withdrawer.withdraw(person, word(bureau, notice).id, REASON)  # type: ignore[arg-type]
    assert {BR: "closed"} == await bureau.codes(notice)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
async def test_a_withdrawal_needs_a_reason(bureau: Bureau, reason: str) -> None:
    notice = await sealed(bureau)
    with pytest.raises(MalformedError, match="reason"):
        await bureau.withdrawer.withdraw(DRAFTER, word(bureau, notice).id, reason)


async def test_a_word_is_taken_back_once_and_a_refusal_never(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    await withdraw(bureau, notice)
    with pytest.raises(DuplicateError, match="withdrawn before"):
        await withdraw(bureau, notice)
    other = await bureau.ordered(BR)
    await bureau.approve(other, word=replace(SEEN, yes=False))
    with pytest.raises(MalformedError, match="a refusal opened nothing"):
        await withdraw(bureau, other, APPROVAL)
    with pytest.raises(AbsentError):
        await bureau.withdrawer.withdraw(DRAFTER, b"z" * 16, REASON)


async def test_a_withdrawal_is_signed_and_its_reason_is_not_in_the_clear(
    bureau: Bureau,
) -> None:
    notice = await sealed(bureau)
    await withdraw(bureau, notice)
    (row,) = bureau.read(lambda tx: withdrawals.of_notice(tx, notice)).values()
    verify_withdrawal(row, AR, bureau.node.parts.knowledge.directory)
    assert (REASON.encode(), bureau.now) == (row.reason, row.at)
    path = str(bureau.node.config.store).removeprefix("sqlite:///")
    for suffix in ("", "-wal"):
        with open(path + suffix, "rb") as file:  # noqa: ASYNC230, PTH123  # A look at the disk.
            assert b"on the telephone" not in file.read()


async def test_a_desk_without_a_key_can_close_and_cannot_open(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    other = await bureau.ordered(BR)
    keystore = bureau.node.parts.keystore
    for held in keystore.held(AR, Role.SIGNING):
        keystore.destroy(held.key_id)
    with pytest.raises(AbsentError, match="no signing key"):
        await bureau.approve(other)
    assert {BR: "held"} == await bureau.codes(other)
    await bureau.approve(other, word=replace(SEEN, yes=False))
    await withdraw(bureau, notice)
    assert {BR: "closed"} == await bureau.codes(notice)
    (row,) = bureau.read(lambda tx: withdrawals.of_notice(tx, notice)).values()
    assert row.signature is None


async def test_a_crash_in_a_withdrawal_leaves_everything_or_nothing(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await sealed(bureau)

    def full(*_: object) -> None:
        raise UnavailableError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(waits, "fall_away", full)
        with pytest.raises(UnavailableError):
            await withdraw(bureau, notice)
    assert ({BR: "ready"}, 1) == (await bureau.codes(notice), waiting(bureau))
    assert {CONSENT: Worth.COUNTS, APPROVAL: Worth.COUNTS} == await worths(bureau, notice)
    await withdraw(bureau, notice)
    assert ({BR: "closed"}, 0) == (await bureau.codes(notice), waiting(bureau))


async def test_what_goes_names_the_words_it_rests_on_and_no_others(bureau: Bureau) -> None:
    notice = await bureau.kept(victim(recipients=["CO"]))
    await bureau.order(notice, BR)
    await bureau.approve(notice)
    assert () == relied(bureau, notice, CONSENT)
    assert (BR,) == relied(bureau, notice, APPROVAL)
    assert "Person.lastName pseudonym" in shown(bureau, notice)


def relied(bureau: Bureau, notice: NoticeId, token: str) -> tuple[object, ...]:
    name = word(bureau, notice, token).id
    find: Callable[[Transaction], tuple[reliances.Reliance, ...]]
    find = lambda tx: reliances.of_evidence(tx, name)  # noqa: E731  # One line of it.
    return tuple(one.recipient for one in bureau.read(find))


async def test_what_waits_under_a_word_that_has_ended_is_closed_and_never_signed(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice, word=replace(SEEN, until=day_of(bureau.now)))
    assert ({BR: "ready"}, 1) == (await bureau.codes(notice), waiting(bureau))
    later = Minute((day_of(bureau.now) + 1) * 1440)
    parts = bureau.node.outbox._submitter.parts
    bureau.node.outbox._submitter.parts = replace(parts, clock=Standing(later))
    await sign(bureau)
    assert () == bureau.read(lambda tx: batches.in_state(tx, batches.READY))
    assert ({BR: "closed"}, 0) == (await bureau.codes(notice), waiting(bureau))
    assert ("node", "closed", "") in bureau.acts(notice)


@dataclass
class Standing:
    """A clock that stands."""

    minute: Minute

    def now(self) -> datetime:
        return instant_of(self.minute)


async def test_a_withdrawn_consent_lays_its_duty_on_what_still_goes(bureau: Bureau) -> None:
    notice = await sealed(bureau)
    assert "propagate_withdrawal" not in await duties(bureau, notice)
    await withdraw(bureau, notice)
    assert "propagate_withdrawal" in await duties(bureau, notice)


async def duties(bureau: Bureau, notice: NoticeId) -> frozenset[str]:
    loaded = await bureau.desk.load(DRAFTER, notice)
    (ruling,) = await bureau.desk.judge(loaded, [(BR, "criminal_investigation")], rule)
    return frozenset(ruling.decision.duties)
