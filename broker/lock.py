"""One process a desk: two would sign one number.

It promises that while a process holds a desk's lock, no other on this machine gets it, and
that a process that dies lets it go. It does not see other machines: each has desks of its own
(docs/envelope.md, section 4).

Source: docs/envelope.md, section 3.2 (no number is signed twice); flock(2).
"""

import fcntl
import os
from pathlib import Path

from valija.errors import UnavailableError
from valija.ids import Desk


class DeskLock:
    """The lock of one desk, in the folder where its own last batch is kept."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self._path = folder / f"{desk.member.removeprefix('@')}.lock"
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock until `release`.

        Raises:
            UnavailableError: Another process has it, or the folder cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as cause:
            raise UnavailableError("the folder of the broker's state cannot be used") from cause
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            os.close(handle)
            raise UnavailableError("another process runs this broker's desk") from cause
        self._handle = handle

    def release(self) -> None:
        """Let it go, if we have it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
