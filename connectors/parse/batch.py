"""All payloads of one batch, in order, as tables of text with numbers and places for every row."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from connectors.model import SourceFormat, Use
from connectors.parse.json_pages import Row, read_page, to_table
from connectors.parse.limits import Limits
from connectors.parse.notes import Note, packed, unpacked
from connectors.parse.rows import LINE_NO, ROW_NO, Header
from connectors.parse.runner import parse_in_child

__all__ = ["Limits", "read_batch"]

PLACE = "place"
KIND = b"kind"
"""Key of the table's schema metadata that says json, csv or xlsx."""
COLUMNS = b"columns"
"""Key of the table's schema metadata of a CSV or XLSX file: JSON list of the 0-based column of each source column."""
UNENDED = b"unended"
"""Key of the table's schema metadata of a CSV file whose last line has no end: it may have been cut."""


def read_batch(
    paths: Sequence[Path],
    source: SourceFormat,
    limits: Limits | None = None,
    expected: Collection[str] | Mapping[str, Use] = (),
) -> Iterator[pa.Table]:
    """Chunks of a batch's payloads in their order: every source column as text under its own name, row_no and place.

    ``row_no`` is unique over the batch. ``expected`` are source column names of the definition: they find the header
    below title rows; as a mapping they say what each column is read for (else: text). Pages of an API are gathered, so
    that chunks are of ``limits.chunk_rows`` rows whatever the page size. Raises TellInsurer when a payload cannot be read
    without guessing, also after some chunks: use none of them then. Raises SchemaDrift for JSON that is not shaped as
    defined.
    """
    bounds = limits or Limits()
    if source.kind == "json":
        return _pages(paths, source, bounds)
    uses: Mapping[str, Use] = expected if isinstance(expected, Mapping) else dict.fromkeys(expected, "text")
    return _files(paths, source, bounds, uses)


def _pages(paths: Sequence[Path], source: SourceFormat, limits: Limits) -> Iterator[pa.Table]:
    placed: Iterator[tuple[str, Row]] = (
        (f"page {page} item {item}", row)
        for page, path in enumerate(paths, start=1)
        for item, row in read_page(path, source, limits)
    )
    first = 1
    while chunk := list(itertools.islice(placed, limits.chunk_rows)):
        numbers = pa.array(range(first, first + len(chunk)), pa.int64())
        places = pa.array([place for place, _ in chunk], pa.string())
        yield _table(to_table([row for _, row in chunk]), numbers, places, source)
        first += len(chunk)


def _files(
    paths: Sequence[Path], source: SourceFormat, limits: Limits, expected: Mapping[str, Use]
) -> Iterator[pa.Table]:
    offset = 0
    for position, path in enumerate(paths, start=1):
        reached = offset
        marks = {UNENDED: b"1"} if source.kind == "csv" and not _ends_a_line(path) else {}
        for header, table, notes in _gathered(parse_in_child(path, source, limits, expected), limits.chunk_rows):
            numbers = pc.add(table[ROW_NO], offset)
            reached = max(reached, pc.max(numbers).as_py() or 0)
            file = f"file {position} " if len(paths) > 1 else ""
            places = _places(table, f"{file}{f'{header.sheet}!' if header.sheet else 'line '}")
            columns = table.select(range(len(header.names))).rename_columns(header.names)
            known = marks | {COLUMNS: json.dumps(header.columns).encode()} | packed(_moved(notes, offset))
            yield _table(columns, numbers, places, source, known)
        offset = reached


def _moved(notes: Sequence[Note], offset: int) -> Iterator[Note]:
    """Notes with the row numbers of the batch instead of those of its file."""
    for note in notes:
        yield note if note.row_no is None else replace(note, row_no=note.row_no + offset)


def _gathered(
    parts: Iterator[tuple[Header, pa.RecordBatch]], chunk_rows: int
) -> Iterator[tuple[Header, pa.Table, list[Note]]]:
    """Batches joined to chunks of at most ``chunk_rows``; what follows has a cost for each chunk."""
    header, first = next(parts)
    held = [first]
    for _, batch in parts:
        if sum(b.num_rows for b in held) + batch.num_rows > chunk_rows:
            yield header, *_joined(held)
            held = []
        held.append(batch)
    yield header, *_joined(held)


def _joined(batches: Sequence[pa.RecordBatch]) -> tuple[pa.Table, list[Note]]:
    notes = [note for batch in batches for note in unpacked(batch.schema.metadata)]
    bare = [batch.replace_schema_metadata(None) for batch in batches]
    return pa.Table.from_batches(bare).combine_chunks(), notes


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read(1) in {b"\n", b""}


def _places(table: pa.Table, prefix: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(prefix, pc.cast(table[LINE_NO], pa.string()), "")


def _table(
    columns: pa.Table,
    numbers: pa.Array | pa.ChunkedArray,
    places: pa.Array | pa.ChunkedArray,
    source: SourceFormat,
    marks: Mapping[bytes, bytes] = MappingProxyType({}),
) -> pa.Table:
    made = columns.append_column(ROW_NO, numbers).append_column(PLACE, places)
    return made.replace_schema_metadata({KIND: source.kind.encode(), **marks})
