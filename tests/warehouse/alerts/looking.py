"""Looks of the clock for tests: at a day of 2026, by the calendar that the hub ships."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import json
import pathlib
from typing import Any

import sqlalchemy as sa

from quality.working_days import load_calendar
from schemas.contract import RECORD_TYPES
from warehouse.alerts.raising import Look

AS_OF = dt.date(2026, 6, 30)
KNOWN_AT = dt.datetime(2026, 6, 30, 0, 0, tzinfo=dt.UTC)


@functools.cache
def calendar_version() -> str:
    """The edition that every test database is filled with."""
    return load_calendar().version


def look_at(as_of: dt.date = AS_OF, known_at: dt.datetime = KNOWN_AT) -> Look:
    """A look at a day and moment; rows of the cases are known whatever the moment."""
    return Look(as_of, known_at, calendar_version(), load_calendar().deadline(as_of, 1))


def day_of(case: pathlib.Path) -> dt.date:
    """The day of a case: what its ``day.txt`` says, for what is looked for at some times of the year only."""
    said = case / "day.txt"
    return dt.date.fromisoformat(said.read_text(encoding="utf-8").strip()) if said.exists() else AS_OF


def load_folder(connection: sa.Connection, load: Any, folder: pathlib.Path) -> None:
    """Put the tables of a folder into the database: record types by their name, others by schema and name."""
    files = {path.stem: path for path in folder.glob("*.csv")}
    for name in RECORD_TYPES:
        if name in files:
            load(name, rows_of(files[name]))
    for name in sorted(n for n in files if "." in n):
        columns = ", ".join(rows_of(files[name])[0])
        connection.execute(
            sa.text(
                f"insert into {name} ({columns}) select {columns} from json_populate_recordset(null::{name}, cast(:rows as json))"
            ),
            {"rows": json.dumps([{k: _cell(v) for k, v in row.items()} for row in rows_of(files[name])])},
        )


def _cell(text: str) -> object:
    """A cell: JSON where it is some, nothing where it is empty."""
    return json.loads(text) if text[:1] in ("[", "{") else text or None


def rows_of(path: pathlib.Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
