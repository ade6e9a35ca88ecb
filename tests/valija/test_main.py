"""The auditor's command: a sentence a step, JSON for machines, 0, 1 or 2."""

import json
import runpy
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import valija
from tests.valija.realm import Realm, state_desk
from tests.valija.served import grow, note, write
from valija.__main__ import FAILS, HOLDS, UNREADABLE, FolderReader, HttpsReader, main
from valija.certificate import TlsPair, make_certificate, to_pem
from valija.errors import AbsentError, UnavailableError
from valija.ids import digest
from valija.publication import CHECKPOINT


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def test_a_true_log_is_told_in_sentences(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(realm, tmp_path)
    assert HOLDS == main(["verify-log", str(tmp_path)])
    told = capsys.readouterr().out
    assert realm.anchor.digest.hex() in told
    assert f"All {realm.tree.size} records" in told
    assert "FAIL" not in told


def test_a_false_log_ends_with_one_and_names_the_step(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(realm, tmp_path)
    (tmp_path / CHECKPOINT).write_bytes(note(realm, root=digest(b"another")))
    assert FAILS == main(["verify-log", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert not told["holds"]
    assert ["anchor", "checkpoint", "records"] == [step["step"] for step in told["steps"]]


def test_json_and_sentences_hold_figures_and_alarms(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actor = realm.actor("AR")
    point = replace(actor.point, head=digest(b"another"))
    realm.count(actor.draft(realm.notice("AR", state_desk("BR")), point=point))
    write(realm, tmp_path)
    assert HOLDS == main(["verify-log", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (realm.tree.size, realm.tree.root().hex()) == (told["size"], told["root"])
    assert 1 == told["items"]["label"]
    alarm = {"kind": "wrong_previous", "desk": "AR/police", "sequence": point.sequence + 1}
    assert [alarm] == told["alarms"]
    assert HOLDS == main(["verify-log", str(tmp_path)])
    assert "note wrong_previous AR/police" in capsys.readouterr().out


@pytest.mark.parametrize("as_json", [True, False])
def test_what_cannot_be_read_ends_with_two(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    flags = ["--json"] if as_json else []
    assert UNREADABLE == main(["verify-log", str(tmp_path), *flags])
    assert "anchor file" in capsys.readouterr().out
    write(realm, tmp_path)
    anchor = ["--anchor", str(tmp_path / "anchor.json"), *flags]
    (tmp_path / CHECKPOINT).unlink()
    assert UNREADABLE == main(["verify-log", str(tmp_path), *anchor])
    (tmp_path / CHECKPOINT).mkdir()
    assert UNREADABLE == main(["verify-log", str(tmp_path), *anchor])
    assert UNREADABLE == main(["verify-log", "ftp://here", *anchor])


def test_the_command_runs_by_itself(
    realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(realm, tmp_path)
    monkeypatch.setattr(sys, "argv", ["valija", "verify-log", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(valija.__file__).parent / "__main__.py"), run_name="__main__")
    assert HOLDS == ended.value.code


def sleeping(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
    """Let something happen at each sleep, and an interruption after the last."""
    left = iter(steps)

    def sleep(_seconds: float) -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(time, "sleep", sleep)


def test_a_log_is_followed_as_it_grows_until_somebody_interrupts(
    realm: Realm,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(realm, tmp_path)

    def later() -> None:
        since = realm.tree.size
        grow(realm, 2)
        write(realm, tmp_path, since)

    sleeping(monkeypatch, later, lambda: None, later)
    assert HOLDS == main(["verify-log", str(tmp_path), "--follow", "--json"])
    told = [json.loads(line)["size"] for line in capsys.readouterr().out.splitlines()]
    assert [realm.tree.size - 4, realm.tree.size - 2, realm.tree.size] == told


def test_following_ends_when_its_time_is_over(realm: Realm, tmp_path: Path) -> None:
    write(realm, tmp_path)
    command = ["verify-log", str(tmp_path), "--follow", "--interval", "0.01"]
    assert HOLDS == main([*command, "--seconds", "0.05"])


def test_a_log_that_is_away_for_a_while_is_waited_for(
    realm: Realm,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(realm, tmp_path)
    checkpoint, aside = tmp_path / CHECKPOINT, tmp_path / "aside"
    checkpoint.rename(aside)
    checkpoint.mkdir()

    def later() -> None:
        checkpoint.rmdir()
        aside.rename(checkpoint)

    sleeping(monkeypatch, later)
    assert HOLDS == main(["verify-log", str(tmp_path), "--follow"])
    told = capsys.readouterr().out
    assert "Not readable now" in told
    assert f"All {realm.tree.size} records" in told


def test_a_folder_tells_what_is_not_there_from_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(AbsentError):
        FolderReader(tmp_path).read("nothing")
    with pytest.raises(UnavailableError):
        FolderReader(tmp_path).read("folder")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        del format, args


def pem_file(folder: Path, name: str, pair: TlsPair) -> Path:
    path = folder / f"{name}.pem"
    path.write_bytes(to_pem(pair.certificate) + pair.secret)
    return path


@contextmanager
def serving(folder: Path, own: Path, clients: TlsPair) -> Iterator[str]:
    """Serve a folder over mutual TLS on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=to_pem(clients.certificate).decode())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # Refused handshakes.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pair(name: str) -> TlsPair:
    return make_certificate(name, datetime.now(UTC))  # noqa: TID251 (a handshake asks the real clock)


def test_a_log_is_checked_over_mutual_tls_with_the_anchors_brokers(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broker, auditor, stranger = pair("b1"), pair("auditor"), pair("stranger")
    first, second = realm.anchor.brokers
    anchor = replace(
        realm.anchor, brokers=(replace(first, certificate=broker.certificate), second)
    )
    folder = tmp_path / "log"
    write(realm, folder)
    (tmp_path / "anchor.json").write_bytes(anchor.to_bytes())
    ours = ["--anchor", str(tmp_path / "anchor.json")]
    identity = ["--identity", str(pem_file(tmp_path, "auditor", auditor))]
    with serving(folder, pem_file(tmp_path, "b1", broker), auditor) as address:
        assert HOLDS == main(["verify-log", f"{address}/", *ours, *identity])
        told = capsys.readouterr().out
        assert f"All {realm.tree.size} records" in told
        assert UNREADABLE == main(["verify-log", address, *ours])
        wrong = ["--identity", str(tmp_path / "anchor.json")]
        assert UNREADABLE == main(["verify-log", address, *ours, *wrong])
        assert "certificate file" in capsys.readouterr().out
        (folder / CHECKPOINT).unlink()
        assert UNREADABLE == main(["verify-log", address, *ours, *identity])
        assert "not served here" in capsys.readouterr().out
    with (
        serving(folder, pem_file(tmp_path, "stranger", stranger), auditor) as address,
        pytest.raises(UnavailableError),
    ):
        HttpsReader(address, anchor, Path(identity[1])).read(CHECKPOINT)


def test_what_was_read_is_kept_and_holds_again_off_line(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, kept = tmp_path / "log", tmp_path / "kept"
    write(realm, folder)
    assert HOLDS == main(["verify-log", str(folder), "--keep", str(kept)])
    assert HOLDS == main(["verify-log", str(kept)])
    assert f"All {realm.tree.size} records" in capsys.readouterr().out
    assert UNREADABLE == main(["verify-log", str(folder), "--keep", str(kept / CHECKPOINT)])
    assert "cannot be kept" in capsys.readouterr().out
