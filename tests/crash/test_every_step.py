"""Processes killed by SIGKILL at any step of the line: one entry that counts, one notice.

The real programs over real files, driven from outside through their gateways. Each case sends
one notice from Argentina to Brazil, kills one process at one step of it, starts it again, and
goes on as an officer would whose screen said "try again".
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from deploy.demo.exchange import Exchange
from deploy.demo.process import ROOT
from node.gateway.caller import Caller
from tests.crash.doom import Doom
from tests.e2e import sample
from tests.e2e.audit import verify_log
from tests.e2e.officers import SECOND_PERSON, approve, holds, inbox, send, states
from tests.e2e.states import STATES
from valija.errors import AbsentError, HeldError

pytestmark = pytest.mark.xdist_group("first_day")
_BRAZIL = "BR/police"
_PURPOSE = "criminal_investigation"
_SENDER = (
    "release",
    "outbox.publish",
    "outbox.sign",
    "stream.send",
    "stream.receive",
    "outbox.answer",
)
_RECIPIENT = ("inbox.store", "inbox.keep", "outbox.sign", "outbox.answer", "inbox.open")
_BROKER = ("content", "record", "index", "checkpoint", "message")
_CASES = [
    (name, when, step)
    for name, steps in (("AR", _SENDER), ("BR", _RECIPIENT), ("b1", _BROKER))
    for step in steps
    for when in ("before", "after")
]
_ELSEWHERE = {
    "withdraw",  # No part of a notice's way: the test below takes a word back.
    "evidence",  # A refusal alone: it ends an order, and no notice goes.
    "outbox.leave",  # A statement by an administrator, no part of a notice's way.
    "outbox.reseal",  # Only after a refusal: tests/node/test_brokers.py.
    "inbox.settle",  # Only for what was kept aside: tests/node/test_attacks.py.
    "draft",  # Before the line begins: the officer sees that nothing was kept.
    "import",  # As above; the same file again updates the drafts it made.
}


@pytest.fixture(scope="module", name="doom")
def _doom(first_day: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doom]:
    home = tmp_path_factory.mktemp("crash") / "exchange"
    with Exchange.make(home, STATES, kept=first_day, brokers=2) as exchange:
        exchange.append_genesis()
        doom = Doom(exchange)
        yield doom
        _check_log(doom)


def _check_log(doom: Doom) -> None:
    """Check that the log counts every notice once, and nothing twice."""
    with doom.officer("BR", "davi") as davi:
        arrived = inbox(davi, 1000)
    code, found = verify_log(doom.exchange)
    assert code == 0, found
    assert (found["void"], found["void_items"], found["alarms"]) == ({}, 0, [])
    assert found["items"].get("label", 0) == len(arrived)
    assert found["items"].get("receipt", 0) == 2 * len(arrived)


@pytest.mark.parametrize(("name", "when", "step"), _CASES, ids=lambda word: word)
def test_a_notice_arrives_once_whoever_is_killed_at_whichever_step(
    doom: Doom, name: str, when: str, step: str
) -> None:
    before = dict(doom.deaths)
    labels = doom.until(lambda: _labels(doom))
    draft = doom.until(lambda: _draft(doom))
    doom.tell(name, when, step)
    doom.until(lambda: _order(doom, draft))
    (label,) = doom.until(lambda: _labels(doom) - labels)
    doom.until(lambda: _show(doom, label))
    doom.until(lambda: _states(doom, draft) == {_BRAZIL: "opened"})
    assert doom.deaths == before | {name: before[name] + 1}
    assert doom.until(lambda: _labels(doom)) == labels | {label}


def test_every_step_that_a_notice_passes_is_among_those_that_kill() -> None:
    steps = {
        step
        for folder in ("outbox", "inbox", "release")
        for file in (ROOT / "node" / folder).glob("*.py")
        for step in _written(file)
    }
    named = {*_SENDER, *_RECIPIENT} - {"stream.send", "stream.receive"}
    assert steps - _ELSEWHERE == named


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_word_is_taken_back_whole_whoever_is_killed_meanwhile(doom: Doom, when: str) -> None:
    before = dict(doom.deaths)
    labels = doom.until(lambda: _labels(doom))
    draft = doom.until(lambda: _draft(doom))
    doom.until(lambda: _order(doom, draft))
    (label,) = doom.until(lambda: _labels(doom) - labels)
    doom.until(lambda: _show(doom, label))
    doom.until(lambda: _states(doom, draft) == {_BRAZIL: "opened"})
    doom.tell("AR", when, "withdraw")
    doom.until(lambda: _withdraw(doom, draft))
    (owed,) = doom.until(lambda: _owed(doom, draft))
    assert (_BRAZIL, label) == (owed["recipient"], owed["label"])
    assert doom.deaths == before | {"AR": before["AR"] + 1}


def _withdraw(doom: Doom, draft: str) -> bool:
    """Take the approval back, unless it was before the node died."""
    with doom.officer("AR", "sergio") as sergio:
        (word,) = cast("list[dict[str, str]]", sergio.list_words(draft, "en")["words"])
        if word["worth"] != "withdrawn":
            sergio.withdraw(word["id"], "approved by mistake", "en")
        return True


def _owed(doom: Doom, draft: str) -> list[dict[str, str]]:
    with doom.officer("AR", "sergio") as sergio:
        return cast("list[dict[str, str]]", sergio.list_owed(draft, "en")["owed"])


def _written(file: Path) -> Iterator[str]:
    """Yield the names of the steps that a file writes."""
    for node in ast.walk(ast.parse(file.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "write"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def _draft(doom: Doom) -> str:
    with doom.officer("AR", "clara") as clara:
        return str(clara.put_draft(json.dumps(sample.network()).encode())["id"])


def _order(doom: Doom, draft: str) -> bool:
    """Bring a draft under way: order it, have it approved, and look where it stands."""
    with doom.officer("AR", "clara") as clara, doom.officer("AR", "sergio") as sergio:
        waits = holds(sergio, draft)
        if waits:
            _approve(sergio, waits[0]["id"])
        elif states(clara, draft).get(_BRAZIL, "held") == "held":
            send(clara, [draft], [_BRAZIL])
        return states(clara, draft).get(_BRAZIL, "held") != "held"


def _approve(sergio: Caller, hold: str) -> None:
    try:
        approve(sergio, hold, SECOND_PERSON)
    except AbsentError:
        return  # It was written before the node died.


def _labels(doom: Doom) -> set[str]:
    with doom.officer("BR", "davi") as davi:
        return {"", *(str(row["id"]) for row in inbox(davi, 1000))}


def _show(doom: Doom, label: str) -> bool:
    with doom.officer("BR", "davi") as davi:
        try:
            return bool(davi.show(label, _PURPOSE, "en")["items"])
        except HeldError:
            return False


def _states(doom: Doom, draft: str) -> dict[str, str]:
    with doom.officer("AR", "clara") as clara:
        return states(clara, draft)
