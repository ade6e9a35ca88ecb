"""`python -m broker`, from nothing to a log that the auditor's command finds whole."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.__main__ import main
from broker.genesis import Ceremony, assemble_anchor
from tests.broker.support import World, install, police, real_clock, realm
from valija import canonical
from valija.anchor import parse_anchor
from valija.errors import MalformedError
from valija.keyfile import Cost
from valija.wire.submit import batch_file_bytes

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ceremony.__init__, "__defaults__", (Cost(1, 1),))


def council_part() -> bytes:
    rows = [
        {"member": f"@c{n}", "signing": b64encode(realm.composite(f"@c{n}").public).decode()}
        for n in (2, 1)
    ]
    return canonical.to_bytes({"council": rows})


def parts(folder: Path) -> list[str]:
    """Make all parts of an anchor, and return their files."""
    (folder / "secret").write_bytes(b"invented\n")
    words = ["--passphrase-file", str(folder / "secret")]
    exchange, audit = folder / "exchange", folder / "audit"
    made = ["init", str(exchange), "--origin", "valija.example/log", "--brokers", "2", *words]
    assert 0 == main(made)
    assert 0 == main(["auditor", str(audit), *words])
    (folder / "council.part.json").write_bytes(council_part())
    files = (exchange / "broker.part.json", audit / "auditor.part.json")
    return [*map(str, files), str(folder / "council.part.json")]


def test_an_anchor_is_made_of_its_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "exchange" / "anchor.json"
    made = ["anchor", "--json", *parts(tmp_path), "--quorum", "2", "--out", str(out)]
    capsys.readouterr()
    assert 0 == main(made)
    anchor = parse_anchor(out.read_bytes())
    assert anchor.digest.hex() == json.loads(capsys.readouterr().out)["digest"]
    assert ["@c1", "@c2"] == [key.desk.member for key in anchor.council]
    assert ["@b1", "@b2"] == [each.desk.member for each in anchor.brokers]
    status = ["status", "--json", "--config", str(tmp_path / "exchange" / "b2.toml")]
    assert 0 == main(status)
    found = json.loads(capsys.readouterr().out)
    assert ("@b2", 0, 0) == (found["desk"], found["records"], found["checkpoint"])
    assert 2 == main(made)


def test_nothing_that_was_made_is_made_again(tmp_path: Path) -> None:
    parts(tmp_path)
    words = ["--origin", "x", "--passphrase-file", str(tmp_path / "secret")]
    assert 2 == main(["init", str(tmp_path / "exchange"), *words])
    assert 2 == main(["auditor", str(tmp_path / "audit"), *words[2:]])


def test_a_passphrase_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALIJA_PASSPHRASE_FILE", raising=False)
    assert 2 == main(["auditor", str(tmp_path / "audit")])


@pytest.mark.parametrize(
    "bad",
    [
        [b"[]"],
        [b'{"colour":"red"}'],
        [b'{"origin":"a"}', b'{"origin":"b"}'],
        [b'{"council":{}}'],
        [b'{"origin":"a"}'],
    ],
)
def test_parts_that_make_no_anchor_are_malformed(bad: list[bytes]) -> None:
    with pytest.raises(MalformedError):
        assemble_anchor(bad, 2, real_clock())


def test_a_batch_file_is_appended_and_again_is_duplicate(
    tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    config, file = install(tmp_path), tmp_path / "genesis.batches"
    file.write_bytes(batch_file_bytes(world.batches))
    for answer in ("admitted", "duplicate"):
        assert 0 == main(["append", "--json", str(file), "--config", str(config)])
        reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert {answer} == {report["answer"] for report in reports}
        assert list(range(len(world.batches))) == [report["leaf_index"] for report in reports]


def test_a_refused_batch_is_named_and_the_exit_code_says_so(
    founded: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    envelope = world.envelope("AR", police("BR"))
    batch = world.actor("AR").sign(realm.relabelled(envelope, expires=1))
    file = founded / "file"
    file.write_bytes(batch_file_bytes([batch]))
    assert 1 == main(["append", str(file), "--config", str(install(founded))])
    assert f"batch 0 {batch.head_digest.hex()[:16]}: RejectedError" in capsys.readouterr().out


def test_a_file_that_holds_no_batches_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff")
    config = str(install(tmp_path))
    assert 2 == main(["append", str(tmp_path / "file"), "--config", config])
    assert 2 == main(["append", str(tmp_path / "absent"), "--config", config])
    assert 2 == main(["serve", "--config", str(tmp_path / "absent.toml")])


@contextmanager
def served(config: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run a broker as its operator does, until a signal."""
    command = [
        sys.executable,
        "-m",
        "broker",
        "--log",
        "ERROR",
        "serve",
        "--config",
        str(config),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=os.environ.copy())
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(90)
        process.stdout.close()


def test_a_served_broker_takes_appended_batches_and_ends_at_a_signal(
    founded: Path, world: World
) -> None:
    config = install(founded)
    file = founded / "file"
    file.write_bytes(
        batch_file_bytes([world.actor("AR").sign(world.notice("AR", police("BR")))])
    )
    with served(config) as (process, said):
        assert said["listen"].startswith("127.0.0.1:")
        assert 0 == main(["append", str(file), "--config", str(config)])
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(90)
    assert 0 == main(["append", str(file), "--config", str(config)])
