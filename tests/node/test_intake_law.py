"""The receiver's own law lets in, holds or refuses, and is asked again when evidence came."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from node.assembly import Assembly
from node.inbox import Person
from node.inbox.shown import shown_data
from node.store import received
from node.terminal.service import _Health
from policies.facts import Reference
from policies.folder import HOME
from tests.node.exchange import Exchange, State, until
from tests.node.sample import decided, facts, whole
from valija.clock import day_of, minute_of
from valija.commitment import Form, make_fact
from valija.errors import AbsentError, HeldError, MalformedError, UnavailableError
from valija.ids import Desk, Digest
from valija.statement import BundleStatement
from valija.wire.item import item

OFFICER = Person("an.account", "liaison")
PURPOSE = "criminal_investigation"
STRICT = """
@id("BR-LGPD-33.file") @effect("permit")
@legal_basis("Invented law, art. 1") @confidence("high") @basis("text seen")
permit (principal, action == Action::"store", resource);

@id("BR-LGPD-33.judge") @effect("bar") @condition("judicial_ref")
@legal_basis("Invented law, art. 2") @confidence("high") @basis("text seen")
forbid (principal, action == Action::"store", resource)
unless { context.evidence.contains(Evidence::"judicial_ref") };
"""


@pytest.fixture
def strict(exchange: Exchange, tmp_path: Path) -> Exchange:
    """An exchange whose Brazil asks a judge before anything is kept."""
    folder = tmp_path / "law"
    shutil.copytree(HOME, folder / "law")
    (folder / "law" / "BR" / "receive.cedar").write_text(STRICT)
    exchange.bring_law("BR", folder / "law")
    return under(exchange, folder / "law")


def under(exchange: Exchange, law: Path) -> Exchange:
    """Let Brazil's node read its law from another folder."""
    state = exchange.state("BR")
    exchange.states["BR"] = State(replace(state.config, policies=law))
    return exchange


def arrivals(node: Assembly, desk: Desk, state: str) -> tuple[received.Arrival, ...]:
    return node.parts.database.read_now(lambda tx: received.in_state(tx, desk, state))


async def test_a_held_notice_opens_once_its_condition_is_met(strict: Exchange) -> None:
    br = strict.state("BR").desk
    async with strict.broker(), strict.node("AR") as argentina, strict.node("BR") as brazil:
        await strict.is_founded(argentina)
        await argentina.outbox.publish(decided(strict, {br: whole()}))
        await until(lambda: arrivals(brazil, br, received.HELD), 40)
        (held,) = arrivals(brazil, br, received.HELD)
        assert held.conditions == ("judicial_ref",)
        with pytest.raises(HeldError) as refusal:
            await brazil.inbox.open_notice(br, held.label, OFFICER, PURPOSE)
        assert refusal.value.conditions == ("judicial_ref",)
        still = await brazil.inbox.reconsider(br, held.label, [])
        assert still.state == received.HELD
        kept = await brazil.inbox.reconsider(br, held.label, [Reference("judicial_ref")])
        assert kept.state == received.KEPT
        opened = await brazil.inbox.open_notice(br, held.label, OFFICER, PURPOSE)
        assert set(opened.facts) == set(whole())
        with pytest.raises(MalformedError):
            await brazil.inbox.reconsider(br, held.label, [])
        with pytest.raises(AbsentError):
            await brazil.inbox.reconsider(br, Digest(bytes(32)), [])
        with pytest.raises(AbsentError):
            await brazil.inbox.reconsider(Desk.parse("BR/central"), held.label, [])


async def test_a_notice_waits_while_the_receivers_law_is_not_the_one_in_the_log(
    exchange: Exchange, tmp_path: Path
) -> None:
    br = exchange.state("BR").desk
    edited = tmp_path / "edited"
    shutil.copytree(HOME, edited)
    rules = edited / "BR" / "send.cedar"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n// Edited by hand.\n")
    async with exchange.broker():
        async with (
            exchange.node("AR") as argentina,
            under(exchange, edited).node("BR") as brazil,
        ):
            await exchange.is_founded(argentina)
            await exchange.is_founded(brazil)
            await argentina.outbox.publish(decided(exchange, {br: whole()}))
            await until(lambda: arrivals(brazil, br, received.STORED))
            (stored,) = arrivals(brazil, br, received.STORED)
            keeper = brazil.inbox._keepers[br]
            assert 0 == await keeper.keep_waiting()
            with pytest.raises(UnavailableError, match="and nothing is lost"):
                await keeper.decide([stored])
            (said,) = _Health(brazil).troubles()
            assert "the law of BR in this node's folder" in said
            assert "what arrives waits" in said
            with pytest.raises(HeldError, match="has not let it in yet"):
                await brazil.inbox.open_notice(br, stored.label, OFFICER, PURPOSE)
            # It is there and verified, and its DELIVERED receipt is signed: nothing is lost.
            assert [stored] == list(arrivals(brazil, br, received.STORED))
        async with under(exchange, HOME).node("BR") as brazil:
            await until(lambda: arrivals(brazil, br, received.KEPT))
            assert [] == list(_Health(brazil).troubles())
            opened = await brazil.inbox.open_notice(br, stored.label, OFFICER, PURPOSE)
            assert set(opened.facts) == set(whole())


async def test_a_law_that_comes_into_force_lets_in_what_waited_for_it(
    exchange: Exchange, tmp_path: Path
) -> None:
    """Brazil installed its next law before the log names it; the log catches up."""
    br, later = exchange.state("BR").desk, tmp_path / "later"
    shutil.copytree(HOME, later)
    rules = later / "BR" / "send.cedar"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n// A later edition.\n")
    async with (
        exchange.broker() as broker,
        exchange.node("AR") as argentina,
        under(exchange, later).node("BR") as brazil,
    ):
        await exchange.is_founded(argentina)
        await argentina.outbox.publish(decided(exchange, {br: whole()}))
        await until(lambda: arrivals(brazil, br, received.STORED))
        assert 0 == await brazil.inbox._keepers[br].keep_waiting()
        today = day_of(minute_of(exchange.now))
        digest = brazil.law.bundles["BR"].digest
        before = brazil.parts.knowledge.directory.last_bundle(br.member)
        law = BundleStatement(br.member, digest, today, before, widens=False)
        await brazil.outbox.leave(br, [item(law)])
        await until(lambda: arrivals(brazil, br, received.KEPT))
        assert broker.exchange.tree.size > len(exchange.genesis)


def test_every_shown_fact_has_a_kind_and_alike_ones_are_asked_about_once() -> None:
    shown = shown_data(facts()[:5], "network")
    assert {row.kind for row in shown.rows} == {"modus_operandi", "organisation"}
    assert not shown.persons


def test_a_fact_of_no_person_is_about_every_person_in_the_view() -> None:
    person = make_fact("personaa/schema", Form.EXACT, {"schema": "Person"})
    name = make_fact("personaa/name/slotaaaa", Form.EXACT, "Persona Inventada")
    role = make_fact("personaa/vx:role/slotbbbb", Form.EXACT, "suspect")
    shown = shown_data((*facts()[:3], person, name, role), "suspect")
    assert shown.persons == {"personaa": frozenset({"suspect"})}
    assert all(row.subjects == ("personaa",) for row in shown.rows)


def test_a_view_that_is_no_notice_is_malformed() -> None:
    with pytest.raises(MalformedError):
        shown_data((make_fact("personaa/name", Form.EXACT, "no frame"),), "suspect")
