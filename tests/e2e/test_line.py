"""The straight line from outside: real processes and law, one notice to two other states.

The story runs once; each test looks at one side of it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.exchange import Exchange
from node.assembly import Assembly
from node.config import load
from node.gateway.caller import Caller
from node.gateway.words import label_digest
from node.inbox import Person
from node.inbox.unsealing import Opened
from tests.e2e import sample, sight
from tests.e2e.audit import verify_log
from tests.e2e.officers import (
    SECOND_PERSON,
    approve,
    holds,
    inbox,
    knows_the_log,
    send,
    show,
    states,
    wait_for,
)
from tests.e2e.states import STATES
from valija.clock import SystemClock
from valija.errors import AbsentError, BarredError, ValijaError
from valija.ids import Desk

pytestmark = pytest.mark.xdist_group("first_day")
_PURPOSE = "criminal_investigation"
_BRAZIL, _MEXICO = "BR/police", "MX/police"
_FEARS_MEXICO = "P1"
_OF_WHO_FEARS = (
    "Baltasar Quiroga Tintaya",
    "El Balta",
    "1979-06-21",
    "+5493878555012",
)
_OUTSIDE_ITEMS = {"title", "summary", "confidence", "vx:role"}
_CUT = {"counts", "grade"}  # Counts go in bands, and of a grade only what it says of the text.


@dataclass
class Story:
    """What happened to one notice, as each side saw it.

    Attributes:
        draft: In native JSON.
        foreseen: What the law said before anybody approved, a column a recipient.
        ordered: Where it stood after the order.
        too_early: What the recipients' inboxes held before the approval.
        own_word: What the drafter was told who tried to approve it.
        decided: What the law says with the approval on file.
        shown: What each recipient opened.
        strange: What one recipient was told who asked for the other's label.
        ended: Where it stands at last.
        audit: What the auditor's command says, and its exit code.
        opened: The same notices, opened again from what the recipients' disks hold.
    """

    draft: dict[str, Any]
    foreseen: Mapping[str, Any]
    ordered: list[Any]
    too_early: list[Any]
    own_word: ValijaError
    decided: Mapping[str, Any]
    shown: Mapping[str, Any]
    strange: ValijaError
    ended: Mapping[str, str]
    audit: tuple[int, Any]
    opened: Mapping[str, Opened]


@pytest.fixture(scope="module", name="story")
def _story(first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = tmp_path_factory.mktemp("line") / "exchange"
    with Exchange.make(home, STATES, kept=first_day, brokers=2) as exchange:
        exchange.append_genesis()
        exchange.start_broker()
        exchange.start_nodes(["AR", "BR", "MX"])
        return _tell(exchange)


def _tell(exchange: Exchange) -> Story:
    clara, sergio = exchange.officer("AR", "clara"), exchange.officer("AR", "sergio")
    davi, nora = exchange.officer("BR", "davi"), exchange.officer("MX", "nora")
    draft = _draft()
    knows_the_log(clara, exchange.founded)
    notice = str(clara.put_draft(json.dumps(draft).encode())["id"])
    foreseen = _columns(clara, notice)
    ordered = send(clara, [notice], [_BRAZIL, _MEXICO])
    too_early = inbox(davi) + inbox(nora)
    hold = holds(sergio, notice)[0]["id"]
    with pytest.raises(ValijaError) as own_word:
        approve(clara, hold)
    approve(sergio, hold)
    arrived = {_BRAZIL: wait_for(lambda: inbox(davi)), _MEXICO: wait_for(lambda: inbox(nora))}
    labels = {desk: str(row["id"]) for desk, (row,) in arrived.items()}
    shown = {
        _BRAZIL: show(davi, labels[_BRAZIL], _PURPOSE),
        _MEXICO: show(nora, labels[_MEXICO], _PURPOSE),
    }
    with pytest.raises(ValijaError) as strange:
        nora.show(labels[_BRAZIL], _PURPOSE, "en")
    wait_for(lambda: set(states(clara, notice).values()) == {"opened"})
    decided, ended = _columns(clara, notice), states(clara, notice)
    audit = verify_log(exchange)
    exchange.stop()
    opened = {desk: _opened(exchange, desk, label) for desk, label in labels.items()}
    return Story(
        draft=draft,
        foreseen=foreseen,
        ordered=ordered,
        too_early=too_early,
        own_word=own_word.value,
        decided=decided,
        shown=shown,
        strange=strange.value,
        ended=ended,
        audit=audit,
        opened=opened,
    )


def _draft() -> dict[str, Any]:
    found = sample.network()
    found["told"]["persons"][_FEARS_MEXICO]["feared_state"] = "MX"
    return found


def _columns(officer: Caller, draft: str) -> Mapping[str, Any]:
    found: Any = officer.preflight(draft, [_BRAZIL, _MEXICO], "", "en")
    return {column["recipient"]: column for column in found["columns"]}


def _opened(exchange: Exchange, desk: str, label: str) -> Opened:
    """Open a notice by the recipient's own parts, once its node has ended."""
    config = load(exchange.home / desk.partition("/")[0] / "node.toml")
    clock = SystemClock(lambda: datetime.now(UTC))  # noqa: TID251  # As above.
    person = Person("an.auditor", "liaison")

    async def work() -> Opened:
        async with Assembly(config, clock) as node:
            return await node.inbox.open_notice(
                Desk.parse(desk), label_digest(label), person, _PURPOSE
            )

    return asyncio.run(work())


