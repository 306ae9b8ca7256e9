"""Runs the frozen SQL files of a migration."""

from __future__ import annotations

import pathlib

from alembic import op

from warehouse.database.engine import driver

FOLDER = pathlib.Path(__file__).parent / "sql"


def run(*names: str) -> None:
    """Execute SQL files by their names under ``sql/``, in the migration's transaction."""
    with driver(op.get_bind()).cursor() as cursor:
        for name in names:
            cursor.execute((FOLDER / name).read_text(encoding="utf-8"))
