"""Notes of reading: what the parser found in a file that it could read, on its way from the child to the mapping.

A note speaks of a cell, of a row, or of the whole file. The notes of a batch of rows travel in its schema's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

NOTES = b"notes"
"""Key of a table's schema metadata: its notes, packed."""


@dataclass(frozen=True)
class Note:
    """What was found at one place. ``row_no`` None speaks of the file, ``column`` (position in the header) None of a row."""

    rule_id: str
    where: str = ""
    found: str = ""
    row_no: int | None = None
    column: int | None = None


def packed(notes: Iterable[Note]) -> dict[bytes, bytes]:
    """Notes as metadata of a schema; nothing where there are none."""
    listed = [astuple(note) for note in notes]
    return {NOTES: json.dumps(listed, ensure_ascii=False).encode()} if listed else {}


def unpacked(metadata: Mapping[bytes, bytes] | None) -> tuple[Note, ...]:
    """The notes in a schema's metadata."""
    packed_notes = (metadata or {}).get(NOTES)
    return tuple(Note(*parts) for parts in json.loads(packed_notes)) if packed_notes else ()
