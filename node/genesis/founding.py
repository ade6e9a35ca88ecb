"""`init`: from settings and a passphrase to keys, a store and a joining request.

It promises that what it returns is stored before: keys in their sealed files, batches in the
store. It never writes over keys that are there. ROOT lies in a file of its own beside them,
to be carried away once the request is made.

Source: docs/envelope.md, section 5, Genesis 2.
"""

from node.assembly import open_database, read_passphrase
from node.config import Config
from node.genesis.joining import Candidate, make_keys, make_root, propose, state_keys
from node.genesis.signing import Desktop
from node.keystore import ROOT_FILE, KeyFile, Keystore
from node.keystore.folder import KeyFolder
from node.metrics import Metrics
from valija.batch import Batch
from valija.clock import Clock
from valija.keyfile import USUAL_COST, Cost


def found(
    config: Config, candidate: Candidate, clock: Clock, cost: Cost = USUAL_COST
) -> tuple[Batch, ...]:
    """Make a state's keys and store, and return its joining request.

    Args:
        config: The node's settings; anchor and passphrase file must be there.
        candidate: Who asks.
        clock: The one clock.
        cost: Of opening the key files.

    Raises:
        DuplicateError: There are keys already.
        MalformedError: Anchor or passphrase cannot be read, or the store is another's.
        UnavailableError: A key file or the store cannot be written.
    """
    files, passphrase = KeyFolder(config.keys), read_passphrase(config)
    root = Keystore.create(KeyFile(files, passphrase, name=ROOT_FILE, cost=cost))
    keystore = Keystore.create(KeyFile(files, passphrase, cost=cost))
    make_root(root, candidate, clock.now())
    make_keys(keystore, candidate, clock.now())
    database = open_database(config, keystore, Metrics())
    try:
        desktop = Desktop(database, keystore, clock)
        return propose(root, candidate, clock.now()), *state_keys(desktop, root, candidate)
    finally:
        database.close()
