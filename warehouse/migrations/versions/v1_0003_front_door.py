"""The front door: passwords, sessions, tokens, audit, and who handed in a delivery.

Revision ID: v1_0003
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0003"
down_revision = "v1_0002"
branch_labels = None
depends_on = None

PARTS = ("01_sign_in", "02_audit", "03_submissions", "04_portal_rights", "05_findings")


def upgrade() -> None:
    """Create the tables of the front door and the functions that alone reach them."""
    run(*(f"v1_0003/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
