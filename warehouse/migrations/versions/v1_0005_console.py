"""What the regulators' console asks of schema report: one record through its versions, floors, quick search.

Revision ID: v1_0005
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "v1_0005"
down_revision = "v1_0004"
branch_labels = None
depends_on = None

PARTS = ("01_indexes", "02_record", "03_floor")


def upgrade() -> None:
    """Create the indexes that pages search by, the functions of one record, the view of floors."""
    run(*(f"v1_0005/{name}.sql" for name in PARTS))


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
