"""Figures as people read them: order of endorsements, void policies, units, names.

Revision ID: 0010
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the timeline of policies, and the views of figures and insurers."""
    run("0010/01_policy_timeline.sql", "0010/02_insurers.sql", "0010/03_presentation.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
