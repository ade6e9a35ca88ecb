"""The folder of sealed key files: read whole, replaced whole, for their owner only.

It promises that a crash leaves the old file or the new one, never a part of either. What is
in a file is sealed before it comes here (`node.keystore`).

Source: docs/envelope.md, section 5, At rest.
"""

import os
from pathlib import Path

from valija.errors import AbsentError, UnavailableError

_OWNER_ONLY = 0o600


class KeyFolder:
    """Key files by name, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Stand on a folder; it is made at the first write."""
        self._folder = folder

    def read(self, name: str) -> bytes:
        """Return the bytes of a key file.

        Raises:
            AbsentError: There is none of this name.
            UnavailableError: It cannot be read.
        """
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError as cause:
            raise AbsentError(f"{name}: there is no such key file") from cause
        except OSError as cause:
            raise UnavailableError(f"{name}: this key file cannot be read") from cause

    def write(self, name: str, data: bytes) -> None:
        """Write a key file, in place of the old one if there is one.

        Raises:
            UnavailableError: It cannot be written; the old one stands.
        """
        path, fresh = self._folder / name, self._folder / f"{name}.new"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(fresh, flags, _OWNER_ONLY), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # A crash before this line leaves the old file, after it the new one.
            fresh.replace(path)
            _sync_folder(self._folder)
        except OSError as cause:
            raise UnavailableError(f"{name}: this key file cannot be written") from cause


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
