"""Small deliveries for warehouse tests: typed tables from dicts, landed and loaded as the pipeline would."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from quality.catalogue import load_rules
from quality.messages import telling
from schemas.contract import Contract, load_contract
from schemas.delivery import Channel, Control, Delivery, Payload, Replacement
from schemas.findings import Finding, Rule, Tell
from warehouse.database import calendars, reference
from warehouse.landing import receipts
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.load_report import LoadReport, Versions
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading
from warehouse.loading.snapshot_deletes import Bounds

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
VERSIONS = Versions(ruleset="rules-1", calendar="test-2026")
ARROW_TYPES = {
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "amount": pa.decimal128(18, 2),
    "decimal": pa.decimal128(18, 6),
    "ratio": pa.decimal128(9, 6),
    "count": pa.int64(),
    "boolean": pa.bool_(),
}
Row = Mapping[str, Any]


def at(day: int, hour: int = 9, month: int = 11) -> dt.datetime:
    """A moment of 2026 in Shanghai."""
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def policy(policy_no: str, updated: dt.datetime, **changes: Any) -> dict[str, Any]:
    """A policy with what the merge looks at; changes by field name."""
    return {
        "insurer_code": "LICHUN",
        "policy_no": policy_no,
        "operation_code": "I",
        "source_updated_at": updated,
        "issue_date": dt.date(2026, 11, 16),
        "written_premium_amount": Decimal("100.00"),
        "contact_name": "张三",
        "contact_phone": "13800000000",
        **changes,
    }


def table(contract: Contract, rows: Sequence[Row], first_row_no: int = 1) -> pa.Table:
    """A typed table as quality.check returns it."""
    columns: dict[str, pa.Array] = {
        "row_no": pa.array(range(first_row_no, first_row_no + len(rows)), pa.int64()),
        "place": pa.array([f"line {n}" for n in range(first_row_no + 1, first_row_no + 1 + len(rows))]),
        "raw": pa.array([json.dumps(dict(row), default=str, ensure_ascii=False) for row in rows], pa.string()),
    }
    for field in contract.fields:
        columns[field.name] = pa.array([row.get(field.name) for row in rows], ARROW_TYPES.get(field.kind, pa.string()))
    return pa.table(columns)


def fault(row_no: int | None, rule_id: str = "POL-001", severity: str = "error") -> Finding:
    """A finding as quality.check returns it."""
    return Finding(rule_id, severity, row_no, "policy_no", "x", "y", f"{rule_id} 不符")  # type: ignore[arg-type]


def sql_rule(select: str, rule_id: str = "POL-100", **changes: Any) -> Rule:
    """A rule that the warehouse runs."""
    plain = {
        "rule_id": rule_id, "record_type": "policy", "tier": "cross", "severity": "error", "fields": ("policy_no",),
        "title_zh": "规则", "title_en": "rule", "message_zh": "{field}为{value},应为{expected}", "message_en": "",
        "remedy_zh": "请核对", "remedy_en": "",
        "basis": "", "confidence": "assumption", "select": select,
    }  # fmt: skip
    return Rule(**{**plain, **changes})


def telling_by(rules: Sequence[Rule], record_type: str = "policy") -> Tell:
    """How observations are told by some rules beside those of the catalogue."""
    return telling(load_rules().by_id | {rule.rule_id: rule for rule in rules}, load_contract(record_type))


tell = telling_by([])


def land_rows(
    engine: sa.Engine, folder: pathlib.Path, record_type: str, rows: Sequence[Row], received_at: dt.datetime, *,
    insurer_id: str = "lichun", channel: Channel = "drop", control: Control | None = None,
    replaces: Replacement | None = None, is_timeless: bool = False,
) -> receipts.Landed:  # fmt: skip
    """Land a delivery whose bytes stand for the rows, and unless timeless for the moment of receipt too."""
    moment = b"" if is_timeless else str(received_at).encode()
    content = json.dumps([dict(row) for row in rows], default=str).encode() + moment
    payload = Payload("rows.json", "application/json", content)
    delivery = Delivery(insurer_id, record_type, channel, received_at, (payload,), control=control, replaces=replaces)
    return receipts.land(engine, FolderStore(folder), delivery)


def files_of(engine: sa.Engine, folder: pathlib.Path, batch_id: int) -> tuple[receipts.LandedPayload, ...]:
    """The parts of a batch where they stand in a folder, checked."""
    with receipts.lent(engine, FolderStore(folder), batch_id) as parts:
        return parts


def load_rows(
    engine: sa.Engine, folder: pathlib.Path, record_type: str, rows: Sequence[Row], received_at: dt.datetime, *,
    findings: Sequence[Finding] = (), rules: Sequence[Rule] = (), insurer_id: str = "lichun",
    channel: Channel = "drop", control: Control | None = None, replaces: Replacement | None = None,
) -> LoadReport:  # fmt: skip
    """Land and load rows; each of them was judged to be fine but for the findings."""
    landed = land_rows(
        engine, folder, record_type, rows, received_at, insurer_id=insurer_id, channel=channel, control=control,
        replaces=replaces,
    )  # fmt: skip
    return load_batch(engine, landed.batch_id, record_type, rows, received_at, findings=findings, rules=rules)


def load_batch(
    engine: sa.Engine, batch_id: int, record_type: str, rows: Sequence[Row], recorded_at: dt.datetime, *,
    findings: Sequence[Finding] = (), rules: Sequence[Rule] = (),
) -> LoadReport:  # fmt: skip
    """Load a landed batch whose bytes stand for the rows."""
    contract = load_contract(record_type)
    with Loading(
        engine, read_batch(engine, batch_id), "test", contract, recorded_at, VERSIONS, telling_by(rules, record_type)
    ) as loading:
        loading.stage(table(contract, rows), findings)
        return loading.merge(rules, Bounds(Decimal("0.02"), 50))


def fill_calendar(engine: sa.Engine) -> None:
    """Weekdays of 2026 as working days; not the real calendar, which the quality package owns."""
    rows, number, day = [], 0, dt.date(2026, 1, 1)
    while day.year == 2026:
        number += day.weekday() < 5
        rows.append(
            {
                "day": day,
                "is_working_day": day.weekday() < 5,
                "working_day_no": number,
                "calendar_version": VERSIONS.calendar,
            }
        )
        day += dt.timedelta(days=1)
    reference.fill(engine, calendar_rows=rows)
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    moment = calendars.BEGINNING + dt.timedelta(days=1)
    edition = calendars.Edition(-1, VERSIONS.calendar, first, last, moment, "test", "weekdays")
    with engine.begin() as connection:
        calendars.keep_edition(connection, edition)


def threshold(rule_no: str, value: str, valid_from: dt.date) -> dict[str, Any]:
    """A register row of a rule's threshold."""
    return {
        "rule_no": rule_no, "version_no": "1", "region_code": "*", "high_risk_domain_code": "*",
        "operator_code": "<=", "threshold_value": Decimal(value), "unit_code": "working_day", "basis_code": "event",
        "valid_from_date": valid_from, "operation_code": "I", "source_updated_at": at(1),
    }  # fmt: skip


def put_rule_in_force(engine: sa.Engine, folder: pathlib.Path, valid_from: dt.date = dt.date(2026, 11, 11)) -> None:
    """Load rule R32, five working days, valid from a date."""
    rows = [threshold("R32", "5", valid_from)]
    load_rows(engine, folder, "rule_threshold", rows, at(1), insurer_id="regulator", channel="register")


def rows_of(engine: sa.Engine, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query), values)]


def one(engine: sa.Engine, query: str, **values: Any) -> Any:
    """The single value of a query."""
    return rows_of(engine, query, **values)[0][0]
