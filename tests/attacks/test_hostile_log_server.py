"""Threat: whoever serves a log, or hands over its folder, tries to stop or fool the auditor."""

import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.valija.realm import Realm, state_desk
from tests.valija.served import grow, note, write
from tests.valija.test_main import pair, pem_file
from valija import __main__ as command
from valija.__main__ import FAILS, HOLDS, UNREADABLE, FolderReader, HttpsReader, main
from valija.audit import Audit, follow
from valija.errors import AbsentError, MalformedError, UnavailableError, ValijaError
from valija.ids import digest
from valija.publication import CHECKPOINT

BR = state_desk("BR")
CHUNK = "records/000.p/"


@pytest.fixture
def realm() -> Realm:
    return Realm().found()


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Realm, Path]:
    realm, folder = Realm().found(), tmp_path_factory.mktemp("copied")
    write(realm, folder)
    return realm, folder


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_byte_changed_anywhere_in_a_folder_never_passes(
    copied: tuple[Realm, Path], data: st.DataObject
) -> None:
    realm, folder = copied
    path = data.draw(st.sampled_from([p for p in files(folder) if p.name != "anchor.json"]))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(
        whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    )
    try:
        holds = follow(Audit(realm.anchor, FolderReader(folder)))[-1].holds
    except ValijaError:
        holds = False
    finally:
        path.write_bytes(whole)
    assert not holds


def chunk(folder: Path) -> Path:
    return next(
        path for path in files(folder) if path.parts[-2] == "000.p" and "records" in path.parts
    )


def withheld(folder: Path) -> None:
    chunk(folder).unlink()


def cut(folder: Path) -> None:
    path = chunk(folder)
    path.write_bytes(path.read_bytes()[:-1])


def doubled(folder: Path) -> None:
    path = chunk(folder)
    path.write_bytes(path.read_bytes() * 2)


def without_end(folder: Path) -> None:
    os.truncate(folder / CHECKPOINT, 8 << 20)


def a_pipe(folder: Path) -> None:
    (folder / CHECKPOINT).unlink()
    os.mkfifo(folder / CHECKPOINT)


def a_device(folder: Path) -> None:
    (folder / CHECKPOINT).unlink()
    (folder / CHECKPOINT).symlink_to("/dev/zero")


def a_circle(folder: Path) -> None:
    (folder / CHECKPOINT).unlink()
    (folder / CHECKPOINT).symlink_to(folder / CHECKPOINT)


@pytest.mark.parametrize(
    "harm", [withheld, cut, doubled, without_end, a_pipe, a_device, a_circle]
)
def test_a_folder_that_lies_is_told_in_one_sentence_and_costs_little(
    realm: Realm,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path], None],
) -> None:
    write(realm, tmp_path)
    harm(tmp_path)
    assert main(["verify-log", str(tmp_path)]) in {FAILS, UNREADABLE}
    assert 1 == capsys.readouterr().out.count("FAIL")


class Hostile(BaseHTTPRequestHandler):
    """Answers every GET with what it was told to."""

    def __init__(self, *rest: object, answer: bytes) -> None:
        self.answer = answer
        super().__init__(*rest)  # type: ignore[arg-type]  # The server's own three.

    def do_GET(self) -> None:  # Its name there.
        self.wfile.write(self.answer)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its name there.
        del format, args


@contextmanager
def answering(answer: bytes, folder: Path, realm: Realm) -> Iterator[HttpsReader]:
    """Yield a reader of a broker that answers so, on loopback."""
    broker = pair("b1")
    first, second = realm.anchor.brokers
    anchor = replace(
        realm.anchor, brokers=(replace(first, certificate=broker.certificate), second)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem_file(folder, "b1", broker))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hostile, answer=answer))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # A reader that hangs up.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield HttpsReader(f"https://127.0.0.1:{server.server_address[1]}", anchor, None)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


OK, LONG = b"HTTP/1.1 200 OK\r\n", b"Content-Length: 9999999\r\n\r\n"
ANSWERS: list[tuple[bytes, type[ValijaError]]] = [
    (b"", UnavailableError),
    (b"\xff\xfe\x00 no HTTP at all\r\n\r\n", UnavailableError),
    (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n", UnavailableError),
    (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", UnavailableError),
    (OK + LONG + b"cut off", UnavailableError),
    (OK + b"Content-Length: -1\r\n\r\n" + bytes(2 << 20), MalformedError),
    (OK + b"Content-Length: many\r\n\r\n" + bytes(2 << 20), MalformedError),
    (OK + b"\r\n" + bytes(2 << 20), MalformedError),
    (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello", UnavailableError),
    (OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n" + bytes(2 << 20), MalformedError),
    (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/x\r\n\r\n", AbsentError),
    (b"HTTP/1.1 301 Moved\r\nLocation: file:///etc/hostname\r\n\r\n", AbsentError),
    (b"HTTP/1.1 403 No\r\n\r\n", AbsentError),
    (b"HTTP/1.1 503 Later\r\n\r\n", UnavailableError),
]


@pytest.mark.parametrize(("answer", "error"), ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_of_any_kind_is_one_error_of_ours(
    realm: Realm, tmp_path: Path, answer: bytes, error: type[ValijaError]
) -> None:
    with answering(answer, tmp_path, realm) as reader, pytest.raises(error):
        reader.read(CHECKPOINT)


def test_a_server_that_never_comes_to_its_end_is_left(
    realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_PATIENCE_SECONDS", -1)
    with (
        answering(OK + b"\r\n" + bytes(1000), tmp_path, realm) as reader,
        pytest.raises(UnavailableError, match="does not come to its end"),
    ):
        reader.read(CHECKPOINT)


@pytest.mark.parametrize(
    "address",
    ["https://[", "https://", "https://a..b", "https://127.0.0.1:port", "https://\x7f/"],
)
def test_an_address_that_is_none_is_unreadable(
    realm: Realm, tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    (tmp_path / "anchor.json").write_bytes(realm.anchor.to_bytes())
    anchor = ["--anchor", str(tmp_path / "anchor.json")]
    assert UNREADABLE == main(["verify-log", address, *anchor])
    assert "does not answer" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", ["nan", "-1", "inf", "soon"])
def test_a_time_that_is_none_is_wrong_usage(tmp_path: Path, seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify-log", str(tmp_path), "--interval", seconds])
    assert UNREADABLE == ended.value.code


def test_a_check_that_is_stopped_in_its_middle_does_not_say_that_all_holds(
    realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_audit: Audit) -> None:
        raise KeyboardInterrupt

    write(realm, tmp_path)
    monkeypatch.setattr(command, "follow", interrupted)
    assert UNREADABLE == main(["verify-log", str(tmp_path)])


def test_a_smaller_log_under_the_logs_own_signature_is_told_from_a_split_one(
    realm: Realm, tmp_path: Path
) -> None:
    write(realm, tmp_path)
    audit = Audit(realm.anchor, FolderReader(tmp_path))
    assert follow(audit)[-1].holds
    (tmp_path / CHECKPOINT).write_bytes(note(realm, root=digest(b"other")))
    assert "two roots for one size" in follow(audit)[-1].says
    (tmp_path / CHECKPOINT).write_bytes(note(realm, size=realm.tree.size - 1))
    assert "shrank" in follow(audit)[-1].says
    grow(realm, 1)
    write(realm, tmp_path)
    assert follow(audit)[-1].holds
    assert HOLDS == main(["verify-log", str(tmp_path)])
