"""What gRPC asks of a caller at the handshake: one of the certificates now in force.

It promises that certificates which the log adds or ends count at the next handshake, without a
restart; and that a change takes nothing from a handshake which has begun. Whose certificate it
is, and whether it still counts at each call, is `broker.door`'s affair.

gRPC asks here under a lock for each connection, and begins the handshake with the answer after
it has left the lock; a configuration that is replaced is freed at once (grpc 1.85,
`grpc_ssl_server_security_connector::add_handshakers`). Two connections at the same moment, of
which the second brings a new configuration, would so use freed memory: whoever can open a
connection could end the broker. So nothing new is said while nothing has changed; and before
something new is said, those who wait for it sleep many times over, so that whoever left the
lock before has long begun.

Source: docs/envelope.md, section 5, TLS and genesis (4); docs/decisions/0026.
"""

import time
from collections.abc import Callable

import grpc

from broker.door import Door
from valija.certificate import TlsPair, to_pem

# A thread between the lock and its handshake needs microseconds. It would have to be passed
# over by the scheduler at each of these, whatever paused the machine meanwhile.
_NAPS = 25
_NAP_S = 0.01


class Roots:
    """The certificates in force, as PEM, made again only when they change."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._shown: tuple[bytes, ...] = ()
        self._pem = b""

    def pem(self) -> bytes:
        """Return them joined."""
        found = self._door.directory.certificates(self._door.now())
        if found != self._shown:
            self._pem, self._shown = b"".join(map(to_pem, found)), found
        return self._pem


class Handshakes:
    """What a server shows and asks, fetched by gRPC's own threads, one at a time.

    Args:
        roots: The certificates in force.
        own: What the broker shows.
        nap: Sleeps for so many seconds without the interpreter's lock.
    """

    def __init__(
        self, roots: Roots, own: TlsPair, nap: Callable[[float], None] = time.sleep
    ) -> None:
        self._roots, self._nap = roots, nap
        self._pair = [(own.secret, to_pem(own.certificate))]
        self._told = b""

    def credentials(self) -> grpc.ServerCredentials:
        """Return server credentials that follow the log."""
        self._told = self._roots.pem()
        return grpc.dynamic_ssl_server_credentials(
            self._configuration(self._told),
            self.fetch,  # type: ignore[arg-type]  # None is allowed: nothing has changed.
            require_client_authentication=True,
        )

    def fetch(self) -> grpc.ServerCertificateConfiguration | None:
        """Return what is new, or None; before each handshake."""
        pem = self._roots.pem()
        if pem == self._told:
            return None
        fresh = self._configuration(pem)
        for _ in range(_NAPS):
            self._nap(_NAP_S)
        self._told = pem
        return fresh

    def _configuration(self, pem: bytes) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration(self._pair, root_certificates=pem)
