"""What verifications found, run by run, for who watches the hub."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.database.engine import database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class Verification:
    """One run of ``anze verify``; ``finding_count`` 0 = every check ran and found nothing."""

    verified_at: dt.datetime
    rows_replayed: int
    cells_compared: int
    finding_count: int


def keep(engine: sa.Engine, found: Verification) -> None:
    """Keep what a run found."""
    with database_errors("keeping a verification"), engine.begin() as connection:
        connection.execute(statement("landing/verifications/keep"), vars(found))


def last(engine: sa.Engine) -> Verification | None:
    """The last run; None before the first."""
    with database_errors("reading the last verification"), engine.connect() as connection:
        row = connection.execute(statement("landing/verifications/last")).one_or_none()
    return Verification(**row._asdict()) if row else None
