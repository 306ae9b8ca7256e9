"""Where a row stands in what arrived: file, sheet and row, or page and item, with its cells as they came."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from connectors import mapping
from connectors.chunks import read_chunks
from connectors.model import InsurerDefinition, RecordMapping
from pipeline.hub import Hub
from pipeline.judging.past import EditionCache
from quality.messages import refusals
from schemas.contract import Contract, load_contract
from schemas.errors import LandingDamaged, SetupError, TellInsurer
from warehouse.landing import receipts

HIDDEN = "***"
#: How a place begins in a delivery of several payloads: pages of an interface, or files.
_PAYLOAD = re.compile(r"(?:page|file) (\d+) ")


@dataclass(frozen=True)
class SourceCell:
    """One source column of a row, as it arrived, and the field that it became; field None: the column is not mapped."""

    column: str
    """Empty where the definition says the value and no column does."""
    raw: str | None
    field: str | None
    business_name: str
    value: str | None
    """Canonical text, as the mapping made it."""
    is_hidden: bool
    """Personal or sensitive by the contract, or not known to be neither."""

    def masked(self) -> SourceCell:
        """The cell without content that not everybody may see."""
        if not self.is_hidden:
            return self
        raw, value = (None if text is None else HIDDEN for text in (self.raw, self.value))
        return SourceCell(self.column, raw, self.field, self.business_name, value, is_hidden=True)


@dataclass(frozen=True)
class SourceRow:
    """One row of a batch where it stands: ``place`` is ``line 12``, ``Sheet1!7`` or ``page 3 item 5``."""

    batch_id: int
    insurer_id: str
    record_type: str
    row_no: int
    file: str
    sha256: str
    place: str
    cells: tuple[SourceCell, ...]

    @property
    def shown(self) -> tuple[str, str]:
        """File and place."""
        return self.file, self.place


@dataclass(frozen=True)
class NoRow:
    """What stands for a row that no file holds, or that cannot be read any more; says why."""

    reason: str

    @property
    def shown(self) -> tuple[str, str]:
        """Nothing, and why."""
        return "", self.reason


ABSENT = NoRow("该批次中没有此记录 absent from the delivery")


def read_rows(hub: Hub, batch_id: int, row_nos: Collection[int]) -> dict[int, SourceRow]:
    """Rows of a batch by number, read again from its landed bytes as they were read when it was loaded last.

    Row 0 is no row: a delivery withdrew the record by not holding it. Raises LandingDamaged, TellInsurer when the
    batch cannot be read, NotFound when there is none, SetupError when bytes or what they were read by are not kept.
    """
    batch = receipts.read_batch(hub.engine, batch_id)
    with receipts.lent(hub.engine, hub.store, batch_id) as parts:
        return _rows_of(hub, batch, parts, set(row_nos) - {0})


def _rows_of(
    hub: Hub, batch: receipts.Batch, parts: Sequence[receipts.LandedPayload], wanted: set[int]
) -> dict[int, SourceRow]:
    contract, found = load_contract(batch.record_type), dict[int, SourceRow]()
    chunks = read_chunks(_definition(hub, batch), contract, batch.channel, [part.path for part in parts])
    for chunk in chunks if wanted else ():
        chosen = chunk.rows.filter(pa.compute.is_in(chunk.rows["row_no"], pa.array(sorted(wanted), pa.int64())))
        for row_no, place, cells in _rows(chosen, chunk.layout, contract) if chosen.num_rows else ():
            part = _payload(parts, place)
            found[row_no] = SourceRow(
                batch.batch_id, batch.insurer_id, batch.record_type, row_no, part.name, part.sha256, place, cells
            )
        if found.keys() >= wanted:
            break
    return found


def places_of(hub: Hub, rows: Iterable[tuple[int, int]]) -> dict[tuple[int, int], SourceRow | NoRow]:
    """Where (batch id, row number) pairs stand; each batch is read once. Never raises for bytes that are damaged."""
    wanted: dict[int, set[int]] = {}
    for batch_id, row_no in rows:
        wanted.setdefault(batch_id, set()).add(row_no)
    found: dict[tuple[int, int], SourceRow | NoRow] = {}
    for batch_id, row_nos in wanted.items():
        placed, missing = _readable(hub, batch_id, row_nos)
        found |= {(batch_id, row_no): placed.get(row_no, missing if row_no else ABSENT) for row_no in row_nos}
    return found


def _readable(hub: Hub, batch_id: int, row_nos: set[int]) -> tuple[dict[int, SourceRow], NoRow]:
    try:
        return read_rows(hub, batch_id, row_nos), NoRow("没有这一行 no such row")
    except TellInsurer as refusal:
        return {}, NoRow(refusals(hub.rules.words, refusal)[0].message)
    except (LandingDamaged, SetupError) as error:
        return {}, NoRow(str(error))


def _definition(hub: Hub, batch: receipts.Batch) -> InsurerDefinition:
    """The definition that the batch was read by last; today's when it was not loaded yet."""
    return EditionCache(hub).last_definition(batch.batch_id, batch.insurer_id) or hub.definition(batch.insurer_id)


def _payload(parts: Sequence[receipts.LandedPayload], place: str) -> receipts.LandedPayload:
    """The payload that a place lies in; a batch of one file does not number it."""
    if len(parts) > 1 and (found := _PAYLOAD.match(place)):
        return parts[int(found[1]) - 1]
    return parts[0]


def _rows(
    chosen: pa.Table, layout: RecordMapping, contract: Contract
) -> Iterator[tuple[int, str, tuple[SourceCell, ...]]]:
    mapped = mapping.apply(chosen, layout, contract).table.to_pylist()
    for raw, made in zip(chosen.to_pylist(), mapped, strict=True):
        sources = {name: raw[name] for name in chosen.column_names[:-2]}
        yield made["row_no"], made["place"], tuple(_cells(sources, made, layout, contract))


def _cells(
    sources: dict[str, str | None], made: dict[str, str | None], layout: RecordMapping, contract: Contract
) -> Iterator[SourceCell]:
    """Every source column in the order of the file, then what the definition itself says."""
    for column, raw in sources.items():
        fields = [name for name, source in layout.columns.items() if source.source == column]
        for name in fields:
            yield _cell(contract, column, raw, name, made[name])
        if not fields:
            yield SourceCell(column, raw, None, "", None, is_hidden=True)
    for name, source in layout.columns.items():
        if source.constant is not None:
            yield _cell(contract, "", None, name, made[name])


def _cell(contract: Contract, column: str, raw: str | None, name: str, value: str | None) -> SourceCell:
    field = contract.by_name[name]
    return SourceCell(column, raw, name, field.business_name, value, is_hidden=field.is_hidden)
