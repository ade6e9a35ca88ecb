"""Sealed notices at hand: what was admitted lately goes out without another read.

It promises to hold at most so many bytes, to ask the spool for the rest, all at once, and to
write what all recipients of a notice share only once. It cannot open what it holds. Which
content belongs to which item, `broker.delivery` knows.

Source: docs/envelope.md, section 1 (Delivery) and section 3.3.
"""

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

import structlog

from broker.field import data_field
from broker.logs import CONTENT_DAMAGED
from broker.spool import Place, Spool
from valija.envelope import Envelope, Stanza, recipient_leaves
from valija.errors import AbsentError, MalformedError
from valija.ids import Desk, Digest
from valija.merkle import inclusion_paths, join_path
from valija.wire import strict
from valija.wire.envelope import parse_envelope, stanza_message

CACHE_BYTES = 64 * 1024 * 1024
_STANZA, _PATH, _TERMS, _CONTENT = 2, 3, 4, 5  # Fields of Delivery.


Parts: TypeAlias = tuple[bytes, ...]
"""Bytes that follow each other, not yet copied into one."""


class Copies:
    """One sealed notice for each of its recipients."""

    def __init__(self, envelope: Envelope) -> None:
        """Take an envelope, whole; or as the log keeps it, where its content has expired."""
        self._envelope = envelope
        self._own: dict[Desk, bytes] = {}
        self._same: Envelope | None = None

    def is_of(self, notice: Envelope) -> bool:
        """Return whether these are copies of the notice that the log names."""
        own = self._envelope
        if self._same is notice:
            return True
        if own.label_bytes != notice.label_bytes or _ways(own) != _ways(notice):
            return False
        self._same = notice  # Each of its recipients asks again for the same object.
        return True

    def of(self, desk: Desk) -> Parts:
        """Return stanza, path, terms and content as fields of a Delivery for one recipient.

        Raises:
            AbsentError: It is none.
        """
        if desk not in self._own:
            self._own[desk] = self._stanza(desk)
        return self._own[desk], self._sealed

    def _stanza(self, desk: Desk) -> bytes:
        stanza = self._stanzas.get(desk)
        if stanza is None:
            raise AbsentError("this desk is no recipient of the notice")
        own = strict.to_bytes(stanza_message(stanza))
        path = join_path(self._paths[stanza.index])
        return data_field(_STANZA, own) + data_field(_PATH, path)

    @cached_property
    def _stanzas(self) -> dict[Desk, Stanza]:
        return {stanza.recipient: stanza for stanza in reversed(self._envelope.stanzas)}

    @cached_property
    def _paths(self) -> list[tuple[Digest, ...]]:
        envelope = self._envelope
        size = envelope.label.recipients_size
        return inclusion_paths(recipient_leaves(envelope.stanzas, envelope.filler, size))

    @cached_property
    def _sealed(self) -> bytes:
        terms, content = self._envelope.terms or b"", self._envelope.content or b""
        return data_field(_TERMS, terms) + data_field(_CONTENT, content)


def _ways(envelope: Envelope) -> list[tuple[Desk, int]]:
    """Return who has a way in, and at which place of the recipients' tree."""
    return [(stanza.recipient, stanza.index) for stanza in envelope.stanzas]


class Contents:
    """The sealed notices used last, by place in the spool."""

    def __init__(self, spool: Spool, most: int = CACHE_BYTES) -> None:
        self._spool = spool
        self._most = most
        self._bytes = 0
        self._held: OrderedDict[Place, tuple[Copies, int]] = OrderedDict()
        self._log = structlog.get_logger()

    def add(self, place: Place, envelope: Envelope, size: int) -> None:
        """Hold one notice of `size` bytes; those unused for longest make room."""
        if place in self._held:
            return
        self._held[place] = (Copies(envelope), size)
        self._bytes += size
        while self._bytes > self._most:
            _, (_, oldest) = self._held.popitem(last=False)
            self._bytes -= oldest

    async def fetch(self, places: Iterable[Place]) -> dict[Place, Copies]:
        """Return the notices at these places; what has expired or is damaged is left out.

        Raises:
            UnavailableError: The spool does not answer.
        """
        wanted = list(places)
        found = {place: self._held[place][0] for place in wanted if place in self._held}
        for place in found:
            self._held.move_to_end(place)
        missing = [place for place in wanted if place not in found]
        read = await self._spool.contents(missing) if missing else {}
        for place, value in read.items():
            try:
                envelope = parse_envelope(value)
            except MalformedError:
                self._log.error(CONTENT_DAMAGED, size_bytes=len(value))
                continue
            found[place] = Copies(envelope)
            self.add(place, envelope, len(value))
        return found
