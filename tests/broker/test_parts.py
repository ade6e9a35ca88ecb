"""Small parts: limits, windows, bells, fields, locks, keys."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.bell import Bell
from broker.config import Limits
from broker.field import data_field, number_field
from broker.keys import load_keys, read_passphrase, store_keys
from broker.limits import STREAMS, Allowance
from broker.lock import DeskLock
from broker.window import Window
from tests.broker.support import B1, broker_keys, clock_at, install
from valija.clock import Minute, SystemClock, instant_of
from valija.errors import LimitError, MalformedError, OpeningError, UnavailableError
from valija.ids import Member
from valija.keyfile import Cost, seal_keys
from valija.v1 import exchange_pb2, log_pb2

AR, BR = Member("AR"), Member("BR")
NOW = Minute(29_700_000)


def test_a_members_minute_is_its_own_and_ends() -> None:
    minutes = [NOW]
    clock = SystemClock(lambda: instant_of(minutes[0]))
    allowance = Allowance(Limits(batches_a_minute=1), clock)
    allowance.take(AR, 10)
    allowance.take(BR, 10)
    with pytest.raises(LimitError) as refused:
        allowance.take(AR, 10)
    assert NOW + 1 == refused.value.until
    minutes[0] = Minute(NOW + 1)
    allowance.take(AR, 10)


def test_bytes_and_logged_refusals_have_limits_too() -> None:
    allowance = Allowance(Limits(bytes_a_minute=100, refusals_a_minute=1), clock_at(NOW))
    allowance.take(AR, 100)
    with pytest.raises(LimitError):
        allowance.take(AR, 1)
    allowance.refused(BR)
    with pytest.raises(LimitError):
        allowance.take(BR, 1)


def test_a_member_has_so_many_streams_and_no_more() -> None:
    allowance = Allowance(Limits(), clock_at(NOW))
    held = [allowance.stream(AR) for _ in range(STREAMS)]
    for stream in held:
        stream.__enter__()
    with pytest.raises(LimitError), allowance.stream(AR):
        pass
    held[0].__exit__(None, None, None)
    with allowance.stream(AR):
        pass


async def test_a_full_window_waits_until_something_is_answered() -> None:
    window = Window(most=2, most_bytes=100)
    await window.enter(10)
    await window.enter(95)
    third = asyncio.ensure_future(window.enter(1))
    await asyncio.sleep(0)
    assert not third.done()
    window.leave(95)
    await third


async def test_a_bell_wakes_who_looked_before_it_rang() -> None:
    bell, rung = Bell(), list[int]()
    waiter = asyncio.ensure_future(bell.until(lambda: bool(rung)))
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.sleep(0)
    assert not waiter.done()
    rung.append(1)
    bell.ring()
    await waiter


async def test_a_listener_hears_a_bell_only_while_it_listens() -> None:
    bell, listener = Bell(), asyncio.Event()
    with bell.heard_by(listener):
        bell.ring()
    assert listener.is_set()
    listener.clear()
    bell.ring()
    assert not listener.is_set()


@given(st.binary(max_size=400), st.integers(0, 2**64 - 1))
def test_fields_joined_are_what_protobuf_writes(data: bytes, number: int) -> None:
    message = exchange_pb2.DeliverResponse(checkpoint=data, consistency=data, done=number)
    joined = data_field(1, data) + data_field(2, data) + number_field(4, number)
    assert message.SerializeToString(deterministic=True) == joined


@given(st.binary(min_size=1, max_size=50))
def test_a_field_of_a_message_is_what_protobuf_writes(entry: bytes) -> None:
    inner = log_pb2.KeyStatement(key=entry)
    whole = log_pb2.LogRecord(entry=inner.SerializeToString())
    assert whole.SerializeToString() == data_field(1, inner.SerializeToString())


def test_a_lock_is_held_once_and_let_go(tmp_path: Path) -> None:
    one, two = DeskLock(tmp_path, B1), DeskLock(tmp_path, B1)
    one.take()
    with pytest.raises(UnavailableError):
        two.take()
    one.release()
    two.take()
    two.release()
    two.release()


def test_a_lock_needs_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError):
        DeskLock(tmp_path / "file", B1).take()


def test_keys_come_back_from_their_files_with_the_passphrase_only(tmp_path: Path) -> None:
    install(tmp_path)
    expected = broker_keys(B1)
    found = load_keys(tmp_path / "keys", B1, b"an invented passphrase")
    assert (expected.log.seed, expected.signing.seed) == (found.log.seed, found.signing.seed)
    assert expected.tls == found.tls
    with pytest.raises(OpeningError):
        load_keys(tmp_path / "keys", B1, b"another")


def test_a_key_file_is_its_owners_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.keys"
    store_keys(path, {"log": b"1"}, b"secret", Cost(1, 1))
    assert 0o600 == path.stat().st_mode & 0o777
    with pytest.raises(UnavailableError):
        store_keys(path, {"log": b"2"}, b"secret", Cost(1, 1))


@pytest.mark.parametrize("content", [b'["a list"]', b'{"log":1}', b'{"log":"no base64!"}'])
def test_a_key_file_that_holds_no_keys_is_malformed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log.keys").write_bytes(seal_keys(content, b"secret", Cost(1, 1)))
    (tmp_path / "b1.keys").write_bytes(seal_keys(b"{}", b"secret", Cost(1, 1)))
    with pytest.raises(MalformedError):
        load_keys(tmp_path, B1, b"secret")


def test_a_missing_key_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        load_keys(tmp_path, B1, b"secret")


def test_a_passphrase_is_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(b"the words\r\nmore\n")
    assert b"the words" == read_passphrase(path)
    path.write_bytes(b"\n")
    with pytest.raises(MalformedError):
        read_passphrase(path)
    with pytest.raises(UnavailableError):
        read_passphrase(tmp_path / "absent")
