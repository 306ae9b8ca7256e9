"""A landed batch, read: its bytes parsed chunk by chunk, each with the layout that says what its columns mean."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors import mapping, parse
from connectors.model import InsurerDefinition, RecordMapping
from connectors.parse.reasons import refuse
from connectors.template import Reading, reading
from schemas.contract import Contract
from schemas.errors import SchemaDrift, TellInsurer


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
    chunks = parse.read_batch(paths, how.source, expected=how.expected)
    try:
        for rows in chunks:
            layout = how.layout(rows.column_names)
            is_handed_in = channel == "submit" or how.source.kind != "json"
            if is_handed_in and (lack := mapping.lacking(rows, layout, contract)):
                _read_on(chunks)
                raise lack
            yield Chunk(rows, layout)
    except TellInsurer as refusal:
        _complete(refusal, how, contract)
        raise
    except SchemaDrift as drift:
        if channel == "submit":  # whoever hands in JSON is told; nothing was agreed that could have changed
            raise refuse("FILE-044", "", "") from drift
        raise


def _read_on(chunks: Iterator[pa.Table]) -> None:
    """Read to the end of a file that is refused anyway, for what else is wrong with it."""
    for _ in chunks:
        pass


def _complete(refusal: TellInsurer, how: Reading, contract: Contract) -> None:
    """Let a refusal also name the required columns that the header lacks, where a header was found."""
    if not refusal.columns or any(each.code == "FILE-016" for each in refusal.all):
        return
    required = [field for field in contract.fields if field.is_required]
    lack = mapping.missing_columns(refusal.columns, how.layout(refusal.columns), required)
    refusal.others += (lack,) if lack else ()
