"""The shapes that the store has had, in order; Alembic runs them."""
