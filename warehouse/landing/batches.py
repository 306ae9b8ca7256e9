"""Batches as people see them: lists, one receipt with its findings or as a report, the rows that were held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from schemas.contract import load_contracts
from schemas.errors import NotFound
from schemas.findings import SourceColumn, place_chinese
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing.load_report import LoadReport

_CORRECT = "请更正被隔离的行后重新报送,已入库的行不受影响"
NEXT_ACTIONS = {
    "received": "等待入库:运行 anze load {batch_id},或等待夜间任务",
    "stuck": "暂时无法判定,请按原因处理:修正后每次收件自动重试(立即重试:anze load {batch_id});"
    "确认不要时 anze batch discard {batch_id} --by 姓名 --reason 理由",
    "awaiting": "请核对缺少的记录后决定:anze batch accept {batch_id} --by 姓名 --reason 理由(采用并撤销这些记录),"
    "或 anze batch refuse {batch_id} --by 姓名 --reason 理由(退回,现有数据不变)",
    "loaded": "无需处理",
    "partly_loaded": _CORRECT,
    "rejected": "请按原因更正后重新报送整批数据;如有误的是约定、定义或控制文件,更正后原文件可直接再次报送",
}
_DISCARDED = "已放弃,未改变任何数据;仍需要这批数据时请再次报送,接口数据用 anze feed rewind 重新采集"
_WARNED = "已入库;有 {warning_count} 条提示待核对:anze batch show {batch_id}"
#: What is to be done about the batch that has the same bytes; "loaded" and no warnings: nothing.
SAME = {
    "awaiting": "该批次待决定:anze batch accept 或 refuse {batch_id} --by 姓名 --reason 理由",
    "loaded": "该批次有 {warning_count} 条提示待核对:anze batch show {batch_id}",
    "partly_loaded": "该批次有被隔离的行(anze batch show {batch_id}),请更正后重新报送,已入库的行不受影响",
}


@dataclass(frozen=True)
class Receipt:
    """One batch: what arrived, what became of it, why, and what to do next (Chinese)."""

    batch_id: int
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    state: str
    duplicate_of: int | None
    received_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    duplicate_count: int | None
    superseded_count: int | None
    reason_code: str | None
    reason_text: str | None
    loaded_at: dt.datetime | None
    replaces: str | None = None
    replaces_from: dt.date | None = None
    replaces_to: dt.date | None = None
    live_count: int | None = None
    missing_count: int | None = None
    withdrawn_count: int | None = None
    """Records that the delivery withdrew by not holding them."""
    declared_row_count: int | None = None
    declared_amount_field: str | None = None
    declared_amount: Decimal | None = None
    """What the sender declared of the delivery: rows, and the sum of one amount field in yuan."""
    again_of: int | None = None
    """The first batch of the same bytes, when they were judged again."""
    verdict_state: str = ""
    """State of the batch that has the verdict: the one it is a duplicate of, else itself."""
    warning_count: int = 0
    """Open warnings of that batch."""
    is_discarded: bool = False

    @property
    def is_loaded(self) -> bool:
        """Whether nothing is to be done about it but to look at warnings."""
        return (self.verdict_state or self.state) == "loaded"

    @property
    def next_action(self) -> str:
        """What the sender or the engineer should do, in Chinese."""
        if self.is_discarded:
            return _DISCARDED
        if self.duplicate_of is not None:
            return f"与批次 {self.duplicate_of} 内容完全相同,未改变任何数据{self._of_original}"
        text = _WARNED if self.state == "loaded" and self.warning_count else NEXT_ACTIONS[self.state]
        return text.format(batch_id=self.batch_id, warning_count=self.warning_count)

    @property
    def _of_original(self) -> str:
        if self.verdict_state == "loaded" and not self.warning_count:
            return ",无需处理"
        told = SAME.get(self.verdict_state, NEXT_ACTIONS.get(self.verdict_state, ""))
        return ";" + told.format(batch_id=self.duplicate_of, warning_count=self.warning_count)


@dataclass(frozen=True)
class FindingCount:
    """Findings of one rule in a batch, with the first as an example."""

    rule_id: str
    severity: str
    finding_count: int
    open_count: int
    title: str
    first_row_no: int | None
    first_message: str
    first_place: str | None = None
    first_field: str | None = None
    first_source_column: str | None = None
    first_column_letter: str | None = None
    where: str = ""
    """The first one's place in Chinese: ``第5行 C列(保单号)``."""


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that was held: where it stands, as it arrived, and every reason."""

    row_no: int
    place: str
    record_type: str
    record_key: str | None
    raw: dict[str, Any]
    reasons: tuple[dict[str, Any], ...]
    quarantined_at: dt.datetime
    resolved_at: dt.datetime | None
    resolved_by_batch_id: int | None


@dataclass(frozen=True)
class ReceivedPart:
    """One part of a delivery, as its receipt vouches for it: a file, or a page of an API."""

    name: str
    sha256: str
    size_bytes: int
    version_id: str | None = None
    """Of its object, in a bucket that keeps versions."""


@dataclass(frozen=True)
class BatchView:
    """A receipt with the bytes that it stands for, and its findings by rule."""

    receipt: Receipt
    files: tuple[ReceivedPart, ...]
    findings: tuple[FindingCount, ...]


def list_batches(
    engine: sa.Engine,
    *,
    insurer_id: str | None = None,
    record_type: str | None = None,
    state: str | None = None,
    limit: int = 50,
) -> list[Receipt]:
    """Receipts, newest first."""
    with database_errors("listing batches"), engine.connect() as connection:
        return _receipts(connection, insurer_id=insurer_id, record_type=record_type, state=state, row_limit=limit)


def show_batch(engine: sa.Engine, batch_id: int) -> BatchView:
    """One receipt with its findings. Raises NotFound when there is no such batch."""
    with database_errors("reading a batch"), engine.connect() as connection:
        found = _receipts(connection, batch_id=batch_id)
        if not found:
            raise NotFound(f"there is no batch {batch_id}")
        parts = connection.execute(statement("landing/receipts/payloads"), {"batch_id": batch_id}).all()
        findings = connection.execute(statement("landing/batches/findings"), {"batch_id": batch_id}).all()
    return BatchView(
        found[0],
        tuple(ReceivedPart(**each._asdict()) for each in parts),
        tuple(_finding_count(found[0].record_type, each._asdict()) for each in findings),
    )


def report(engine: sa.Engine, batch_id: int) -> LoadReport:
    """The report of a batch that was loaded earlier, from its receipt; it took no time now. Raises NotFound."""
    view = show_batch(engine, batch_id)
    got = view.receipt
    return LoadReport(
        batch_id, got.insurer_id, got.record_type, got.state, got.received_count or 0, got.accepted_count or 0,
        got.quarantined_count or 0, got.duplicate_count or 0, got.superseded_count or 0, got.withdrawn_count or 0,
        tuple((each.rule_id, each.severity, each.finding_count) for each in view.findings), 0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """What several batches brought together."""

    batch_count: int
    row_count: int
    accepted_count: int
    held_count: int
    finding_count: int


def totals(engine: sa.Engine, batch_ids: list[int]) -> Totals:
    """The books of some batches, added up."""
    with database_errors("reading batches"), engine.connect() as connection:
        return Totals(
            **connection.execute(statement("landing/batches/totals"), {"batch_ids": batch_ids}).one()._asdict()
        )


def last_definition(engine: sa.Engine, batch_id: int) -> str | None:
    """Digest of the definition that a batch was read by last; None before its first load."""
    with database_errors("reading the log of loads"), engine.connect() as connection:
        found: str | None = connection.execute(
            statement("landing/batches/last_definition"), {"batch_id": batch_id}
        ).scalar_one_or_none()
    return found


def quarantined_rows(engine: sa.Engine, batch_id: int, *, limit: int | None = 1000) -> list[QuarantinedRow]:
    """Rows of a batch that were held, in their order, each with every reason and its place in Chinese; None = all."""
    values = {"batch_id": batch_id, "row_limit": limit}
    with database_errors("reading quarantine"), engine.connect() as connection:
        rows = connection.execute(statement("landing/batches/quarantined"), values).all()
    return [QuarantinedRow(**{**row._asdict(), "reasons": _located(row)}) for row in rows]


def whole_findings(engine: sa.Engine, batch_id: int) -> list[dict[str, Any]]:
    """Findings that speak of a whole batch, errors first, each with its place in Chinese if it is that of a column."""
    with database_errors("reading findings"), engine.connect() as connection:
        rows = connection.execute(statement("landing/batches/whole"), {"batch_id": batch_id}).mappings().all()
    return [dict(row) | _where(row["record_type"], row["place"], dict(row)) for row in rows]


def every_finding(engine: sa.Engine, batch_id: int) -> list[dict[str, Any]]:
    """All findings of a batch, also of rows that were loaded: the whole batch's first, then in the order of rows."""
    with database_errors("reading findings"), engine.connect() as connection:
        return findings_of(connection, batch_id)