def test_every_field_of_the_preflight_cites_the_article_that_decided_it(story: Story) -> None:
    for column in story.foreseen.values():
        for cell in column["cells"]:
            assert cell["citations"], cell["field"]
            assert all(one["article"] for one in cell["citations"])


def test_an_order_waits_for_a_second_person_and_nothing_leaves_meanwhile(
    story: Story,
) -> None:
    assert {"held"} == {row["state"] for row in story.ordered}
    assert {_BRAZIL, _MEXICO} == {row["recipient"] for row in story.ordered}
    assert [[SECOND_PERSON]] * 2 == [row["conditions"] for row in story.ordered]
    assert [] == story.too_early


def test_who_drafted_it_cannot_be_the_second_person(story: Story) -> None:
    assert isinstance(story.own_word, BarredError)


@pytest.mark.parametrize("desk", [_BRAZIL, _MEXICO])
def test_a_recipient_holds_exactly_the_fields_and_forms_that_the_law_let_go(
    story: Story, desk: str
) -> None:
    assert sight.promised(story.decided[desk]) == sight.held(story.shown[desk])


def test_an_exact_field_arrives_as_it_was_drafted(story: Story) -> None:
    drafted = sight.drafted_values(story.draft)
    for desk in (_BRAZIL, _MEXICO):
        foreign = sight.exact_values(story.shown[desk]) - drafted
        assert not {name for name, _ in foreign} - _OUTSIDE_ITEMS - _CUT
    left = drafted - sight.exact_values(story.shown[_BRAZIL])
    assert {name for name, _ in left} == _CUT


def test_a_state_that_a_person_fears_learns_nothing_of_that_person(story: Story) -> None:
    seen = json.dumps(story.shown[_BRAZIL], ensure_ascii=False)
    less = json.dumps(story.shown[_MEXICO], ensure_ascii=False)
    for hidden in _OF_WHO_FEARS:
        assert hidden in seen
        assert hidden not in less
    whole, part = (sight.schemas(story.shown[desk]) for desk in (_BRAZIL, _MEXICO))
    # His car too: it would lead to him.
    assert {"Person": 1, "Membership": 1, "Vehicle": 1} == whole - part
    assert not part - whole
    assert sight.dangling(story.shown[_MEXICO]) == []


def test_nothing_says_who_reported_it(story: Story) -> None:
    for shown in story.shown.values():
        assert '"source"' not in json.dumps([fact["value"] for fact in sight.facts(shown)])


def test_a_desk_cannot_open_another_desks_copy(story: Story) -> None:
    assert isinstance(story.strange, AbsentError)


def test_both_views_open_to_one_commitment_and_differ(story: Story) -> None:
    seen, less = story.opened[_BRAZIL], story.opened[_MEXICO]
    assert seen.label.commitment == less.label.commitment
    assert seen.label.notice_id == less.label.notice_id
    assert seen.label != less.label
    assert set(less.facts) < set(seen.facts)


def test_both_receipts_come_back_to_the_originator(story: Story) -> None:
    assert {_BRAZIL: "opened", _MEXICO: "opened"} == story.ended


def test_the_auditor_finds_the_log_whole_over_https(story: Story) -> None:
    code, found = story.audit
    assert 0 == code
    assert found["holds"]
    assert all(step["holds"] for step in found["steps"])
    assert ({}, 0, []) == (found["void"], found["void_items"], found["alarms"])
    assert found["size"] == found["batches"]
    assert (2, 4) == (found["items"]["label"], found["items"]["receipt"])
