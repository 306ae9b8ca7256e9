"""Whose database this is: the province of its reference tables. Another's records and figures never go into it."""

from __future__ import annotations

import sqlalchemy as sa

from schemas.errors import SetupError
from schemas.province import VARIABLE, Province
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

_IS_THERE = sa.text("select to_regclass('reference.region') is not null")


def require_own(engine: sa.Engine, province: Province) -> None:
    """Raise SetupError, naming both, when the database serves another province than this process."""
    with database_errors("reading the database's province"), engine.connect() as connection:
        is_there = connection.execute(_IS_THERE).scalar_one()
        known = connection.execute(statement("database/province/known")).scalars().all() if is_there else []
    if known and province.code not in known:
        raise SetupError(
            f"the database is that of province {', '.join(known)}, and {province.folder} is {province.code}: "
            f"name its folder in {VARIABLE}, or use another database (a local one: another ANZE_VAR)"
        )
