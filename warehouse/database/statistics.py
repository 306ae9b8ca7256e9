"""What PostgreSQL plans by: kept by whoever fills tables, not left to when autovacuum comes."""

from __future__ import annotations

import sqlalchemy as sa


def keep(engine: sa.Engine) -> None:
    """Let PostgreSQL look at the tables that grew, in a transaction of its own: nobody waits for it."""
    with engine.begin() as connection:
        connection.exec_driver_sql("select core.keep_statistics()")


def largest_table(connection: sa.Connection) -> int:
    """How many rows the largest table of core has, as far as was looked."""
    query = "select cast(max(reltuples) as bigint) from pg_class where relnamespace = 'core'::regnamespace"
    return int(connection.exec_driver_sql(query).scalar_one())
