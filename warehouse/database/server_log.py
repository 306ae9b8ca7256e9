"""What readers ask with psql and BI tools: PostgreSQL logs it, and this moves it into the audit, each line once.

The server writes every statement of a reader's login to a file that only it may read (`log_statement` of the role, which no
reader can change). Lines of other logins and databases are passed over. A file is read from where the last run ended; that
place is kept in the transaction that appends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database.engine import database_errors
from warehouse.database.statement_text import Statements, is_control
from warehouse.database.statements import statement

PIECE_BYTES = 4 << 20
#: A longer line is passed over and counted as unreadable: nobody's statement stops the audit of others.
LONGEST_LINE_BYTES = 64 << 20
#: What tells a file from another of its name: its first line, or as much of it.
HEAD_BYTES = 8192
NOBODY = "-"
NOT_SET_UP = "docs/regulators-sql.md, Audit, names the server's settings"
_EXECUTED = re.compile(r"execute (?!fetch from )[^:]*: (?P<text>.*)", re.DOTALL)
_REFUSED = ("28P01", "28000")
_STAMP = "%Y-%m-%d %H:%M:%S.%f"
ZONES = ("UTC", "GMT")


@dataclass(frozen=True)
class Shipped:
    """What a run appended, and how many lines of the log could not be read: torn by a crash, or too long.

    ``has_log`` is false where the server keeps no such log, or the hub may not read it.
    """

    event_count: int = 0
    line_count: int = 0
    unreadable_count: int = 0
    has_log: bool = True

    def __add__(self, other: Shipped) -> Shipped:
        return Shipped(
            self.event_count + other.event_count,
            self.line_count + other.line_count,
            self.unreadable_count + other.unreadable_count,
        )

    def __str__(self) -> str:
        if not self.has_log:
            return f"数据库直接查询未记入审计 SQL of readers is not audited: {NOT_SET_UP}"
        torn = f", 无法读取 unreadable {self.unreadable_count}" if self.unreadable_count else ""
        return f"查询记入审计 statements {self.event_count}, 日志行 lines of the log {self.line_count}{torn}"


def ship(engine: sa.Engine) -> Shipped:
    """Append to the audit what the server's log says of readers since the last run; the login is the loader's.

    Raises SetupError where the server logs in another time zone than UTC, and WarehouseBusy beside another run.
    """
    total = Shipped()
    with database_errors("reading the server's log"), engine.connect() as connection:
        reader = _reader(connection)
        files = connection.execute(statement("database/audit/files")).all()
        connection.rollback()
        for file in files:
            for part in _pieces(connection, file.file_name):
                total += _append(connection, part, reader, file.database)
    return total if files else Shipped(has_log=False)


def _reader(connection: sa.Connection) -> Statements:
    names = connection.execute(statement("database/audit/names")).all()
    relations = frozenset(name.word for name in names if name.is_relation)
    return Statements(relations, frozenset(name.word for name in names) - relations)


@dataclass(frozen=True)
class _Piece:
    file_name: str
    first_line_sha256: bytes
    begins_at: int
    content: bytes


def _pieces(connection: sa.Connection, file_name: str) -> Iterator[_Piece]:
    """Whole lines of a file that were not read before, some megabytes at a time."""
    head = _read(connection, file_name, 0, HEAD_BYTES)
    if b"\n" not in head and len(head) < HEAD_BYTES:
        return
    digest = hashlib.sha256(head.partition(b"\n")[0]).digest()
    of_file = {"file_name": file_name, "first_line_sha256": digest}
    position = int(connection.execute(statement("database/audit/shipped_until"), of_file).scalar_one())
    connection.rollback()
    length = PIECE_BYTES
    while True:
        content = _read(connection, file_name, position, length)
        whole = content[: content.rfind(b"\n") + 1] or (content if len(content) >= LONGEST_LINE_BYTES else b"")
        if whole:
            yield _Piece(file_name, digest, position, whole)
            position, length = position + len(whole), PIECE_BYTES
        elif len(content) < length:
            return
        else:
            length *= 2


def _read(connection: sa.Connection, file_name: str, begins_at: int, byte_count: int) -> bytes:
    given = {"file_name": file_name, "begins_at": begins_at, "byte_count": byte_count}
    found = connection.execute(statement("database/audit/piece"), given).scalar_one()
    connection.rollback()
    return b"" if found is None else bytes(found)


def _append(connection: sa.Connection, part: _Piece, reader: Statements, database: str) -> Shipped:
    lines = part.content.splitlines()
    read = [_line(line) for line in lines]
    events = list(_events((line for line in read if line is not None), reader, database))
    given = {
        "file_name": part.file_name, "first_line_sha256": part.first_line_sha256, "begins_at": part.begins_at,
        "ends_at": part.begins_at + len(part.content), "events": json.dumps(events, ensure_ascii=False),
    }  # fmt: skip
    appended = connection.execute(statement("database/audit/ship"), given).scalar_one()
    connection.commit()
    return Shipped(appended, len(lines), sum(line is None for line in read))


def _line(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _events(lines: Iterable[Mapping[str, Any]], reader: Statements, database: str) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.get("user") and line.get("dbname") == database:
            found = _asked(line, reader) or _refused(line)
            if found:
                happened_at = _moment(line["timestamp"])
                yield {
                    "happened_at": happened_at,
                    "login": line["user"],
                    "client": line.get("remote_host", NOBODY),
                    **found,
                }


def _asked(line: Mapping[str, Any], reader: Statements) -> dict[str, Any] | None:
    """The statement of a line, as the audit keeps it; None for a line without one, and for one that reads nothing."""
    said, detail = str(line.get("message", "")), str(line.get("detail", ""))
    executed = _EXECUTED.fullmatch(said)
    text = executed["text"] if executed else said.removeprefix("statement: ")
    is_asked = executed or said.startswith(("statement: ", "fastpath function call: "))
    if line.get("error_severity") != "LOG" or not is_asked or is_control(text):
        return None
    told = reader.told(text, detail.removeprefix("prepare: "))
    kept = {"sql": told.text}
    if detail:
        kept["detail"] = reader.masked(detail, told)
    relations = ", ".join(f"report.{name}" for name in sorted(told.relations))
    return {"kind": "query", "object": relations or NOBODY, "filter": kept, "identifiers": told.values}


def _refused(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """A refused sign-in; None for every other line."""
    if line.get("error_severity") != "FATAL" or line.get("state_code") not in _REFUSED:
        return None
    return {"kind": "sign_in_refused", "object": "psql", "filter": {}, "identifiers": {}}


def _moment(stamp: str) -> str:
    """A line's time with its offset. Raises SetupError for a zone other than UTC: its letters stand for several."""
    moment, _, zone = stamp.rpartition(" ")
    if zone not in ZONES:
        raise SetupError(f"the server logs times in {zone}: set log_timezone = 'UTC'")
    return dt.datetime.strptime(moment, _STAMP).replace(tzinfo=dt.UTC).isoformat()
