"""A folder with a key file and a chain of its own: a council member's, or an oversight's.

It promises that what is signed in it is kept in it, under a passphrase of its own, away from
any node and without a line. What is signed is `node.genesis`'s.

Source: docs/envelope.md, section 5 (Genesis 1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.genesis.signing import Desktop
from node.keystore import KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.store.database import Database
from node.store.migration import migrate
from valija.clock import Clock
from valija.errors import MalformedError

_STORE = "council.db"


def key_file(folder: Path, passphrase_file: Path) -> KeyFile:
    """Return the key file of a folder.

    Raises:
        MalformedError: The passphrase file cannot be read, or is empty.
    """
    return KeyFile(KeyFolder(folder), _first_line(passphrase_file))


@contextmanager
def opened(folder: Path, passphrase_file: Path, clock: Clock) -> Iterator[Desktop]:
    """Open a folder whose keys were made.

    Raises:
        AbsentError: There are no keys.
        OpeningError: The passphrase does not open them.
        MalformedError: The passphrase file cannot be read, or is empty.
    """
    with desktop(Keystore.load(key_file(folder, passphrase_file)), folder, clock) as found:
        yield found


@contextmanager
def desktop(keystore: Keystore, folder: Path, clock: Clock) -> Iterator[Desktop]:
    """Open the chains beside keys that are open already."""
    database = Database(f"sqlite:///{folder.absolute() / _STORE}", keystore.vault())
    try:
        migrate(database)
        yield Desktop(database, keystore, clock)
    finally:
        database.close()


def out_of(path: Path | None) -> Path:
    """Return the batch file to write, named before anything is signed.

    Raises:
        MalformedError: None was named.
    """
    if path is None:
        raise MalformedError("name the batch file to write with --out; nothing was signed")
    return path


def _first_line(path: Path) -> bytes:
    try:
        line = path.read_bytes().split(b"\n")[0].strip()
    except OSError as cause:
        raise MalformedError(f"{path}: the passphrase file cannot be read") from cause
    if not line:
        raise MalformedError(f"{path}: the passphrase file is empty")
    return line
