"""Native JSON in and out: docs/content.md, "Formats", 1."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notice import native, told
from node.notice.handle import is_handle
from node.notice.notice import Notice
from tests.node.notice.invented import DEMO, demo, victim
from valija.errors import MalformedError


def _file(name: str = "network") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEMO / f"{name}.json").read_bytes())
    return found


def _parse(found: object) -> object:
    return native.parse(json.dumps(found).encode())


@pytest.mark.parametrize("name", ["network", "suspect"])
def test_what_is_written_parses_to_the_same_notice(name: str) -> None:
    found = demo(name)
    assert found == native.parse(native.to_bytes(found))


def test_a_victim_notice_and_what_was_told_survive_the_way_out_and_in() -> None:
    base = victim()
    everything = told.Told(
        source="police",
        regime=("jit:AR-BR",),
        channel="mla",
        items={base.items[1].handle: told.ItemTold("bank", ("us_1367",), ("intercept",))},
        persons={base.items[1].handle: told.PersonTold("no", "VE", "yes", "no")},
        case=told.CaseTold((("AR_204", "2026-12-01"),), ("CP145",), "yes"),
        danger=told.Danger("x", 1, 2, "a", "b"),
        essential=frozenset({f"{base.items[1].handle}/name"}),
    )
    found = Notice("victim", base.date, base.handling, base.items, base.seed, everything)
    assert found == native.parse(native.to_bytes(found))


def test_a_case_that_nobody_spoke_of_stays_unsaid() -> None:
    found = native.parse(native.to_bytes(victim()))
    assert found.told.case == told.CaseTold()
    assert found == victim()


def test_local_names_are_replaced_everywhere_they_stand() -> None:
    found = demo("network")
    assert all(is_handle(item.handle) for item in found.items)
    assert found.of("Vehicle")[0].targets("owner") == (found.persons[0].handle,)
    assert found.persons[0].handle in found.told.persons
    assert b'"P1"' not in native.to_bytes(found)


_BREAKS: list[Callable[[dict[str, Any]], object]] = [
    lambda f: f.update(valija=2),
    lambda f: f.update(valija=True),
    lambda f: f.update(weather="fine"),
    lambda f: f.pop("type"),
    lambda f: f.update(type="weather"),
    lambda f: f.update(type=1),
    lambda f: f.update(date="2026-11"),
    lambda f: f.update(seed="zz"),
    lambda f: f.update(seed="00"),
    lambda f: f.update(title="x"),
    lambda f: f.update(title={"es": {"text": "x", "by": "nobody"}}),
    lambda f: f.update(title={"es": {"text": "x"}}),
    lambda f: f.update(title={"es": "x"}),
    lambda f: f.update(confidence="high"),
    lambda f: f.update(sections={}),
    lambda f: f.update(sections=[1]),
    lambda f: f.update(entities=f["entities"] * 200),
    lambda f: f["entities"][0].update(schema="Weather"),
    lambda f: f["entities"][0].update(schema="notice"),
    lambda f: f["entities"][0].update(weather="x"),
    lambda f: f["entities"][0].update(id="P2"),
    lambda f: f["entities"][0].update(roles=["king"]),
    lambda f: f["entities"][0].update(roles="suspect"),
    lambda f: f["entities"][3].update(roles=["suspect"]),
    lambda f: f["entities"][0].update(properties=[]),
    lambda f: f["entities"][0]["properties"].update(shoeSize=["44"]),
    lambda f: f["entities"][0]["properties"].update(name="x"),
    lambda f: f["entities"][0]["properties"].update(name=[1.5]),
    lambda f: f["entities"][0]["properties"].update(name=[None]),
    lambda f: f["entities"][0]["properties"].update(name=[" x "]),
    lambda f: f["entities"][0]["properties"].update(name=["\ud800"]),
    lambda f: f["entities"][0]["properties"].update(birthDate=["yesterday"]),
    lambda f: f["entities"][3]["properties"].update(owner=["P9"]),
    lambda f: f["entities"][3]["properties"].update(owner=[1]),
    lambda f: f["handling"].update(tlp="white"),
    lambda f: f["handling"].update(h=["H9"]),
    lambda f: f["handling"].update(h=["H3"]),
    lambda f: f["handling"].update(retention_until="2027"),
    lambda f: f["handling"].update(more="x"),
    lambda f: f["told"].update(more="x"),
    lambda f: f["told"].update(source="weather"),
    lambda f: f["told"].update(regime=["weather"]),
    lambda f: f["told"].update(regime=["jit:AR"]),
    lambda f: f["told"].update(items=[]),
    lambda f: f["told"].update(items={"P1": {"provenance": ["weather"]}}),
    lambda f: f["told"].update(persons={"P9": {}}),
    lambda f: f["told"]["persons"]["P1"].update(asylum="maybe"),
    lambda f: f["told"]["persons"]["P1"].update(feared_state="ZZ"),
    lambda f: f["told"]["case"].update(charges="x"),
    lambda f: f["told"]["case"].update(charges=[1]),
    lambda f: f["told"]["case"].update(secrecy="x"),
    lambda f: f["told"]["case"].update(secrecy=[{"type": "weather"}]),
    lambda f: f["told"].update(essential=["P1"]),
    lambda f: f["told"].update(danger={"reason": "x"}),
]


@pytest.mark.parametrize("change", _BREAKS)
def test_whatever_is_not_ours_refuses_the_whole_file(
    change: Callable[[dict[str, Any]], object],
) -> None:
    found = _file()
    change(found)
    with pytest.raises(MalformedError):
        _parse(found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"valija":1,"valija":1}',
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b"[" * 100_000,
        b" " * (native.MAX_BYTES + 1),
    ],
)
def test_strange_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        native.parse(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(MalformedError):
        native.parse(data)


def test_a_text_is_brought_to_one_normal_form() -> None:
    found = _file()
    found["entities"][0]["properties"]["name"] = ["Marano\u0301n"]
    parsed = native.parse(json.dumps(found).encode())
    assert parsed.persons[0].text("name") == "Maranón"
