"""Expected deliveries and pauses, who is silent, what is due soon, and on-time rates that add up to records.

Revision ID: v1_0013
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0013"
down_revision = "v1_0012"
branch_labels = None
depends_on = None

PARTS = ("01_register", "02_due", "03_on_time", "04_record")


def upgrade() -> None:
    """Create the register and the functions."""
    run(*(f"v1_0013/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
