"""Run by Alembic: one upgrade, on the connection and in the transaction of `store/migrate.py`."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    # One transaction around everything: a kill after any statement leaves the old schema whole.
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
