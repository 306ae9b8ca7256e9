"""Which release is in force, which one wrote a load, and the backups that pgBackRest has.

Revision ID: v1_0017
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0017"
down_revision = "v1_0016"
branch_labels = None
depends_on = None

PARTS = ("01_release", "02_backup")


def upgrade() -> None:
    """Create the tables and the column."""
    run(*(f"v1_0017/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
