"""Every label that counts, who received it, and which receipts it has.

It promises that a label id and a receipt count once, and that a receipt names a label of the
log and a desk it was addressed to. It holds no content and names no person. It is part of the
fold, which alone writes it.

Source: docs/envelope.md, section 4 (Fold).
"""

from array import array
from collections.abc import Sequence

from valija.catalogue import Catalogue
from valija.clock import Minute
from valija.errors import AbsentError
from valija.ids import Desk, Digest, LabelId
from valija.receipt import Event

_BITS = {
    Event.DELIVERED: 1,
    Event.OPENED: 2,
    Event.REFUSED: 4,
    Event.NOT_DELIVERED: 8,
}
_DIGEST_BYTES, _ID_BYTES = 32, 16
OPEN_EVENTS = frozenset(_BITS) | {Event.REJECTED}
"""Events that are exchanged: the others answer orders and offers, which are not."""


class Docket:
    """Labels by digest, ids by originator, receipts as one byte a label and recipient."""

    def __init__(self) -> None:
        self._ids: dict[Desk, Catalogue] = {}
        self._labels = Catalogue(_DIGEST_BYTES)
        self._groups: dict[tuple[Desk, ...], int] = {}
        self._parties: list[tuple[Desk, ...]] = []
        self._group_of = array("I")
        self._marks_at = array("Q")
        self._logged = array("Q")
        self._marks = bytearray()

    def has_id(self, originator: Desk, name: LabelId) -> bool:
        """Return whether this desk's label id is taken."""
        return name in self._ids.get(originator, ())

    def add(
        self, label: Digest, originator: Desk, recipients: Sequence[Desk], logged: Minute
    ) -> None:
        """Take a label that counts.

        Args:
            label: Digest of its bytes.
            originator: Who signed it.
            recipients: Desks of its stanzas.
            logged: Minute of its entry.
        """
        number = self._labels.add(label)
        if number < len(self._group_of):
            return  # It counts already: the first time stands.
        parties = (originator, *recipients)
        group = self._groups.setdefault(parties, len(self._parties))
        if group == len(self._parties):
            self._parties.append(parties)
        self._group_of.append(group)
        self._logged.append(logged)
        self._marks_at.append(len(self._marks))
        self._marks += bytes(len(recipients))

    def add_id(self, originator: Desk, name: LabelId) -> None:
        """Take a label id, so that it never counts again."""
        self._ids.setdefault(originator, Catalogue(_ID_BYTES)).add(name)

    def originator(self, label: Digest) -> Desk | None:
        """Return who signed a label that counts; None if there is no such label."""
        parties = self._parties_of(label)
        return parties[0] if parties else None

    def recipients(self, label: Digest) -> tuple[Desk, ...]:
        """Return whom a label was addressed to; nobody if there is no such label."""
        return self._parties_of(label)[1:]

    def logged(self, label: Digest) -> Minute | None:
        """Return the minute of a label's entry; None if there is no such label."""
        number = self._labels.find(label)
        return None if number is None else Minute(self._logged[number])

    def mark(self, label: Digest, desk: Desk, event: Event) -> None:
        """Take a receipt of a recipient of a label that counts.

        Raises:
            AbsentError: No such label counts.
        """
        self._marks[self._mark_at(label, desk)] |= _BITS[event]

    def receipts(self, label: Digest, desk: Desk) -> frozenset[Event]:
        """Return which receipts a recipient's copy of a label has."""
        if desk not in self.recipients(label):
            return frozenset()
        mark = self._marks[self._mark_at(label, desk)]
        return frozenset(event for event, bit in _BITS.items() if mark & bit)

    def _parties_of(self, label: Digest) -> tuple[Desk, ...]:
        number = self._labels.find(label)
        return () if number is None else self._parties[self._group_of[number]]

    def _mark_at(self, label: Digest, desk: Desk) -> int:
        number = self._labels.find(label)
        if number is None:
            raise AbsentError("no such label counts")
        return self._marks_at[number] + self.recipients(label).index(desk)
