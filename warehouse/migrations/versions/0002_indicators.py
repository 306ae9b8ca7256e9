"""Policies through time, published figures, and the views that regulators read.

Revision ID: 0002
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the timeline functions, the mart tables and their report views."""
    run("0002/01_policy_timeline.sql", "0002/02_mart.sql", "0002/03_report.sql")


def downgrade() -> None:
    """Publications are evidence: there is no way back that keeps them."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
