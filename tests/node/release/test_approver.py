"""Four eyes: whose word counts, for what, and that none is lost or reaches too far."""

from dataclasses import replace

import pytest

from node.preflight.evidence import parse_scope
from node.release.word import Word
from node.store import decisions, drafts, origins, releases
from node.store import evidence as words
from tests.node.offices import (
    BR,
    CENTRAL,
    CHIEF,
    CO,
    DRAFTER,
    JUDGE,
    OTHER_DESK,
    PROSECUTOR,
    SEEN,
    Bureau,
    draft,
    text,
)
from valija.clock import Day, day_of
from valija.errors import (
    AbsentError,
    BarredError,
    HeldError,
    MalformedError,
    UnavailableError,
    ValijaError,
)
from valija.ids import Desk, NoticeId

NO = replace(SEEN, yes=False, words="the source is not good enough")


def evidence(bureau: Bureau, notice: NoticeId) -> tuple[words.Evidence, ...]:
    return bureau.read(lambda tx: words.of_notice(tx, notice))


async def test_one_word_answers_every_desk_that_waits_for_the_same(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR, CO)
    await bureau.approve(notice)
    assert {BR: "ready", CO: "ready"} == await bureau.codes(notice)
    assert [] == bureau.holds(notice)
    (kept,) = evidence(bureau, notice)
    assert ("m.sosa", "supervisor", "approval:second_person") == (
        kept.by,
        kept.role,
        kept.token,
    )
    assert ("r.quispe",) == parse_scope(kept.body).hands
    assert ("m.sosa", "approved", "criminal_investigation") in bureau.acts(notice)


async def test_the_text_of_an_approval_is_not_in_the_clear(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice)
    (kept,) = evidence(bureau, notice)
    assert b"checked against file 12/2026" in kept.body
    path = str(bureau.node.config.store).removeprefix("sqlite:///")
    for suffix in ("", "-wal"):
        with open(path + suffix, "rb") as file:  # noqa: ASYNC230, PTH123  # A look at the disk.
            assert b"checked against file" not in file.read()


@pytest.mark.parametrize("by", [DRAFTER, OTHER_DESK], ids=["liaison", "other desk"])
async def test_who_may_not_approve_here_is_refused(bureau: Bureau, by: object) -> None:
    notice = await bureau.ordered(BR)
    with pytest.raises((BarredError, AbsentError)):
        await bureau.approve(notice, by)  # type: ignore[arg-type]
    assert {BR: "held"} == await bureau.codes(notice)
    assert () == evidence(bureau, notice)


async def test_nobody_approves_what_he_ordered_though_another_drafted_it(
    bureau: Bureau,
) -> None:
    notice = await bureau.kept()
    await bureau.order(notice, BR, by=PROSECUTOR)
    with pytest.raises(BarredError, match="a second person must"):
        await bureau.approve(notice, PROSECUTOR)


async def test_nobody_approves_what_he_ordered_before_another_did(bureau: Bureau) -> None:
    notice = await bureau.kept()
    await bureau.order(notice, CO, by=PROSECUTOR)
    await bureau.order(notice, CO, BR, by=DRAFTER)
    with pytest.raises(BarredError, match="a second person must"):
        await bureau.approve(notice, PROSECUTOR)
    await bureau.approve(notice, CHIEF)
    assert {BR: "ready", CO: "ready"} == await bureau.codes(notice)


