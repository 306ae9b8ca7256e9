"""The legal clock: editions of the calendar, verdicts that are judged again, extensions, outages, and their history.

Revision ID: v1_0010
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0010"
down_revision = "v1_0009"
branch_labels = None
depends_on = None

PARTS = ("01_calendar", "02_facts", "03_verdicts", "04_overlay", "05_report")


def upgrade() -> None:
    """Create the tables of the clock, and let every read of a verdict follow what was judged again."""
    run(*(f"v1_0010/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
