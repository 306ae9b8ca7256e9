"""The store: which version of an object a receipt speaks of, and numbers that are never given twice.

Revision ID: v1_0015
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0015"
down_revision = "v1_0014"
branch_labels = None
depends_on = None

PARTS = ("01_store",)


def upgrade() -> None:
    """Add the column and create the functions."""
    run(*(f"v1_0015/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
