"""What Alembic runs: the steps, on the connection that it is handed."""

from __future__ import annotations

from alembic import context

from jobs.migrations.target import every_table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_table(),
    # SQLite can alter little in place; Alembic then rebuilds the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
