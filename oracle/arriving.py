"""From the landed bytes of a batch to its rows on their way into the merge."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

from oracle import layout, readers
from oracle.batches import Batch, QuarantinedRow
from oracle.landed import Read
from oracle.layout import Definitions, RecordRow, UnreadableRow
from oracle.merge import Arrival
from oracle.values import on_day
from schemas.contract import Contract

WITHDRAWAL = "D"
#: What a batch that cannot be replayed is told with: (what is wrong, what to do), Chinese first.
MISSING = (
    "找不到接收的文件 a landed file is not there",
    "核对 ANZE_LANDING 是否为存放它的文件夹或存储桶,再从备份恢复 is ANZE_LANDING the folder or bucket that holds it? then restore it",
)
DAMAGED = (
    "接收的文件已损坏 a landed file is damaged",
    "从备份恢复该文件,或请报送方再次报送同一文件 restore it from a backup, or have the same file sent again",
)
UNDEFINED = (
    "没有读它的定义 no definition that reads it is kept",
    "恢复该机构的定义文件 restore the insurer's definition",
)
UNREADABLE = (
    "核对程序读不了 the oracle cannot read it",
    "保留现场并报告此行 keep everything as it is and report this line",
)
_HEAD_BYTES = 1 << 16


class Unreplayed(Exception):
    """Raised when a batch cannot be read; says which file, what is wrong and what to do, and holds no value."""

    def __init__(self, told: tuple[str, str], detail: str) -> None:
        problem, remedy = told
        super().__init__(f"{problem} ({detail}); 处理 what to do: {remedy}")


def rows(read: Read, batch: Batch, contract: Contract, definitions: Definitions, digest: str) -> list[RecordRow]:
    """All rows of a batch, read by the definition with a digest. Raises Unreplayed."""
    payloads = [_payload(read, *file) for file in zip(batch.sha256s, batch.version_ids, strict=True)]
    definition = definitions.get(digest) or definitions.get(batch.insurer_id, {})
    try:
        layouts = layout.plain(definition, batch.insurer_id, contract, batch.channel, payloads[0][:_HEAD_BYTES])
        return list(layout.records(payloads, layouts, contract))
    except layout.NoLayout as error:
        raise Unreplayed(UNDEFINED, str(error)) from error
    except (readers.Unreadable, LookupError, ValueError, TypeError, ArithmeticError) as error:
        raise Unreplayed(UNREADABLE, f"{type(error).__name__} {error}") from error


def _payload(read: Read, sha256: str, version_id: str | None) -> bytes:
    try:
        content = read(sha256, version_id)
    except OSError as error:
        raise Unreplayed(MISSING, f"{sha256[:12]}: {error.strerror or 'no such object'}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unreplayed(DAMAGED, f"{sha256[:12]}: other bytes than its digest says")
    return content


def arrivals(batch: Batch, contract: Contract, found: Sequence[RecordRow]) -> list[tuple[int, Arrival | UnreadableRow]]:
    """(row number, arrival or the fault that makes it unreadable) of every row."""
    return [
        (row_no, row if isinstance(row, UnreadableRow) else _arrival(batch, contract, row_no, row))
        for row_no, row in found
    ]


def keys(
    found: Sequence[tuple[int, Arrival | UnreadableRow]], quarantined: Mapping[int, QuarantinedRow]
) -> set[str | None]:
    """The natural keys of all rows, joined with ``|``; None when one of them has no readable key."""
    return {
        (quarantined[row_no].record_key if row_no in quarantined else None)
        if isinstance(row, UnreadableRow)
        else key_text(row.key[1])
        for row_no, row in found
    }


def key_text(parts: Sequence[object]) -> str | None:
    """A natural key as receipts name it."""
    return None if any(part is None or part == "" for part in parts) else "|".join(map(str, parts))


def _arrival(batch: Batch, contract: Contract, row_no: int, content: layout.Content) -> Arrival | UnreadableRow:
    value = dict(zip(contract.by_name, content, strict=True))
    updated_at, event = value["source_updated_at"], value[contract.milestones[0].field] if contract.milestones else None
    if not isinstance(updated_at, dt.datetime):
        return UnreadableRow("source_updated_at", "missing")
    if isinstance(event, dt.datetime):
        event = on_day(event)
    return Arrival(
        key=(batch.insurer_id, tuple(value[name] for name in contract.key)),
        row_no=row_no,
        content=content,
        updated_at=updated_at,
        is_withdrawn=value["operation_code"] == WITHDRAWAL,
        event_on=event if isinstance(event, dt.date) else None,
        has_reason=value.get("correction_reason_text") is not None,
        sent=content,
    )
