"""Pages of a list by its own order: a cursor names the row that the page before ended with."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.console.errors import BadCursor
from portal.sql_text import statement, text_of

PAGE_ROWS = 50
_NAMED = ("row_key", "record_type", "version_id", "record_key", "insurer_id", "region_code", "domain_code")


@dataclass(frozen=True)
class Row:
    """One row of a list: what it is about, and the list's own columns by name."""

    row_key: str
    record_type: str | None
    version_id: int | None
    """Number of the record's version, to link to; None where the row is of no record."""
    record_key: str | None
    insurer_id: str | None
    region_code: str | None
    domain_code: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and how many there are in all."""

    total: int
    rows: tuple[Row, ...]
    next_cursor: str | None
    """Of the page that follows; None on the last one."""


def page(
    connection: sa.Connection, name: str, wanted: Mapping[str, Any], *, after: str | None = None,
    limit: int = PAGE_ROWS, **slots: str,
) -> Page:  # fmt: skip
    """A page of the list that a statement selects; rows without a region belong to the whole province only.

    ``wanted`` are the statement's own parameters with region_code, domain_code, insurer_id, since and until.
    Raises BadCursor.
    """
    return read(
        connection, statement("console/lists/page", list=text_of(name, **slots)), wanted, after=after, limit=limit
    )


def read(
    connection: sa.Connection, query: sa.TextClause, wanted: Mapping[str, Any], *, after: str | None, limit: int,
) -> Page:  # fmt: skip
    """A page by a statement that itself gives ``row_count`` rows after ``after_sort`` and ``after_row``, each with the total.

    Raises BadCursor.
    """
    sort_key, row_key = decode(after) if after else (None, None)
    marks = {**wanted, "after_sort": sort_key, "after_row": row_key, "row_count": limit + 1}
    found = list(connection.execute(query, marks).mappings())
    rows = [row for row in found if row["row_key"] is not None]
    more = encode(rows[limit - 1]["sort_key"], rows[limit - 1]["row_key"]) if len(rows) > limit else None
    return Page(found[0]["total"] if found else 0, tuple(_row(dict(row)) for row in rows[:limit]), more)


def encode(sort_key: str, row_key: str) -> str:
    """A cursor for an address: letters, digits, ``-`` and ``_`` only."""
    said = json.dumps([sort_key, row_key], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def decode(cursor: str) -> tuple[str, str]:
    """Where a cursor stands. Raises BadCursor."""
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadCursor(str(error)) from error
    if not isinstance(said, list) or len(said) != 2 or not all(_is_text(part) for part in said):
        raise BadCursor("a cursor is two texts")
    return said[0], said[1]


def _is_text(part: object) -> bool:
    """A text that PostgreSQL can hold."""
    return isinstance(part, str) and "\0" not in part and part.isprintable()


def _row(row: Mapping[str, Any]) -> Row:
    named = {name: row[name] for name in _NAMED}
    own = {name: value for name, value in row.items() if name not in {*_NAMED, "total", "sort_key", "on_date"}}
    return Row(**named, values=own)
