"""Batches that cannot be judged, bytes that are judged again, indicators that a publication lacks.

Revision ID: 0012
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the migration's SQL."""
    run("0012/01_dead_ends.sql")
    run("0012/02_publication_gap.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
