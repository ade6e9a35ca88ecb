"""Whoever keeps a node: accounts and risks, each with its line in the journal."""

import json
from pathlib import Path

import pytest

from node.__main__ import main
from tests.node.exchange import Exchange


@pytest.fixture
def settings(learned: Exchange, tmp_path: Path) -> str:
    state = learned.moved(tmp_path).state("AR")
    file = state.write_toml()
    return str(file)


def test_only_an_enrolled_prosecutor_states_a_risk(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ("--config", settings, "--json")
    person = ("person", "add")
    risk = ("risk", "BR/police", "--torture", "none", "--persecution", "no")
    risk += ("--compromised", "no", "--by", "d.luna")
    assert 1 == main([*risk, *config])
    assert (
        "is no prosecutor's account of this node; nothing was kept" in capsys.readouterr().err
    )
    assert 0 == main(
        [*person, "d.luna", "--role", "prosecutor", "--desk", "AR/police", *config]
    )
    assert json.loads(capsys.readouterr().out)["token"].startswith("valija_")
    assert 0 == main([*risk, *config])
    assert 2 == main([*risk, "--days", "0", *config])
    assert 2 == main([*risk[:3], "maybe", *risk[4:], *config])
    assert 0 == main(["person", "bar", "d.luna", *config])
    assert 1 == main([*risk, *config])
    assert 1 == main(
        [*person, "d.luna", "--role", "prosecutor", "--desk", "AR/police", *config]
    )
    assert "never given twice" in capsys.readouterr().err
    assert 2 == main([*person, "x", "--role", "liaison", "--desk", "BR/police", *config])
    assert 2 == main([*person, "--role", "liaison", "--desk", "AR/police", *config])
    capsys.readouterr()
    assert 0 == main(["person", "list", *config])
    assert {"d.luna": "prosecutor at AR/police (barred)"} == json.loads(capsys.readouterr().out)
