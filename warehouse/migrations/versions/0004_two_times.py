"""Two times: any table and indicator as of a day, as known at a moment.

Revision ID: 0004
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the migration's SQL."""
    run("0004/01_two_times.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
