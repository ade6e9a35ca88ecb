"""Bring a database to the shape that this program knows, or refuse.

It promises that a store is never used in a shape of another time: migrations run in one
transaction at `init` and at each start, and a database from a later program is refused.

Source: docs/architecture.md, Engines (migrations by Alembic).
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from node.store.database import Database, Transaction
from valija.errors import MalformedError

_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run the migrations that this database lacks.

    Raises:
        MalformedError: A later program made this database.
        UnavailableError: The database did not do it.
    """
    database.write_now("migrate", _migrate)


def _migrate(tx: Transaction) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = tx.connection
    at = MigrationContext.configure(tx.connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if at is not None and at not in known:
        raise MalformedError("a later program made this database; start that one")
    command.upgrade(config, "head")
