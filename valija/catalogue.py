"""Keys of one length, numbered in the order they came, in little more than their own bytes.

It promises what a dictionary from key to number would: a key is found if and only if exactly
its bytes were added. It costs about 40 bytes a digest, where a dictionary costs 200, because a
log is kept for ever and everybody who folds it holds every head and label of it. Its places
follow Python's keyed hash, so nobody can choose keys that fall together. Keys are never taken
out.

Source: docs/envelope.md, section 4 (Fold); Knuth, The Art of Computer Programming, 6.4
(open addressing, linear probing); docs/performance.md.
"""

from array import array

from valija.errors import MalformedError

_FIRST_SLOTS = 8
_FULL = 3  # A table of which two thirds are taken grows: slots * 2 <= keys * 3.


class Catalogue:
    """Up to 2^32 - 2 keys of `width` bytes each."""

    def __init__(self, width: int) -> None:
        """Begin empty, for keys of `width` bytes."""
        self._width = width
        self._keys = bytearray()
        self._slots = array("I", bytes(4 * _FIRST_SLOTS))  # A key's number and one; 0: free.
        self._count = 0

    def __len__(self) -> int:
        """Return how many keys there are; the next one's number."""
        return self._count

    def __contains__(self, key: bytes) -> bool:
        """Return whether exactly this key was added."""
        return self.find(key) is not None

    def find(self, key: bytes) -> int | None:
        """Return the number of a key, from 0; None if it was never added."""
        if len(key) != self._width:
            return None
        taken = self._slots[self._slot(key)]
        return taken - 1 if taken else None

    def add(self, key: bytes) -> int:
        """Return the number of a key, which is the next one if it was not there.

        Raises:
            MalformedError: It has another length.
        """
        if len(key) != self._width:
            raise MalformedError("a catalogue's keys have one length")
        slot = self._slot(key)
        if self._slots[slot]:
            return self._slots[slot] - 1
        self._keys += key
        self._count += 1
        self._slots[slot] = self._count
        if len(self._slots) * 2 <= self._count * _FULL:
            self._grow()
        return self._count - 1

    def _slot(self, key: bytes) -> int:
        """Return where a key stands, or the free slot where it would."""
        keys, slots, width = self._keys, self._slots, self._width
        mask = len(slots) - 1
        slot = hash(key) & mask
        while (taken := slots[slot]) and keys[(taken - 1) * width : taken * width] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        """Double the slots, and give every key its place anew; no two keys are equal."""
        slots = array("I", bytes(8 * len(self._slots)))
        mask, width = len(slots) - 1, self._width
        for number in range(self._count):
            slot = hash(bytes(self._keys[number * width : (number + 1) * width])) & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = number + 1
        self._slots = slots