async def test_nobody_approves_a_text_that_he_changed(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    bureau.write(lambda tx: origins.lay_hand(tx, notice, "d.luna"))
    with pytest.raises(BarredError, match="a second person must"):
        await bureau.approve(notice, PROSECUTOR)


async def test_a_text_changed_after_the_order_is_ordered_again_before_it_is_approved(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    record = draft() | {"date": "2026-11-23"}
    bureau.write(lambda tx: drafts.change(tx, notice, text(record), bureau.now))
    with pytest.raises(HeldError, match="order it again"):
        await bureau.approve(notice)
    assert () == evidence(bureau, notice)
    await bureau.order(notice, BR)
    await bureau.approve(notice)
    assert {BR: "ready"} == await bureau.codes(notice)


async def test_an_approval_does_not_outlive_the_text_it_was_given_for(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice)
    record = draft() | {"date": "2026-11-23"}
    bureau.write(lambda tx: drafts.change(tx, notice, text(record), bureau.now))
    await bureau.order(notice, CO)
    assert 1 == len(bureau.holds(notice))
    await bureau.order(notice, BR)
    assert {BR, CO} == {hold.recipient for hold in bureau.holds(notice)}


async def test_an_approval_for_one_desk_counts_for_no_other_of_the_same_kind(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(JUDGE)
    await bureau.approve(notice)
    await bureau.order(notice, CENTRAL)
    assert {JUDGE: "ready", CENTRAL: "held"} == await bureau.codes(notice)


async def test_an_approval_for_one_purpose_counts_for_no_other(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice)
    await bureau.order(notice, BR, purpose="prosecution")
    assert ["approval:second_person"] == [hold.condition for hold in bureau.holds(notice)]


async def test_one_approval_of_two_orders_opens_no_pair_that_nobody_ordered(
    bureau: Bureau,
) -> None:
    notice = await bureau.kept()
    await bureau.order(notice, BR, purpose="criminal_investigation")
    await bureau.order(notice, CO, purpose="prosecution")
    await bureau.approve(notice)
    assert {BR: "ready", CO: "ready"} == await bureau.codes(notice)
    assert {"criminal_investigation", "prosecution"} == {
        purpose for _, act, purpose in bureau.acts(notice) if act == "approved"
    }
    reached = [parse_scope(one.body) for one in evidence(bureau, notice)]
    assert {
        (("BR/police",), ("criminal_investigation",)),
        (("CO/police",), ("prosecution",)),
    } == {(one.desks, one.purposes) for one in reached}
    await bureau.order(notice, BR, purpose="prosecution")
    await bureau.order(notice, CO, purpose="criminal_investigation")
    assert {BR, CO} == {hold.recipient for hold in bureau.holds(notice)}


async def test_who_approved_and_then_orders_is_no_second_person_any_more(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice, PROSECUTOR)
    await bureau.order(notice, BR, by=PROSECUTOR)
    assert [BR] == [hold.recipient for hold in bureau.holds(notice)]
    await bureau.order(notice, BR, by=DRAFTER)
    assert [BR] == [hold.recipient for hold in bureau.holds(notice)]
    await bureau.approve(notice, CHIEF)
    assert [] == bureau.holds(notice)


async def test_who_approved_and_then_wrote_of_the_draft_is_no_second_person_any_more(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice, PROSECUTOR)
    bureau.write(lambda tx: origins.lay_hand(tx, notice, PROSECUTOR.account))
    await bureau.order(notice, BR)
    assert [BR] == [hold.recipient for hold in bureau.holds(notice)]


async def test_a_refusal_ends_the_order_and_a_fresh_order_waits_again(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR, CO)
    await bureau.approve(notice, word=NO)
    assert {BR: "draft", CO: "draft"} == await bureau.codes(notice)
    assert () == bureau.read(lambda tx: releases.find(tx, notice))
    assert [] == bureau.holds(notice)
    assert ("m.sosa", "refused", "criminal_investigation") in bureau.acts(notice)
    await bureau.order(notice, BR)
    assert [BR] == [hold.recipient for hold in bureau.holds(notice)]
    await bureau.approve(notice)
    assert "ready" == (await bureau.codes(notice))[BR]


async def test_a_refused_text_needs_a_yes_of_its_own(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    await bureau.approve(notice, word=NO)
    found = await bureau.order(notice, BR)
    assert {BR: "held"} == found


async def test_a_crash_between_word_and_order_leaves_neither(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await bureau.ordered(BR)
    (hold,) = bureau.holds(notice)

    def full(*_: object) -> None:
        raise UnavailableError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(releases, "put", full)
        with pytest.raises(UnavailableError):
            await bureau.approve(notice)
    assert () == evidence(bureau, notice)
    assert [hold] == bureau.holds(notice)
    assert 0 == bureau.read(lambda tx: releases.revision(tx, notice))
    await bureau.approve(notice)
    assert {BR: "ready"} == await bureau.codes(notice)


async def test_a_hold_is_answered_once(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    (hold,) = bureau.holds(notice)
    await bureau.approver.answer(CHIEF, hold.id, SEEN)
    with pytest.raises(AbsentError):
        await bureau.approver.answer(CHIEF, hold.id, SEEN)
    assert 1 == len(evidence(bureau, notice))


async def test_more_waits_than_a_list_shows_can_all_be_answered(
    bureau: Bureau,
) -> None:
    notice = await bureau.ordered(BR)
    (hold,) = bureau.holds(notice)
    elsewhere = await bureau.intake.type_in(
        replace(DRAFTER, desk=OTHER_DESK.desk), text(draft())
    )

    def crowd(tx: object) -> None:
        for number in range(210):
            one = replace(
                hold, id=number.to_bytes(16), notice=elsewhere, opened=0, article=str(number)
            )
            decisions.open_hold(tx, one)  # type: ignore[arg-type]

    bureau.write(crowd)  # type: ignore[arg-type]
    assert [hold] == list(await bureau.approver.waiting(CHIEF))
    await bureau.approver.answer(CHIEF, hold.id, SEEN)
    assert {BR: "ready"} == await bureau.codes(notice)


async def test_a_wait_falls_away_with_the_wish(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    await bureau.order(notice, BR, awaited=frozenset())
    assert [] == bureau.holds(notice)


@pytest.mark.parametrize(
    ("word", "error"),
    [
        (replace(SEEN, words="  "), MalformedError),
        (replace(SEEN, words="x" * 2001), MalformedError),
        (replace(SEEN, condition="judicial_ref"), MalformedError),
        (replace(SEEN, condition="consent_evidence"), MalformedError),
        (replace(SEEN, until=Day(1)), MalformedError),
        (replace(SEEN, until=Day(2**32 - 1)), MalformedError),
    ],
)
async def test_a_word_that_says_nothing_or_too_much_is_refused(
    bureau: Bureau, word: Word, error: type[ValijaError]
) -> None:
    notice = await bureau.ordered(BR)
    (hold,) = bureau.holds(notice)
    with pytest.raises(error):
        await bureau.approver.answer(CHIEF, hold.id, word)
    assert () == evidence(bureau, notice)


async def test_a_word_with_an_end_is_kept_with_it(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    today = day_of(bureau.now)
    await bureau.approve(notice, word=replace(SEEN, until=today))
    (kept,) = evidence(bureau, notice)
    assert (today + 1) * 1440 == kept.until
    assert {BR: "ready"} == await bureau.codes(notice)


async def test_a_danger_that_its_drafter_alone_declares_opens_nothing(
    bureau: Bureau,
) -> None:
    record = draft()
    record["told"]["danger"] = {
        "reason": "threats",
        "since": bureau.now - 5,
        "until": bureau.now + 60,
        "officer": "r.quispe",
        "second": "somebody.else",
    }
    notice = await bureau.kept(record)
    loaded = await bureau.desk.load(DRAFTER, notice)
    assert loaded.draft.notice.told.danger is not None
    ready = await _judged(bureau, notice, BR)
    assert "no" == ready
    await bureau.order(notice, BR)
    await bureau.approve(notice)
    assert "yes" == await _judged(bureau, notice, BR)
    assert "no" == await _judged(bureau, notice, CO)


async def _judged(bureau: Bureau, notice: NoticeId, desk: Desk) -> str:
    from node.preflight.ruling import foresee  # noqa: PLC0415  # Of this helper only.

    loaded = await bureau.desk.load(DRAFTER, notice)
    (ruling,) = await bureau.desk.judge(loaded, [(desk, "criminal_investigation")], foresee)
    return ruling.case.danger


async def test_a_word_for_which_no_rule_asks_any_more_is_not_kept(bureau: Bureau) -> None:
    notice = await bureau.ordered(BR)
    (hold,) = bureau.holds(notice)
    asked = replace(hold, id=b"a" * 16, condition="recipient_accepts_caveats", article="art. 1")
    bureau.write(lambda tx: decisions.open_hold(tx, asked))
    accepted = Word("recipient_accepts_caveats", yes=True, words="note 4/2026")
    assert not accepted.answers_all
    with pytest.raises(HeldError, match="does not ask for this any more"):
        await bureau.approver.answer(CHIEF, asked.id, accepted)
    assert () == evidence(bureau, notice)
