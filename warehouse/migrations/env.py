"""Alembic's entry point: it runs on the connection that ``warehouse.migrations.migrate`` hands over, and nowhere else."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="schema_version")
with context.begin_transaction():
    context.run_migrations()
