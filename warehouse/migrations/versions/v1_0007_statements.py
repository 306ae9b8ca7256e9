"""What persons of insurers state: confirmed warnings, attestations, evidence; and who looked at a delivery.

Revision ID: v1_0007
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0007"
down_revision = "v1_0006"
branch_labels = None
depends_on = None

PARTS = ("01_statements", "02_report")


def upgrade() -> None:
    """Create the tables of statements and their views."""
    run(*(f"v1_0007/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
