"""A law that opens more, from the command line to the log: nobody brings it alone."""

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from node.__main__ import main
from node.config import load
from node.genesis import council
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.terminal import batchfile
from node.terminal.overseer import read_key
from policies.folder import HOME
from tests.node.exchange import CHEAP, PASSPHRASE, Exchange, State, desk
from valija.clock import minute_of
from valija.errors import MalformedError, ValijaError, VerificationError
from valija.ids import Member, Office, digest
from valija.keyfile import seal_keys

MX = Member("MX")
_LIMIT = '@id("MX-CPEUM-20C") '
Edit = Callable[[Path], Path]


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "node.keystore.seal_keys",
        lambda secret, phrase, _cost: seal_keys(secret, phrase, CHEAP),
    )


def run(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, object]:
    code = main([*map(str, words), "--json"])
    said = capsys.readouterr()
    assert 0 == code, said.err
    answer: dict[str, object] = json.loads(said.out.splitlines()[-1])
    return answer


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert 0 != main([*map(str, words)])
    return capsys.readouterr().err


def edited(folder: Path, change: Callable[[str], str]) -> Path:
    """Lay a law beside that of the program, with one file of Mexico's changed."""
    shutil.copytree(HOME, folder / "law")
    rules = folder / "law" / "MX" / "send.cedar"
    rules.write_text(change(rules.read_text(encoding="utf-8")), encoding="utf-8")
    return folder / "law"


def without_limit(text: str) -> str:
    """The law without one article that protects a victim's identity."""
    start = text.index(_LIMIT)
    return text[:start] + text[text.index(";\n", start) + 2 :]


@dataclass
class Mexico:
    """A state that joins with an oversight, and its folders."""

    exchange: Exchange
    home: Path
    run: Callable[..., dict[str, object]]
    refused: Callable[..., str]

    @property
    def passphrase(self) -> tuple[object, ...]:
        return ("--passphrase-file", self.home / "passphrase")

    @property
    def overseer(self) -> Path:
        return self.home / "oversight"

    def found(self, *named: object) -> None:
        """Make the node's keys, and let the council name the state."""
        self.run(
            *("init", self.home / "MX", "--member", "MX", "--name", "México"),
            *("--desk", "police", "--broker", "127.0.0.1:9", "--policies", HOME),
            *("--anchor", self.exchange.state("AR").config.anchor),
            *(*named, *self.passphrase),
        )
        request = batchfile.read(self.home / "MX" / "MX.request")
        signer = desk("@c1", Office.STATE)
        members = council.name_members(
            self.exchange._council, signer, [council.proposal_in(request)]
        )
        self.exchange.genesis = [*self.exchange.genesis, members, *request[1:]]
        self.exchange.states["MX"] = State(load(self.toml))

    @property
    def toml(self) -> Path:
        return self.home / "MX" / "node.toml"

    def bring(self, out: str, law: Path, *words: object) -> dict[str, object]:
        named = ("--config", self.toml, "--policies", law, *words)
        return self.run("bundle", *named, "--out", self.home / out)

    def endorse(self, out: str, file: str, law: Path, *words: object) -> dict[str, object]:
        named = ("--policies", law, *words, "--out", self.home / out)
        return self.run(
            "oversight", "endorse", self.overseer, self.home / file, *named, *self.passphrase
        )

    def in_force(self, *files: str) -> str:
        """Carry files to the log, and return which law is in force once the node read it."""
        for file in files:
            self.exchange.genesis += batchfile.read(self.home / file)

        async def work() -> str:
            async with self.exchange.broker(), self.exchange.node("MX") as node:
                await self.exchange.is_founded(node)
                directory = node.parts.knowledge.directory
                now = minute_of(node.parts.clock.now())
                try:
                    return directory.bundle(MX, now).bundle.hex()
                except VerificationError:
                    return ""

        return asyncio.run(work())


