"""Two times: any table and indicator as of a day, as known at a moment.

Revision ID: 0004
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RECORD_TYPES = (
    "policy",
    "endorsement",
    "premium_receipt",
    "claim",
    "claim_payment",
    "service_plan",
    "service_record",
    "hazard",
    "fee_expense",
    "enterprise",
    "insurer",
    "agency",
    "rule_threshold",
)


def upgrade() -> None:
    """Create the functions of both times, and protect what was published, received and judged."""
    run("0004/01_two_times.sql", *(f"0004/at/{name}.sql" for name in RECORD_TYPES), "0004/02_protection.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
