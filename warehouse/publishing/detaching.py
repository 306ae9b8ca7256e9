"""Old publications leave the tables that readers ask: their cells become tables of their own, for the DBA to keep or drop."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.database.access import OWNER
from warehouse.database.statements import statement

#: Longest wait for readers, who meanwhile queue behind it.
WAIT_SECONDS = 10


@dataclass(frozen=True)
class Old:
    """A publication whose cells nobody needs to find."""

    publication_id: int
    as_of: dt.date

    @property
    def table(self) -> str:
        """Where its cells are, attached or not."""
        return f"mart.indicator_value_{self.publication_id}"


def detachable(connection: sa.Connection, before: dt.date) -> list[Old]:
    """Publications of days before ``before`` that no frozen month and no month of the series is read from, never the newest."""
    rows = connection.execute(statement("publishing/detach/detachable"), {"before": before})
    return [Old(**row._asdict()) for row in rows]


def detach(connection: sa.Connection, before: dt.date) -> list[Old]:
    """Detach them as the owner of the tables, in the caller's transaction: readers wait for it, and it for those at work."""
    connection.exec_driver_sql(f"set local role {OWNER}")
    connection.exec_driver_sql(f"set local lock_timeout = '{WAIT_SECONDS}s'")
    old = detachable(connection, before)
    for each in old:
        connection.execute(sa.text("call mart.detach(:publication_id)"), {"publication_id": each.publication_id})
    return old


def detached_table(connection: sa.Connection, publication_id: int) -> str | None:
    """The table that holds a detached publication's cells; None while they are where readers ask."""
    found = connection.execute(statement("publishing/detach/table"), {"publication_id": publication_id})
    return found.scalar_one_or_none()
