"""The history of one record: every version of it, under all the numbers that it has had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.contract import load_contract
from warehouse.database.engine import database_errors
from warehouse.database.expressions import key_text
from warehouse.database.statements import statement
from warehouse.loading.renumbering import number_of


@dataclass(frozen=True)
class PastVersion:
    """One version of a record under one of its numbers; ``file`` and ``row_no`` say where it was delivered."""

    record_key: str
    version_id: int
    batch_id: int
    delivered_as: str | None
    file: str | None
    row_no: int
    source_updated_at: dt.datetime
    recorded_at: dt.datetime
    superseded_at: dt.datetime | None
    operation_code: str
    is_withdrawn: bool
    reason_text: str | None


def history(engine: sa.Engine, record_type: str, insurer_id: str, key: str) -> list[PastVersion]:
    """All versions of a record under all its numbers, newest first; ``key`` is any of them, parts joined with ``|``.

    The number alone gives every line of a service plan. Raises DefinitionError for an unknown record type.
    """
    contract = load_contract(record_type)
    is_composed = len(contract.key) > 1
    number, mark, line = key.partition("|") if is_composed else (key, "", "")
    rest = mark + line if mark or not is_composed else None
    values = {"record_type": record_type, "insurer_id": insurer_id, "number": number, "rest": rest}
    asked = statement(
        "loading/renumbering/history",
        core=f"core.{record_type}",
        key_text=key_text(contract, "c"),
        number_column=f"c.{number_of(contract)}",
    )
    with database_errors("reading the history of a record"), engine.connect() as connection:
        return [PastVersion(**row._asdict()) for row in connection.execute(asked, values)]
