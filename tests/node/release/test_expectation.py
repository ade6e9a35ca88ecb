"""What a pre-flight says the recipients' laws will do is what their nodes then do."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from node.assembly import Assembly
from node.preflight.ruling import foresee
from node.release.expectation import HELD, KEPT, REFUSED, SENTENCES, UNKNOWN, Expectation
from node.release.preview import Asked, preview
from node.store import received
from policies.folder import HOME
from tests.node.exchange import Exchange, State, until
from tests.node.offices import BR, CO, DRAFTER, MX, Bureau, draft, open_bureau
from valija.ids import Desk, NoticeId

_PERMIT = """
@id("{0}.file") @effect("permit")
@legal_basis("Invented law, art. 1") @confidence("high") @basis("text seen")
permit (principal, action == Action::"store", resource);
"""
_JUDGE = """
@id("BR-LGPD-33.judge") @effect("bar") @condition("judicial_ref")
@legal_basis("Invented law of Brazil, art. 2") @confidence("high") @basis("text seen")
forbid (principal, action == Action::"store", resource in Class::"network")
unless { context.evidence.contains(Evidence::"judicial_ref") };
"""
_NEVER = """
@id("CO-1581-26.routes") @effect("bar")
@legal_basis("Invented law of Colombia, art. 3") @confidence("high") @basis("text seen")
forbid (principal, action == Action::"store", resource in Class::"network");
"""
_RULES = {
    "BR": _PERMIT.format("BR-LGPD-33") + _JUDGE,
    "CO": _PERMIT.format("CO-1581-26") + _NEVER,
}
_CAME = {received.KEPT: KEPT, received.HELD: HELD, received.REFUSED: REFUSED}


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    """Laws in which Brazil asks a judge, and Colombia keeps nothing of networks."""
    folder = tmp_path / "laws"
    shutil.copytree(HOME, folder)
    for state, rules in _RULES.items():
        (folder / state / "receive.cedar").write_text(rules, encoding="utf-8")
    return folder


@pytest.fixture
def exchange(learned: Exchange, tmp_path: Path, laws: Path) -> Exchange:
    """An exchange whose log names these laws, and whose nodes all hold them."""
    one = learned.moved(tmp_path / "exchange")
    for state in _RULES:
        one.bring_law(state, laws)
    for name, state in one.states.items():
        one.states[name] = State(replace(state.config, policies=laws))
    return one


async def expected(
    bureau: Bureau, notice: NoticeId, *recipients: Desk
) -> dict[Desk, Expectation | None]:
    found = await preview(bureau.desk, DRAFTER, notice, Asked(recipients))
    return {column.recipient: column.intake for column in found.columns}


def arrived(node: Assembly, desk: Desk) -> Iterator[received.Arrival]:
    decided = (received.KEPT, received.HELD, received.REFUSED, received.UNUSABLE)
    for state in decided:
        yield from node.parts.database.read_now(
            lambda tx, state=state: received.in_state(tx, desk, state)
        )


async def test_what_is_foreseen_of_each_recipients_law_is_what_its_node_then_does(
    exchange: Exchange,
) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(exchange.broker())
        bureau = await stack.enter_async_context(open_bureau(exchange))
        nodes = {
            desk: await stack.enter_async_context(exchange.node(desk.member))
            for desk in (BR, CO, MX)
        }
        serving = asyncio.ensure_future(bureau.node.serve())
        await exchange.is_founded(bureau.node)
        notice = await bureau.kept()
        foreseen = await expected(bureau, notice, *nodes)
        said = {desk: one and one.outcome for desk, one in foreseen.items()}
        assert {BR: HELD, CO: REFUSED, MX: KEPT} == said
        brazil, colombia = foreseen[BR], foreseen[CO]
        assert brazil is not None
        assert colombia is not None
        assert ("judicial_ref",) == brazil.conditions
        assert "Invented law of Brazil, art. 2" in {c.legal_basis for c in brazil.citations}
        assert "Invented law of Colombia, art. 3" in {
            one.legal_basis for one in colombia.citations if one.effect == "bar"
        }

        await bureau.order(notice, *nodes, awaited=frozenset())
        for desk, node in nodes.items():
            await until(lambda node=node, desk=desk: list(arrived(node, desk)), 60)
            (arrival,) = arrived(node, desk)
            assert said[desk] == _CAME[arrival.state]
            assert ("law" if desk == CO else "") == arrival.ground
            assert getattr(foreseen[desk], "conditions", None) == arrival.conditions
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_rules_that_are_not_those_in_the_log_foretell_nothing(
    learned: Exchange, tmp_path: Path, laws: Path
) -> None:
    """The sender's folder holds other laws of Brazil and Colombia than the log names."""
    one = learned.moved(tmp_path / "exchange")
    state = one.state("AR")
    one.states["AR"] = State(replace(state.config, policies=laws))
    async with open_bureau(one) as bureau:
        notice = await bureau.kept()
        foreseen = await expected(bureau, notice, BR, CO, MX)
        assert Expectation(UNKNOWN) == foreseen[BR] == foreseen[CO]
        assert foreseen[MX] is not None
        assert KEPT == foreseen[MX].outcome


async def test_where_nothing_would_go_nothing_is_foretold(bureau: Bureau) -> None:
    outside = draft()
    outside["handling"]["purpose"] = "immigration_enforcement"
    notice = await bureau.kept(outside)
    assert {BR: None} == await expected(bureau, notice, BR)


async def test_recipients_who_see_the_same_are_read_once_and_told_apart(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    from node.release import expectation  # noqa: PLC0415  # Of this test only.

    read, plain = [], expectation.shown_data
    monkeypatch.setattr(
        expectation, "shown_data", lambda facts, kind: read.append(1) or plain(facts, kind)
    )
    notice = await bureau.kept()
    person = await bureau.desk.load(DRAFTER, notice)
    pairs = [(desk, "criminal_investigation") for desk in (BR, CO)]
    rulings = await bureau.desk.judge(person, pairs, foresee)
    assert 2 == len(await bureau.desk.expect(person, rulings))
    assert len({tuple((p, f) for p, f, _ in one.opened) for one in rulings}) == len(read)


def test_every_outcome_has_a_sentence_in_four_languages() -> None:
    assert {KEPT, HELD, REFUSED, UNKNOWN} == set(SENTENCES)
    assert all(4 == len(set(texts)) for texts in SENTENCES.values())
