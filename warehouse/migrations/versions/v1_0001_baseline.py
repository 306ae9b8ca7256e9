"""The schema of the first release: every schema, the tables and functions of each record type, the report views.

Revision ID: v1_0001
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0001"
down_revision = None
branch_labels = None
depends_on = None

RECORD_TYPES = (
    "policy",
    "endorsement",
    "premium_receipt",
    "renumbering",
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
BEFORE_RECORDS = (
    "01_schemas",
    "02_landing",
    "03_loads",
    "04_plans",
    "05_reference",
    "06_judgement",
    "07_functions",
    "08_history",
)
AFTER_RECORDS = (
    "10_policy_timeline",
    "11_insurers",
    "12_key_chain",
    "13_publications",
    "14_report_figures",
    "15_months",
    "16_report_cells",
    "17_report_judgement",
)


def upgrade() -> None:
    """Create everything that later migrations build on."""
    names = (*BEFORE_RECORDS, *(f"record/{name}" for name in RECORD_TYPES), *AFTER_RECORDS)
    run(*(f"v1_0001/{name}.sql" for name in names))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
