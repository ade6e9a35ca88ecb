"""Ports of loopback that nobody listens on, for what starts servers side by side.

It promises neighbours that were all free at one moment, below the range from which the system
takes the ports of outgoing connections: one of these may come at any time, and a server that
starts a minute later would find its port taken. Two programs that draw at once may still draw
the same; there are some twenty thousand.

Source: Linux, Documentation/networking/ip-sysctl, ip_local_port_range.
"""

import socket
from contextlib import ExitStack
from pathlib import Path
from secrets import randbelow

_HOST = "127.0.0.1"
_LOWEST = 10_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL = 32_768  # Linux' own choice, where the system does not say.
_TRIES = 1000


def free_ports(count: int) -> list[int]:
    """Return so many neighbouring ports.

    Raises:
        OSError: There are none.
    """
    above = max(_highest() - count, _LOWEST + 1)
    for _ in range(_TRIES):
        first = _LOWEST + randbelow(above - _LOWEST)
        ports = list(range(first, first + count))
        if _are_free(ports):
            return ports
    raise OSError("no port of loopback is free")


def _highest() -> int:
    try:
        return int(_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _USUAL


def _are_free(ports: list[int]) -> bool:
    with ExitStack() as held:
        try:
            for port in ports:
                held.enter_context(socket.create_server((_HOST, port)))
        except OSError:
            return False
    return True
