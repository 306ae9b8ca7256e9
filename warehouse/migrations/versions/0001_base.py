"""Landing, reference, core, judgement and the report views of current records.

Revision ID: 0001
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0001"
down_revision = None
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
    """Create everything that later migrations build on."""
    run("0001/01_schemas.sql", "0001/02_landing.sql", "0001/03_reference.sql")
    run("0001/04_judgement.sql", "0001/05_history.sql")
    run(*(f"0001/core/{name}.sql" for name in RECORD_TYPES))
    run(*(f"0001/report/{name}.sql" for name in RECORD_TYPES))
    run("0001/06_grants.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
