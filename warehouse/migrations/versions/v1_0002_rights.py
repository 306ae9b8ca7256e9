"""Rights on rows: who may see what, and the policies on every table that ask it.

Revision ID: v1_0002
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0002"
down_revision = "v1_0001"
branch_labels = None
depends_on = None

PARTS = ("01_entitlement", "02_seen", "03_policies", "04_report", "05_record_views", "06_cells")


def upgrade() -> None:
    """Create the entitlements, the functions that read them and the policies of all tables."""
    run(*(f"v1_0002/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
