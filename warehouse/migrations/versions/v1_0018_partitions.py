"""Cells of figures, a partition for each publication.

Revision ID: v1_0018
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0018"
down_revision = "v1_0017"
branch_labels = None
depends_on = None

PARTS = ("01_partitions",)


def upgrade() -> None:
    """Split the table."""
    run(*(f"v1_0018/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