@pytest.fixture
def joining(exchange: Exchange, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Mexico:
    """Mexico before it has any keys."""
    one = Mexico(exchange, tmp_path / "mx", partial(run, capsys), partial(refused, capsys))
    one.home.mkdir()
    (one.home / "passphrase").write_bytes(PASSPHRASE + b"\n")
    return one


@pytest.fixture
def mexico(joining: Mexico) -> Mexico:
    """Mexico with both its offices' keys, named by the council."""
    made = ("oversight", "new", joining.overseer, "--member", "MX", *joining.passphrase)
    joining.run(*made)
    joining.found("--oversight", joining.overseer / "MX.oversight")
    return joining


def test_a_law_that_opens_more_is_in_force_only_once_the_oversight_endorsed_it(
    mexico: Mexico, tmp_path: Path
) -> None:
    loose = edited(tmp_path / "loose", without_limit)
    first = mexico.bring("first.batches", HOME)
    assert first["widens"]
    assert "" == mexico.in_force("first.batches")  # The first law opens what none opened.
    mexico.endorse("first.word", "first.batches", HOME)
    strict = mexico.in_force("first.word")
    assert first["digest"] == strict

    wide = mexico.bring("wide.batches", loose, "--old", HOME)
    assert wide["widens"]
    assert any("roles any but" in one or "victim" in one for one in wide["opens"])  # type: ignore[attr-defined]
    assert "MX/oversight" in str(wide["next"])
    assert strict == mexico.in_force("wide.batches")

    word = ("oversight", "endorse", mexico.overseer, mexico.home / "wide.batches")
    rest = ("--out", mexico.home / "no.word", *mexico.passphrase)
    before = ("--before", mexico.home / "first.batches")
    assert "--before" in mexico.refused(*word, "--policies", loose, "--old", HOME, *rest)
    assert "--old" in mexico.refused(*word, "--policies", loose, *before, *rest)
    for new, old in ((HOME, HOME), (loose, loose)):  # Another law; another old one.
        shown = ("--policies", new, "--old", old, *before)
        assert "nothing was signed" in mexico.refused(*word, *shown, *rest)
    told = mexico.endorse("wide.word", "wide.batches", loose, "--old", HOME, *before)
    assert wide["opens"] == told["opens"]
    assert wide["digest"] == mexico.in_force("wide.word")

    narrow = mexico.bring("narrow.batches", HOME, "--old", loose)
    assert (False, []) == (narrow["widens"], narrow["opens"])
    assert strict == mexico.in_force("narrow.batches")


def test_a_law_is_compared_with_the_one_in_force_and_with_no_other(
    mexico: Mexico, tmp_path: Path
) -> None:
    loose = edited(tmp_path / "loose", without_limit)
    again = edited(tmp_path / "again", lambda text: f"// Reprinted.\n{text}")
    named = ("--config", mexico.toml, "--policies", loose)
    bring = partial(mexico.refused, "bundle", *named)
    assert "no law of MX is in force" in bring("--old", HOME, "--out", tmp_path / "1")
    mexico.bring("first.batches", HOME)
    mexico.endorse("first.word", "first.batches", HOME)
    assert mexico.in_force("first.batches", "first.word")

    assert "--old" in bring("--out", tmp_path / "2")
    assert "in force is" in bring("--old", loose, "--out", tmp_path / "3")
    assert "either" in bring("--old", HOME, "--anew", "--out", tmp_path / "4")
    assert not any((tmp_path / name).exists() for name in "1234")
    reprint = mexico.bring("again.batches", again, "--old", HOME)
    assert not reprint["widens"]  # Another digest, and the same law.
    unseen = mexico.bring("anew.batches", again, "--anew")
    assert unseen["widens"]  # What cannot be compared counts as opening all that it allows.


def test_an_oversight_puts_no_word_under_a_statement_that_hides_what_it_opens(
    mexico: Mexico, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mexico.bring("first.batches", HOME)
    mexico.endorse("first.word", "first.batches", HOME)
    assert mexico.in_force("first.batches", "first.word")
    loose = edited(tmp_path / "loose", without_limit)
    with monkeypatch.context() as hiding:
        hiding.setattr("node.genesis.lawchange.LawChange.widens", False)
        mexico.bring("hidden.batches", loose, "--old", HOME)
    said = mexico.refused(
        *("oversight", "endorse", mexico.overseer, mexico.home / "hidden.batches"),
        *("--policies", loose, "--old", HOME, "--before", mexico.home / "first.batches"),
        *("--out", tmp_path / "word", *mexico.passphrase),
    )
    assert "says that the law opens nothing, and it does" in said


def test_the_oversights_key_lies_apart_from_the_nodes(mexico: Mexico, tmp_path: Path) -> None:
    said = mexico.refused(
        *("init", tmp_path / "CL", "--member", "CL", "--name", "Chile", "--desk", "oversight"),
        *("--broker", "127.0.0.1:9", "--anchor", mexico.exchange.state("AR").config.anchor),
        *mexico.passphrase,
    )
    assert "keeps its key away from the node" in said
    said = mexico.refused(
        *("init", tmp_path / "CL", "--member", "CL", "--name", "Chile", "--desk", "police"),
        *("--broker", "127.0.0.1:9", "--anchor", mexico.exchange.state("AR").config.anchor),
        *("--oversight", mexico.overseer / "MX.oversight", *mexico.passphrase),
    )
    assert "no first key of CL's oversight" in said
    key = mexico.overseer / "MX.oversight"
    key.write_bytes(key.read_bytes()[:-1] + b"x")
    said = mexico.refused(
        *("init", tmp_path / "M2", "--member", "MX", "--name", "México", "--desk", "police"),
        *("--broker", "127.0.0.1:9", "--anchor", mexico.exchange.state("AR").config.anchor),
        *("--oversight", key, *mexico.passphrase),
    )
    assert said
    assert not (tmp_path / "M2").exists()


def test_no_damaged_key_of_an_oversight_is_named_by_a_state(mexico: Mexico) -> None:
    key = mexico.overseer / "MX.oversight"
    whole, damaged = key.read_bytes(), mexico.home / "damaged"
    assert read_key(key, MX).desk == desk("MX", Office.OVERSIGHT)
    for at in range(0, len(whole), 97):
        changed = bytes([whole[at] ^ 1])
        damaged.write_bytes(whole[:at] + changed + whole[at + 1 :])
        with pytest.raises(ValijaError):
            read_key(damaged, MX)
        damaged.write_bytes(whole[:at])
        with pytest.raises(ValijaError):
            read_key(damaged, MX)
    with pytest.raises(MalformedError, match="cannot be read"):
        read_key(mexico.home / "none", MX)


def test_a_state_without_an_oversight_brings_no_law_that_opens_more(
    joining: Mexico, tmp_path: Path
) -> None:
    joining.found()
    assert "" == joining.in_force()
    said = joining.refused("bundle", "--config", joining.toml, "--out", tmp_path / "law")
    assert "MX has no oversight that could endorse it" in said


def test_nothing_is_signed_without_a_file_to_write_or_a_key_to_sign(
    mexico: Mexico, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mexico.bring("first.batches", HOME)
    key, law = mexico.passphrase, ("--policies", HOME)
    run(capsys, "council", "new", tmp_path / "c1", *key)
    brought = (mexico.home / "first.batches", *law, *key)
    for words in (
        ("oversight", "endorse", mexico.overseer, *brought),
        ("council", "name", tmp_path / "c1", mexico.home / "MX" / "MX.request", *key),
        ("council", "treaty", tmp_path / "c1", *law, *key),
        ("council", "endorse", tmp_path / "c1", *brought),
    ):
        assert "name the batch file to write with --out" in refused(capsys, *words)
    out = ("--out", tmp_path / "word")
    said = refused(capsys, "oversight", "endorse", tmp_path / "c1", *brought, *out)
    assert "bring 0 laws of @c1" in said
    Keystore.create(KeyFile(KeyFolder(tmp_path / "empty"), PASSPHRASE))
    said = refused(capsys, "oversight", "endorse", tmp_path / "empty", *brought, *out)
    assert "holds no key" in said
    assert not (tmp_path / "word").exists()


def test_the_council_adopts_another_treaty_layer_by_comparison_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p").write_bytes(PASSPHRASE + b"\n")
    key = ("--passphrase-file", tmp_path / "p")
    for name in ("c1", "c2"):
        run(capsys, "council", "new", tmp_path / name, "--desk", f"@{name}", *key)
    home = ("--policies", HOME)
    first = ("council", "treaty", tmp_path / "c1", *home, *key)
    assert run(capsys, *first, "--out", tmp_path / "1")["widens"]
    shutil.copytree(HOME, tmp_path / "law")
    rules = tmp_path / "law" / "treaty" / "send_persons.cedar"
    text = rules.read_text(encoding="utf-8")
    start = text.index('@id("TIP-14-1")')
    rules.write_text(text[:start] + text[text.index(";\n", start) + 2 :], encoding="utf-8")
    wide = ("council", "treaty", tmp_path / "c1", "--policies", tmp_path / "law", *key)
    assert "--before" in refused(capsys, *wide, "--old", HOME, "--out", tmp_path / "2")
    before = ("--before", tmp_path / "1", "--old", HOME)
    told = run(capsys, *wide, *before, "--out", tmp_path / "2")
    assert told["widens"]
    (batch,) = batchfile.read(tmp_path / "2")
    (earlier,) = batchfile.read(tmp_path / "1")
    assert digest(earlier.items[0].payload) == getattr(batch.items[0].body, "replaces", None)

    endorse = ("council", "endorse", tmp_path / "c2", tmp_path / "2", *key)
    said = refused(capsys, *endorse, *home, *before, "--out", tmp_path / "3")
    assert "this folder holds" in said
    seen = run(
        capsys, *endorse, "--policies", tmp_path / "law", *before, "--out", tmp_path / "3"
    )
    assert told["opens"] == seen["opens"]
