"""Where a finding's field stood in the delivery.

Revision ID: 0013
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the migration's SQL."""
    run("0013/01_source_columns.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
