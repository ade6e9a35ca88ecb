"""How Alembic meets the database: on the connection that `node.store.migration` opened."""

from alembic import context

from node.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
