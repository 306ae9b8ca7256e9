"""What a caller may see, found by an index and by parallel workers.

Revision ID: v1_0009
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0009"
down_revision = "v1_0008"
branch_labels = None
depends_on = None

PARTS = ("01_seen_at_speed",)


def upgrade() -> None:
    """Create the index and read it."""
    run(*(f"v1_0009/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
