"""Enterprises: random names for their addresses, and what happened to one, read by what hangs on its policies.

Revision ID: v1_0008
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0008"
down_revision = "v1_0007"
branch_labels = None
depends_on = None

PARTS = ("01_enterprise_code", "02_enterprise_event", "03_states_of_some", "04_lists", "05_late_and_overdue")


def upgrade() -> None:
    """Create the table of names and the function of events."""
    run(*(f"v1_0008/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
