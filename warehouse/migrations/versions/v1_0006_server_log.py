"""What readers ask with psql and BI tools, from the server's log into the audit.

Revision ID: v1_0006
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0006"
down_revision = "v1_0005"
branch_labels = None
depends_on = None

PARTS = ("01_server_log",)


def upgrade() -> None:
    """Create the functions that read the log, and the table that says how far it was read."""
    run(*(f"v1_0006/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
