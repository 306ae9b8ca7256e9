"""Statistics: what PostgreSQL plans by is kept by whoever loads, not left to chance.

Revision ID: v1_0014
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0014"
down_revision = "v1_0013"
branch_labels = None
depends_on = None

PARTS = ("01_statistics",)


def upgrade() -> None:
    """Create the function."""
    run(*(f"v1_0014/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
