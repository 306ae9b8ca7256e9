"""The ledger: receipts, verdicts, decisions and publications, each entry chained to the one before.

Revision ID: v1_0004
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0004"
down_revision = "v1_0003"
branch_labels = None
depends_on = None

PARTS = ("01_attested", "02_ledger", "03_report")


def upgrade() -> None:
    """Create the ledger, append what happened before it, and attest what happens from now on."""
    run(*(f"v1_0004/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
