"""What a definition covers of each record type: which fields have a column of their own, which only the naming's, which none."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.columns import NAMING
from connectors.definition_checks import comes_from
from connectors.model import InsurerDefinition, RecordMapping
from schemas.code_lists import load_code_list
from schemas.contract import Field, load_contract


@dataclass(frozen=True)
class Coverage:
    """Fields of one record type by how they are filled; ``required`` ones are marked with their source column."""

    record_type: str
    mapped: tuple[str, ...]
    by_naming: tuple[str, ...]
    """``field <- column`` of required fields that are only called as the naming would call them: to be checked once."""
    unmapped: tuple[str, ...]
    """Fields that no column fills: none of them is required."""
    uncovered: tuple[str, ...]
    """``field: code, ...`` where a lookup leads to not every code of the list."""


def coverage(definition: InsurerDefinition) -> tuple[Coverage, ...]:
    """The coverage of every record type of a definition."""
    return tuple(_of(record) for record in definition.records.values())


def _of(record: RecordMapping) -> Coverage:
    fields = load_contract(record.record_type).fields
    named = [f for f in fields if record.columns[f.name].source in {name_of(f) for name_of in NAMING.values()}]
    return Coverage(
        record_type=record.record_type,
        mapped=tuple(f.name for f in fields if comes_from(record, f.name) and f not in named),
        by_naming=tuple(f"{f.name} <- {record.columns[f.name].source}" for f in named if f.is_required),
        unmapped=tuple(f.name for f in fields if not comes_from(record, f.name)),
        uncovered=tuple(told for f in fields if (told := _uncovered(record, f))),
    )


def _uncovered(record: RecordMapping, field: Field) -> str:
    lookup = record.columns[field.name].lookup
    if lookup is None or field.code_list is None:
        return ""
    codes = {entry.code for entry in load_code_list(field.code_list).entries} - set(lookup.values())
    return f"{field.name}: {', '.join(sorted(codes))}" if codes else ""
