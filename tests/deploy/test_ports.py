"""Ports for what starts side by side: neighbours, free, none of outgoing connections."""

import socket
from pathlib import Path

import pytest

from deploy.kafka import ports

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_ports_are_neighbours_that_can_all_be_had_at_once() -> None:
    found = ports.free_ports(6)
    assert list(range(found[0], found[0] + 6)) == found
    held = [socket.create_server(("127.0.0.1", port)) for port in found]
    for one in held:
        one.close()


@pytest.mark.skipif(not _RANGE.exists(), reason="the system does not say its range")
def test_no_port_is_one_that_an_outgoing_connection_may_take() -> None:
    lowest = int(_RANGE.read_text().split()[0])
    assert all(max(ports.free_ports(6)) < lowest for _ in range(50))


def test_a_port_that_is_taken_is_not_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ports.free_ports(4)[0]
    drawn = iter([first, first + 2])
    monkeypatch.setattr(ports, "randbelow", lambda _: next(drawn) - ports._LOWEST)
    with socket.create_server(("127.0.0.1", first + 1)):
        assert [first + 2, first + 3] == ports.free_ports(2)
