"""Who is at the door: the member behind a certificate, and what it may carry.

It promises that a caller is known by the exact bytes of a certificate in force, asked again
whenever the directory or the minute has changed, so that who is shut out is out at once. What
the handshake asks is `broker.handshake`, what a caller sends `broker.service`.

Source: docs/envelope.md, section 3.5, step 1, and section 5, TLS and genesis (4).
"""

import grpc

from broker.tree import LogTree
from valija.batch import Batch
from valija.certificate import from_pem
from valija.clock import Clock, Minute, minute_of
from valija.directory import Directory
from valija.errors import MalformedError, SignatureError
from valija.ids import Desk, Member, Office
from valija.keyring import NEWEST
from valija.statement import Role


class Caller:
    """The member at the other end of one connection."""

    def __init__(self, certificate: bytes, door: "Door") -> None:
        self._certificate = certificate
        self._door = door
        self._directory, self._minute = door.directory, door.now()
        self._desk = door.desk_of(certificate)

    @property
    def desk(self) -> Desk:
        """Whose certificate it is, now.

        Raises:
            SignatureError: It is in force no more.
        """
        directory, minute = self._door.directory, self._door.now()
        if directory is not self._directory or minute != self._minute:
            self._desk = self._door.desk_of(self._certificate)
            self._directory, self._minute = directory, minute
        return self._desk

    @property
    def member(self) -> Member:
        """Whose desk it is; raises as `desk`."""
        return self.desk.member

    def check_carries(self, batch: Batch) -> None:
        """Check that this caller may carry a batch: its own, or one without a way of its own.

        Raises:
            SignatureError: It is another member's, who can come himself.
        """
        signer = batch.head.signer.member
        if signer != self.member and self._door.comes_himself(signer):
            raise SignatureError("this batch is another member's, who carries it himself")

    def check_reads(self, desk: Desk) -> None:
        """Check that an inbox is this caller's.

        Raises:
            SignatureError: It is another member's, or no desk that stands.
        """
        now = self._door.now()
        if desk.member != self.member or not self._door.directory.has_desk(desk, now):
            raise SignatureError("this inbox is not the caller's")


class Door:
    """What the log and the clock say of certificates."""

    def __init__(self, tree: LogTree, clock: Clock) -> None:
        self._tree = tree
        self._clock = clock

    @property
    def directory(self) -> Directory:
        """As of the newest leaf."""
        return self._tree.fold.directory

    def now(self) -> Minute:
        """Return the present minute."""
        return minute_of(self._clock.now())

    def desk_of(self, certificate: bytes) -> Desk:
        """Return whose certificate this is.

        Raises:
            SignatureError: Nobody's in force.
        """
        return self.directory.desk_of_certificate(certificate, self.now())

    def caller(self, context: "grpc.aio.ServicerContext[bytes, bytes]") -> Caller:
        """Return who opened a gRPC call.

        Raises:
            SignatureError: It showed no certificate, or none in force.
        """
        shown = context.auth_context().get("x509_pem_cert", ())
        try:
            return Caller(from_pem(next(iter(shown), b"")), self)
        except MalformedError as cause:
            raise SignatureError("a caller shows a certificate") from cause

    def comes_himself(self, member: Member) -> bool:
        """Return whether a member has a certificate in force, for any of its desks."""
        directory, now = self.directory, self.now()
        desks = (Desk(member, office) for office in Office)
        keys = (key for desk in desks for key in directory.keys(desk, Role.TLS))
        return any(key.counts(now, NEWEST) for key in keys)
