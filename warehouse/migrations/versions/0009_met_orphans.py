"""An index on the findings of children whose parent came.

Revision ID: 0009
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the migration's SQL."""
    run("0009/01_met_orphans.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
