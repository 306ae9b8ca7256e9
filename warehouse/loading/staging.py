"""Staging: a batch's rows and findings in temporary tables of the load's transaction.

``staged`` has one row a row of the batch: row_no, place, insurer_id, record_key (natural key joined with ``|``),
content_hash and the contract's columns, typed. ``staged_finding`` has one row a finding, ``staged_column`` one a field
that the delivery has a column for. The rows as they arrived (``raw``) wait in a local file: only those that end in quarantine are sent to the database.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from schemas.contract import Contract
from schemas.findings import Finding, Observation, SourceColumn
from warehouse.database.copying import copy_lines, written
from warehouse.database.statements import statement

FINDING_SCHEMA = pa.schema([
    (name, pa.int64() if name == "row_no" else pa.string())
    for name in (
        "rule_id", "severity", "row_no", "field", "value", "expected", "message", "parent_record_type", "parent_key",
    )
])  # fmt: skip
COLUMN_SCHEMA = pa.schema([(name, pa.string()) for name in ("field", "source_column", "column_letter")])
#: Between fields, and in place of a null, in the text that ``content_hash`` is taken of.
FIELD_SEPARATOR, NULL_SIGN = "\x1f", "\x1e"
RAW_SCHEMA = pa.schema([("row_no", pa.int64()), ("raw", pa.string())])
NUL_RULE = "FILE-090"


@dataclass
class RawSpool:
    """Rows as they arrived, in a compressed temporary file, so that memory does not grow with the batch."""

    file: IO[bytes] | None = None
    writer: pa.ipc.RecordBatchStreamWriter | None = None

    def add(self, table: pa.Table) -> None:
        """Append row_no and raw of a chunk."""
        if self.writer is None:
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the load, see close
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self.writer = pa.ipc.new_stream(self.file, RAW_SCHEMA, options=options)
        self.writer.write_table(table.select(["row_no", "raw"]).cast(RAW_SCHEMA))

    def rows(self, wanted: pa.Array) -> Iterator[tuple[int, str]]:
        """Row number and raw text of the wanted row numbers. Reads the file once; no chunk is added afterwards."""
        if self.writer is None or self.file is None or len(wanted) == 0:
            return
        self.writer.close()
        self.file.seek(0)
        with pa.ipc.open_stream(self.file) as reader:
            for chunk in reader:
                found = chunk.filter(pc.is_in(chunk["row_no"], value_set=wanted))
                yield from zip(found["row_no"].to_pylist(), found["raw"].to_pylist(), strict=True)

    def close(self) -> None:
        """Remove the file."""
        if self.file is not None:
            self.file.close()


def create(connection: sa.Connection, contract: Contract, insurer_id: str) -> None:
    """Create the temporary tables of one load; they go with the transaction."""
    quoted = "'" + insurer_id.replace("'", "''") + "'"
    connection.execute(statement("loading/merge/create_staged", insurer_id=quoted))
    columns = ", ".join(f"add column {f.name} {f.sql_type}" for f in contract.fields)
    connection.exec_driver_sql(f"alter table staged {columns}")


def clear(connection: sa.Connection) -> None:
    """Forget everything staged so far."""
    connection.exec_driver_sql("truncate staged, staged_finding")


def stage_rows(connection: sa.Connection, contract: Contract, table: pa.Table) -> list[Observation]:
    """Copy a chunk of typed rows into ``staged``; what is observed of cells that PostgreSQL cannot hold."""
    readable, unstorable = _without_nul(table, contract)
    identified = readable.select(["row_no", "place", *contract.by_name])
    identified = identified.append_column("record_key", record_keys(readable, contract.key))
    identified = identified.append_column("content_hash", content_hashes(readable, tuple(contract.by_name)))
    copy_lines(connection, "staged", written(identified))
    return unstorable


def stage_findings(connection: sa.Connection, findings: Iterable[Finding]) -> None:
    """Copy findings into ``staged_finding``."""
    _copy(connection, "staged_finding", pa.Table.from_pylist(list(map(vars, findings)), FINDING_SCHEMA))


def stage_columns(connection: sa.Connection, columns: Mapping[str, SourceColumn]) -> None:
    """Copy where fields stand in the delivery into ``staged_column``."""
    rows = [dict(zip(COLUMN_SCHEMA.names, (field, at.name, at.letter), strict=True)) for field, at in columns.items()]
    _copy(connection, "staged_column", pa.Table.from_pylist(rows, COLUMN_SCHEMA))


def _copy(connection: sa.Connection, table: str, rows: pa.Table) -> None:
    """Copy rows whose texts PostgreSQL may not hold: the sign for U+0000 stands in its place."""
    for position, column in enumerate(rows.schema):
        if pa.types.is_string(column.type):
            rows = rows.set_column(position, column, pc.replace_substring(rows[position], "\x00", "\u2400"))
    if rows.num_rows:
        copy_lines(connection, table, written(rows))


def record_keys(table: pa.Table, key: Sequence[str]) -> pa.ChunkedArray:
    """Natural keys joined with ``|``; null when a part is null or empty."""
    parts = [pc.if_else(pc.equal(column, ""), None, column) for column in (_text(table[name]) for name in key)]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "|", null_handling="emit_null")


def content_hashes(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """SHA-256 over the canonical text of the named columns in their order, as 64 hex digits.

    Text: dates YYYY-MM-DD, timestamps in UTC with six decimals and Z, decimals with the contract's scale,
    booleans true and false; fields joined with U+001F, a null written U+001E.
    """
    texts = [_text(table[name]) for name in names]
    joined = pc.binary_join_element_wise(*texts, FIELD_SEPARATOR, null_handling="replace", null_replacement=NULL_SIGN)
    digest = hashlib.sha256
    hashes = [digest(line).hexdigest() for line in joined.cast(pa.binary()).to_pylist()]
    return pa.array(hashes, pa.string())


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _without_nul(table: pa.Table, contract: Contract) -> tuple[pa.Table, list[Observation]]:
    """PostgreSQL's text holds no U+0000: such a cell becomes null and an error of its row."""
    unstorable: list[Observation] = []
    for name in ("place", *contract.by_name):
        column = table[name]
        if not pa.types.is_string(column.type):
            continue
        mask = pc.fill_null(pc.match_substring(column, "\x00"), False)
        if not pc.any(mask).as_py():
            continue
        rows = table["row_no"].filter(mask).to_pylist()
        unstorable += [Observation(NUL_RULE, row_no, name) for row_no in rows]
        position = table.column_names.index(name)
        table = table.set_column(position, name, pc.if_else(mask, None, column))
    return table, unstorable
