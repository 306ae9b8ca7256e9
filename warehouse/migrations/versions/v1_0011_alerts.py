"""Alerts: one issue a cause with its records, its history, and the messages that tell of it.

Revision ID: v1_0011
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0011"
down_revision = "v1_0010"
branch_labels = None
depends_on = None

PARTS = ("01_tables", "02_rights", "03_messages", "04_report", "05_commission")


def upgrade() -> None:
    """Create the schema of alerts, its rights, its views, and the condition that a list and an alert share."""
    run(*(f"v1_0011/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
