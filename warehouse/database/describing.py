"""Comments of the database's tables, views and functions: those of record types follow from the contracts."""

from __future__ import annotations

import json

import sqlalchemy as sa

from schemas.contract import load_contracts
from warehouse.database.ddl import comments
from warehouse.database.engine import driver
from warehouse.database.statements import statement


def describe_records(connection: sa.Connection) -> None:
    """Comment the tables of record types and their columns, and those of their report views, as the contracts say now."""
    wanted = [comment._asdict() for contract in load_contracts().values() for comment in comments(contract)]
    changed = connection.execute(statement("database/report/changed_comments"), {"wanted": json.dumps(wanted)})
    lines = list(changed.scalars())
    if lines:
        with driver(connection).cursor() as cursor:
            cursor.execute("; ".join(lines))


def describe_views(connection: sa.Connection) -> None:
    """Comment the columns of the report views that no migration and no contract has described."""
    connection.execute(statement("database/report/describe"))
