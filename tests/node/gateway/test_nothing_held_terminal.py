"""Every command of the terminal prints alike: none is there, and one that is not yours.

Each verb that asks a node is typed at two nodes, where the police desk has nothing and where
it has what is asked for, by an account of another desk, in four languages, for people and as
JSON. Compared are exit code, output and error output, byte for byte. A verb without a case
fails.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from node.__main__ import main
from node.terminal import officer
from tests.node.exchange import Exchange, State
from tests.node.gateway.worlds import Situation, both
from tests.node.offices import draft, text
from valija.address import Address

LANGUAGES = ("es", "en", "pt", "fr")
_DRAWN = re.compile(r"[0-9a-f]{32,64}")
_TIMED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|(?<=\"made\": )\d+|(?<=\"changed\": )\d+")
_TO = ("--to", "BR/police")
_SAID = ("--reason", "she asked for it")
Typed = tuple[str, ...]

# In this order: after an import the drafts of one minute stand in the order of drawn names.
CASES: dict[str, Callable[[Situation, Path], Iterable[Typed]]] = {
    "draft": lambda _, at: [(str(at / "draft.json"),)],
    "drafts": lambda here, _: [(), ("--after", here.things.draft)],
    "preflight": lambda here, _: [(here.things.draft, *_TO), (here.things.draft,)],
    "send": lambda here, _: [(here.things.draft, *_TO), (here.own, here.things.draft, *_TO)],
    "holds": lambda *_: [()],
    "approve": lambda here, _: [(here.things.hold, *_SAID), (here.things.hold, *_SAID, "--no")],
    "words": lambda here, _: [(here.things.draft,)],
    "withdraw": lambda here, _: [
        (word, *_SAID) for word in (here.things.word, here.things.withdrawn)
    ],
    "owed": lambda here, _: [(), (here.things.draft,)],
    "decisions": lambda here, at: [
        ("--out", str(at / "out"), "--notice", here.things.draft),
        ("--out", str(at / "out")),
    ],
    "inbox": lambda *_: [(), ("--limit", "2"), ("--limit", "1", "--after", "3")],
    "show": lambda here, _: [
        (label, "--purpose", "criminal_investigation") for label in here.things.labels
    ],
    "status": lambda here, _: [(), (here.things.draft,)],
    "import": lambda _, at: [(str(at / "some.xlsx"), "--profile", str(at / "profile.toml"))],
}


@pytest.fixture(name="situations")
async def _situations(
    learned: Exchange, tmp_path: Path
) -> AsyncIterator[tuple[Situation, Situation]]:
    async with both(learned, tmp_path) as found:
        yield found


def test_every_verb_that_asks_a_node_has_a_case() -> None:
    assert {*officer._VERBS, "import"} == set(CASES)


async def test_no_verb_prints_whether_another_desk_has_something(
    situations: tuple[Situation, Situation],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # So that no name is folded over two lines.
    bare, full = situations
    homes = [_home(here, tmp_path / name) for here, name in zip(situations, "bf", strict=True)]
    for verb, language in product(CASES, LANGUAGES):
        if verb == "import" and language != LANGUAGES[0]:
            continue  # A long answer of what the caller himself brought.
        for as_json in (False, True) if language == "es" else (False,):
            more = ("--language", language, *(["--json"] if as_json else []))
            pairs = zip(CASES[verb](bare, tmp_path), CASES[verb](full, tmp_path), strict=True)
            for typed in pairs:
                nothing, something = [
                    await _printed(home, (verb, *words, *more), capsys)
                    for home, words in zip(homes, typed, strict=True)
                ]
                assert nothing == something, verb


def _home(here: Situation, folder: Path) -> Path:
    """Write what somebody at the other desk has at hand: settings, a token and files."""
    folder.mkdir()
    bureau = here.counter.bureau
    address = Address.parse(here.counter.address)
    config = bureau.node.config
    state = State(replace(config, gateway=address))
    toml = state.write_toml()
    (toml.parent / "token").write_text(bureau.tokens["j.other"])
    (folder.parent / "draft.json").write_bytes(text(draft()))
    (folder.parent / "some.xlsx").write_bytes(here.register)
    (folder.parent / "profile.toml").write_text(here.profile)
    return toml


async def _printed(
    toml: Path, words: Typed, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """Type a command, and return what it leaves, but for what is drawn or timed."""
    own = ("--config", str(toml), "--token-file", str(toml.parent / "token"))
    with capture_logs():  # The node's own lines: it serves in this process.
        code = await asyncio.to_thread(main, [*words, *own])
    said = capsys.readouterr()
    return code, _plain(said.out), _plain(said.err)


def _plain(printed: str) -> str:
    return _TIMED.sub("a time", _DRAWN.sub("a name", printed))
