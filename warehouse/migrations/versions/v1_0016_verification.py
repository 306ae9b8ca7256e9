"""What `anze verify` found, run by run.

Revision ID: v1_0016
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0016"
down_revision = "v1_0015"
branch_labels = None
depends_on = None

PARTS = ("01_verification",)


def upgrade() -> None:
    """Create the table."""
    run(*(f"v1_0016/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
