"""Obligations: rules as reference tables, what each policy is owed, and bounds of figures that lack deliveries.

Revision ID: v1_0012
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0012"
down_revision = "v1_0011"
branch_labels = None
depends_on = None

PARTS = ("01_rules", "02_obligation", "03_report", "04_bounds")


def upgrade() -> None:
    """Create the tables of rules and bounds, and the functions that read them."""
    run(*(f"v1_0012/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
