"""Speed: what a caller may see by an index and parallel workers; pages of a cell's records and of covers that end.

Revision ID: v1_0009
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0009"
down_revision = "v1_0008"
branch_labels = None
depends_on = None

PARTS = ("01_seen_at_speed", "02_cell_page", "03_ending")


def upgrade() -> None:
    """Create the index and the functions."""
    run(*(f"v1_0009/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
