"""What regulators ask in SQL: held rows, findings, receipts, records behind a cell, month-end series.

Revision ID: 0011
"""

from __future__ import annotations

from warehouse.migrations.scripts import run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the migration's SQL."""
    run("0011/00_news.sql", "0011/01_months.sql", "0011/02_cells.sql", "0011/03_judgement.sql", "0011/04_comments.sql")


def downgrade() -> None:
    """Refuse: history is evidence and there is no way back that keeps it."""
    raise NotImplementedError("a warehouse is restored from a backup, never downgraded")
