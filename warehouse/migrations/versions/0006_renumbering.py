"""Renumbering: a record's old key, its new key.

Revision ID: 0006
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the record type of changed numbers, and what tells all numbers of a record."""
    run("0006/01_core.sql", "0006/02_report.sql", "0006/03_two_times.sql", "0006/04_key_chain.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
