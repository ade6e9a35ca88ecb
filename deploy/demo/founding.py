"""The first day of a small exchange: council, brokers, auditor, states, agreements, law.

It does with the real commands what docs/guides/join.md does by hand, in a folder that can be
copied: every path in it is relative, and ports are written in at the start of each run.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from deploy.demo.process import ROOT, command

PASSPHRASE = "una frase larga que solo abre esta muestra"  # noqa: S105  # Of the demo only.
BATCHES = "genesis.batches"
_TREATIES = {
    "UNTOC": "UN Convention against Transnational Organized Crime",
    "TIP": "Trafficking Protocol",
    "IACMACM": "Inter-American Convention on Mutual Assistance in Criminal Matters",
    "MEMO": "Memorandum between the demo's states on the protection of victims, arts 3 to 6",
}
_VICTIMS = ["victim_protection", "victim_identification", "victim_assistance", "repatriation"]
_FIRST_PORT = 17000
_One, _Done = TypeVar("_One"), TypeVar("_Done")


@dataclass(frozen=True)
class State:
    """A state of the demo: its code, its name, its desks, and who works there.

    Attributes:
        code: ISO alpha-2.
        name: As it writes it.
        offices: Desks; the first one's certificate opens the broker's door.
        people: (account, role, office).
    """

    code: str
    name: str
    offices: tuple[str, ...]
    people: tuple[tuple[str, str, str], ...]

    @property
    def desks(self) -> list[str]:
        """Return its desks as people write them."""
        return [f"{self.code}/{office}" for office in self.offices]


def found(home: Path, states: Iterable[State], brokers: int = 1) -> None:
    """Make everything that must exist before the first notice, below `home`."""
    states = list(states)
    home.mkdir(parents=True)
    (home / "passphrase").write_text(PASSPHRASE + "\n")
    _exchange(home, brokers)
    _side_by_side(lambda each: _init(home, *each), list(enumerate(states)))
    files = [*_members(home, states), *_agreements(home, states), *_laws(home, states)]
    (home / BATCHES).write_bytes(b"".join((home / name).read_bytes() for name in files))
    _side_by_side(lambda state: _people(home, state, states), states)


def _exchange(home: Path, brokers: int) -> None:
    command(
        home,
        "broker",
        *("init", "exchange", "--origin", "valija.example/demo"),
        *("--brokers", str(brokers), "--listen", f"127.0.0.1:{_FIRST_PORT}"),
    )
    command(home, "broker", "auditor", "auditor")
    for name in ("c1", "c2"):
        _node(home, "council", "new", name, "--desk", f"@{name}", *_SECRET)
    parts = ("exchange/broker.part.json", "auditor/auditor.part.json")
    councils = ("c1/c1.part.json", "c2/c2.part.json")
    command(
        home, "broker", "anchor", *parts, *councils, "--quorum", "2", "--out", "anchor.json"
    )
    shutil.copy(home / "anchor.json", home / "exchange/anchor.json")


def _init(home: Path, place: int, state: State) -> None:
    desks = [word for office in state.offices for word in ("--desk", office)]
    overseer = f"{state.code}-oversight"
    _node(home, "oversight", "new", overseer, "--member", state.code, *_SECRET)
    _node(
        home,
        *("init", state.code, "--member", state.code, "--name", state.name, *desks),
        *("--oversight", f"{overseer}/{state.code}.oversight"),
        *("--anchor", "anchor.json", "--broker", f"127.0.0.1:{_FIRST_PORT}"),
        *("--gateway", f"127.0.0.1:{_FIRST_PORT + 500 + place}"),
        *("--policies", str(ROOT / "policies/law"), *_SECRET),
    )


def _members(home: Path, states: list[State]) -> list[str]:
    requests = [f"{state.code}/{state.code}.request" for state in states]
    _node(home, "council", "name", "c1", *requests, "--out", "members.batches", *_SECRET)
    law = ("--policies", str(ROOT / "policies/law"))
    _node(home, "council", "treaty", "c1", "--out", "treaty-law.batches", *law, *_SECRET)
    shown = ("members.batches", "treaty-law.batches")
    endorsed = ("--out", "endorsed.batches", *law, *_SECRET)
    _node(home, "council", "endorse", "c2", *shown, *endorsed)
    return [*shown, "endorsed.batches", "members.keys"]


def _agreements(home: Path, states: list[State]) -> list[str]:
    first = states[0]
    files = []
    (home / "treaty.txt").write_text("The text of the treaty stands in its depositary.\n")
    for name, title in _TREATIES.items():
        (home / f"{name}.json").write_text(json.dumps(_treaty(name, title, states)))
        out = f"{name}.batches"
        text = ("--text", "treaty.txt", "--desk", first.desks[0], "--out", out)
        _node(home, "agree", f"{name}.json", *text, *_config(first))
        files.append(out)
    shown = list(files)

    def endorse(state: State) -> list[str]:
        left = [desk for desk in state.desks if desk != first.desks[0]]
        out = f"endorsed-{state.code}.batches"
        desks = [word for desk in left for word in ("--desk", desk)]
        if not left:
            return []
        _node(home, "endorse", *shown, *desks, "--out", out, *_config(state))
        return [out]

    return files + [file for found in _side_by_side(endorse, states) for file in found]


def _treaty(name: str, title: str, states: list[State]) -> dict[str, object]:
    memorandum = name == "MEMO"
    purposes = _VICTIMS if memorandum else ["*"]
    return {
        "desks": [desk for state in states for desk in state.desks],
        "instruments": [title],
        "purposes": purposes,
        "days": 3650,
        "terms": {
            "id": name,
            "type": "bilateral_mou" if memorandum else "treaty",
            "parties": [state.code for state in states],
            "agencies": ["*"],
            "in_force_from": date(2004, 1, 1).isoformat(),
            "in_force_to": None,
            "channel": "formal",
            "purposes": purposes,
            "data_categories": ["*"],
            "covers_SIT": False,
            "evidence_use": "yes",
            "onward": "with_consent",
            "retention_max_days": None,
            "dpa_clause": False,
            "death_penalty_clause": False,
            "text_hash": "",
        },
    }


def _laws(home: Path, states: list[State]) -> list[str]:
    """Each state brings its law, and its data-protection authority endorses what it opens."""
    law = ("--policies", str(ROOT / "policies/law"))

    def bring(state: State) -> list[str]:
        out, word = f"law-{state.code}.batches", f"word-{state.code}.batches"
        _node(home, "bundle", "--out", out, *_config(state))
        seen = (f"{state.code}-oversight", out, *law, "--out", word)
        _node(home, "oversight", "endorse", *seen, *_SECRET)
        return [out, word]

    return [file for found in _side_by_side(bring, states) for file in found]


def _people(home: Path, state: State, states: list[State]) -> None:
    for account, role, office in state.people:
        desk = ("--role", role, "--desk", f"{state.code}/{office}")
        said = _node(home, "person", "add", account, *desk, "--json", *_config(state))
        (home / state.code / f"{account}.token").write_text(json.loads(said)["token"])
    desk = ("--role", "prosecutor", "--desk", state.desks[0])
    _node(home, "person", "add", "prosecutor", *desk, *_config(state))
    others = [desk for other in states if other is not state for desk in other.desks]
    risk = ("--torture", "none", "--persecution", "no", "--compromised", "no")
    _node(home, "risk", *others, *risk, "--by", "prosecutor", *_config(state))


def _side_by_side(work: Callable[[_One], _Done], ones: Iterable[_One]) -> list[_Done]:
    """Do for each state what waits for no other, two at a time, and return it in order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, ones))


_SECRET = ("--passphrase-file", "passphrase")


def _config(state: State) -> tuple[str, str]:
    return ("--config", f"{state.code}/node.toml")


def _node(home: Path, *words: str) -> str:
    return command(home, "node", *words)
