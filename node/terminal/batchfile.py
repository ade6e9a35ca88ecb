"""Batch files: how statements are carried between people before there is a line.

It promises that a file is written whole under a name that was free.

Source: docs/envelope.md, section 5 (both it and a batch file are varint-delimited
SubmitRequests).
"""

from collections.abc import Iterable
from pathlib import Path

from valija.batch import Batch
from valija.errors import DuplicateError, MalformedError
from valija.wire.submit import batch_file_bytes, parse_batch_file


def write(path: Path, batches: Iterable[Batch]) -> Path:
    """Write batches to a fresh file, and return its path.

    Raises:
        DuplicateError: There is such a file already.
        MalformedError: It cannot be written.
    """
    return write_bytes(path, batch_file_bytes(batches))


def write_bytes(path: Path, data: bytes) -> Path:
    """Write any file under a name that was free; raises as `write`."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as cause:
        raise DuplicateError(f"{path}: there is such a file already") from cause
    except OSError as cause:
        raise MalformedError(f"{path}: this file cannot be written") from cause
    return path


def read(path: Path) -> tuple[Batch, ...]:
    """Return the batches in a file.

    Raises:
        MalformedError: It cannot be read, or is none.
    """
    try:
        return parse_batch_file(path.read_bytes())
    except OSError as cause:
        raise MalformedError(f"{path}: this file cannot be read") from cause
