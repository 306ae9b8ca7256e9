"""COPY into PostgreSQL, from Arrow tables and from plain rows. An empty string and a null stay apart."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from warehouse.database.engine import driver
from warehouse.database.statements import text_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Lines:
    """Rows as PostgreSQL's CSV, ready to copy."""

    columns: tuple[str, ...]
    content: bytes


def written(table: pa.Table) -> Lines:
    """Write an Arrow table as CSV lines.

    Strings are written quoted and nulls as nothing at all, which is how PostgreSQL's CSV tells them apart.
    """
    import pyarrow.csv  # heavy, and whoever only asks copies nothing

    buffer = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, batch_size=8192, quoting_style="needed")
    pyarrow.csv.write_csv(table, buffer, options)
    return Lines(tuple(table.column_names), buffer.getvalue())


def copy_lines(connection: sa.Connection, table: str, lines: Lines) -> None:
    """Copy written rows into the columns of the same names."""
    _copy(connection, table, lines.columns, io.BytesIO(lines.content))


def copy_rows(connection: sa.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Copy rows of plain values (str, int, bool, Decimal, date, aware datetime, list of str, dict, None)."""
    buffer = io.StringIO(newline="")
    for row in rows:
        buffer.write(",".join(map(_cell, row)) + "\n")
    buffer.seek(0)
    _copy(connection, table, columns, buffer)


def _copy(connection: sa.Connection, table: str, columns: Sequence[str], source: io.IOBase) -> None:
    """PostgreSQL copies into no table with row security: the rows of one of ours are copied beside it, and inserted."""
    names = ", ".join(f'"{name}"' for name in columns)
    parts = {"names": names, "table": table}
    is_ours = "." in table
    with driver(connection).cursor() as cursor:
        if is_ours:
            cursor.execute(text_of("database/copying/beside", **parts))
        target = "copied" if is_ours else table
        cursor.copy_expert(f"copy {target} ({names}) from stdin (format csv)", source, size=1 << 20)
        if is_ours:
            cursor.execute(text_of("database/copying/take", **parts))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list | tuple) and not _is_texts(value):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list | tuple):
        value = "{" + ",".join('"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"' for v in value) + "}"
    return '"' + str(value).replace('"', '""') + '"'


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
