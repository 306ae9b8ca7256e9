"""SQL statements of the portal, read from files: ``console/overview`` stands for ``portal/console/sql/overview.sql``."""

from __future__ import annotations

import functools
import pathlib

import sqlalchemy as sa

HERE = pathlib.Path(__file__).parent


@functools.cache
def statement(name: str) -> sa.TextClause:
    """Give a statement, ready to execute with its bind parameters."""
    part, _, rest = name.partition("/")
    return sa.text((HERE / part / "sql" / f"{rest}.sql").read_text(encoding="utf-8"))