def findings_of(connection: sa.Connection, batch_id: int) -> list[dict[str, Any]]:
    """The same in a transaction that is open."""
    rows = connection.execute(statement("landing/batches/every"), {"batch_id": batch_id}).mappings()
    return [dict(row) for row in rows]


def _receipts(connection: sa.Connection, **wanted: int | str | None) -> list[Receipt]:
    everything = dict.fromkeys(("batch_id", "insurer_id", "record_type", "state", "row_limit"))
    rows = connection.execute(statement("landing/batches/receipts"), everything | wanted)
    return [Receipt(**row._asdict()) for row in rows]


def _located(row: sa.Row[Any]) -> tuple[dict[str, Any], ...]:
    """A held row's reasons, each with the Chinese name of its field and its place."""
    return tuple(reason | _where(row.record_type, row.place, reason) for reason in row.reasons)


def _finding_count(record_type: str, found: dict[str, Any]) -> FindingCount:
    first = {name: found[f"first_{name}"] for name in ("field", "source_column", "column_letter")}
    return FindingCount(**found, where=_where(record_type, found["first_place"], first)["where"] or "")


def _where(record_type: str, place: str | None, told: dict[str, Any]) -> dict[str, str | None]:
    """The Chinese name of a finding's field, and its place in Chinese."""
    contract = load_contracts().get(record_type)
    field = contract.by_name.get(told["field"] or "") if contract else None
    name = field.business_name if field else None
    source = told.get("source_column")
    column = SourceColumn(source, told.get("column_letter")) if source else None
    return {"field_name": name, "where": place_chinese(place, column, name)}
