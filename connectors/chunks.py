"""A landed batch, read: its bytes parsed chunk by chunk, each with the layout that says what its columns mean."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors import parse
from connectors.model import InsurerDefinition, RecordMapping
from connectors.template import reading
from schemas.contract import Contract


@dataclass(frozen=True)
class Chunk:
    """Rows as they arrived: every source column as text, then ``row_no`` and ``place``; ``mapping.apply`` takes both."""

    rows: pa.Table
    layout: RecordMapping


def read_chunks(
    definition: InsurerDefinition, contract: Contract, channel: str, paths: Sequence[pathlib.Path]
) -> Iterator[Chunk]:
    """The payloads of one batch in their order; ``row_no`` is unique over the batch.

    Raises TellInsurer when they cannot be read without guessing, also after some chunks: use none of them then. Raises
    SchemaDrift for JSON that is not shaped as defined.
    """
    how = reading(definition, contract, channel, paths)
    for rows in parse.read_batch(paths, how.source, expected=how.expected):
        yield Chunk(rows, how.layout(rows.column_names))
