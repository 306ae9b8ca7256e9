"""The log of loads, editions of what judged them, decisions of people; deliveries that replace.

Revision ID: 0003
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make core a function of what landed."""
    run("0003/01_loads.sql", "0003/02_replacing.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
