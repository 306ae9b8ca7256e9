"""SQL statements of the portal, read from files: ``console/overview`` is ``portal/console/sql/overview.sql``."""

from __future__ import annotations

import pathlib

import sqlalchemy as sa

from warehouse.database import statements

ROOT = pathlib.Path(__file__).parent


def statement(name: str, **slots: str) -> sa.TextClause:
    """Give a statement of the portal, ready to execute; ``slots`` replace its ``:slot_...`` marks by SQL text of ours."""
    return statements.statement_below(ROOT, name, **slots)


def text_of(name: str, **slots: str) -> str:
    """The text of a statement of the portal, to stand in the slot of another. Raises KeyError for a slot not given."""
    return statements.text_below(ROOT, name, **slots)
