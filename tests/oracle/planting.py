"""A hand-made installation for the oracle to verify: batches, bytes, core rows and figures that agree."""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
from decimal import Decimal
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from oracle import verify as oracle
from oracle.cells import Cell, CellKey, periods
from oracle.indicators import CATALOGUE, compute
from oracle.landed import reader
from oracle.timeliness import table
from oracle.verify import VerifyReport
from oracle.world import Verdict, build
from schemas.contract import load_contract

AS_OF = dt.date(2026, 11, 20)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
FIRST, SECOND = (dt.datetime(2026, 11, day, 2, tzinfo=SHANGHAI) for day in (18, 19))
LATE = dt.datetime(2026, 11, 27, 2, tzinfo=SHANGHAI)
KNOWN_AT = dt.datetime(2026, 11, 30, tzinfo=SHANGHAI)
HEADER = "operation_code,source_updated_at,correction_reason_text,receipt_no,policy_no,receipt_type_code,receipt_date,received_amount"
CSV = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "header_row": 1}


class Installation:
    """A landing folder and database rows written by hand, as a faultless hub would have left them."""

    def __init__(self, connection: sa.Connection, root: pathlib.Path, worlds: ModuleType) -> None:
        self.connection, self.root, self.worlds = connection, root, worlds
        self.known: dict[str, dict[str, Any]] = {}
        self.timely: list[Verdict] = []

    @property
    def definitions(self) -> dict[str, Any]:
        columns = {name: {"source": name} for name in load_contract("premium_receipt").by_name}
        return {"lichun": {"source_format": CSV, "records": {"premium_receipt": {"columns": columns}}}}

    def run(self, statement: str, **parameters: Any) -> Any:
        return self.connection.execute(sa.text(statement), parameters)

    def verify(self) -> VerifyReport:
        self.connection.commit()
        return oracle.verify(self.connection, reader(str(self.root), {}), self.definitions, now=KNOWN_AT)

    def land(self, batch_id: int, record_type: str, content: str, at: dt.datetime, counts: tuple[int, ...]) -> None:
        payload = content.encode()
        sha256 = hashlib.sha256(payload).hexdigest()
        path = self.root / sha256[:2] / sha256[2:4] / sha256
        path.parent.mkdir(parents=True)
        path.write_bytes(payload)
        received, accepted, held, duplicate, superseded = counts
        self.run(
            "insert into landing.payload values (:sha, :size, 'text/csv', :at)", sha=sha256, size=len(payload), at=at
        )
        self.run(
            "insert into landing.batch (batch_id, insurer_id, record_type, channel, received_at, digest, state, loaded_at,"
            " calendar_version, received_count, accepted_count, quarantined_count, duplicate_count, superseded_count)"
            " overriding system value values (:id, :insurer, :type, 'drop', :at, :sha, :state, :at,"
            " (select max(calendar_version) from reference.calendar_day), :r, :a, :q, :d, :s)",
            id=batch_id,
            insurer="regulator" if record_type == "rule_threshold" else "lichun",
            type=record_type,
            at=at,
            sha=sha256,
            state="partly_loaded" if held else "loaded",
            r=received,
            a=accepted,
            q=held,
            d=duplicate,
            s=superseded,
        )
        self.run("insert into landing.batch_payload values (:id, 0, :sha, 'x.csv')", id=batch_id, sha=sha256)
        self.run(
            "insert into landing.load select batch_id, batch_id, 'first', loaded_at, '1', 'r', calendar_version, '', state,"
            " received_count, accepted_count, quarantined_count, duplicate_count, superseded_count, 0, null, null"
            " from landing.batch where batch_id = :id",
            id=batch_id,
        )

    def hold(self, batch_id: int, row_no: int) -> None:
        self.run(
            "insert into quarantine.row (batch_id, row_no, place, insurer_id, record_type, raw, reasons, quarantined_at)"
            " values (:id, :row, 'line', 'lichun', 'premium_receipt', '{}', '[{\"rule_id\": \"FLD-006\"}]', :at)",
            id=batch_id,
            row=row_no,
            at=FIRST,
        )

    def keep(
        self, record_type: str, source: tuple[int, int], at: dt.datetime, values: dict[str, Any], **hub: Any
    ) -> None:
        insurer = "regulator" if record_type == "rule_threshold" else "lichun"
        row = {
            "insurer_id": insurer,
            "batch_id": source[0],
            "row_no": source[1],
            "content_hash": "-",
            "recorded_at": at,
            "first_received_at": at,
            **values,
            **hub,
        }
        names = ", ".join(row)
        self.run(f"insert into core.{record_type} ({names}) values ({', '.join(f':{name}' for name in row)})", **row)

    def publish(self) -> None:
        """Publish what the oracle itself computes from the records known at K."""
        records = {
            "premium_receipt": [("lichun", self.worlds.record("premium_receipt", **r)) for r in self.known.values()],
            "rule_threshold": [("regulator", self.worlds.record("rule_threshold", **RULE))],
        }
        computed = compute(records, AS_OF, self.timely)
        self.run(
            "insert into mart.publication overriding system value"
            " values (1, :as_of, :known_at, :known_at, false, '{}', '{}', 1, 1)",
            as_of=AS_OF,
            known_at=KNOWN_AT,
        )
        self.run("select mart.open_publication(1)")
        self.connection.execute(
            sa.text(
                "insert into mart.indicator_value values (1, :indicator, 1, :kind, :start, :end, :region, :domain, :insurer,"
                " :numerator, :denominator, :value, :shown, :pct, :reason, null, false)"
            ),
            [_cell_row(key, cell) for key, cell in computed.cells.items()],
        )
        for left_out, count in computed.exclusions.items():
            self.run(
                "insert into mart.indicator_exclusion values (1, :a, :b, :c, :d, :n, 0, 0)",
                **dict(zip("abcd", left_out, strict=True)),
                n=count,
            )
        counts = table(build({}, AS_OF, self.timely), periods(AS_OF)["ytd"])
        for (insurer, record_type), row in counts.items():
            self.run(
                "insert into mart.timeliness values (1, :a, :b, :c, :d, :e, :f, :g)",
                a=insurer,
                b=record_type,
                **dict(zip("cdefg", row, strict=True)),
            )


def _cell_row(key: CellKey, cell: Cell) -> dict[str, Any]:
    span = periods(AS_OF)[key.period_kind]
    return {
        "indicator": key.indicator,
        "kind": key.period_kind,
        "start": span.start,
        "end": span.end,
        "region": key.region_code,
        "domain": key.domain_code,
        "insurer": key.insurer_id,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "value": cell.value,
        "shown": cell.shown,
        "pct": cell.shown if CATALOGUE[key.indicator].meaning.unit == "percent" else None,
        "reason": cell.null_reason,
    }


RULE = {
    "rule_no": "R32",
    "version_no": "1",
    "region_code": "*",
    "high_risk_domain_code": "*",
    "operator_code": "<=",
    "threshold_value": Decimal(5),
    "unit_code": "working_day",
    "basis_code": "business_event",
    "valid_from_date": dt.date(2026, 11, 11),
    "severity_code": "warning",
    "source_document_text": "SD-press",
    "confidence_code": "secondary",
    "operation_code": "I",
    "source_updated_at": dt.datetime(2026, 1, 1, tzinfo=SHANGHAI),
}


def receipt(
    number: str, amount: str, day: dt.date, updated: str, operation: str = "I", reason: str | None = None
) -> dict[str, Any]:
    return {
        "operation_code": operation,
        "source_updated_at": dt.datetime.fromisoformat(updated).replace(tzinfo=SHANGHAI),
        "correction_reason_text": reason,
        "receipt_no": number,
        "policy_no": f"P{number}",
        "receipt_type_code": "10",
        "receipt_date": day,
        "received_amount": Decimal(amount),
    }


def line(row: dict[str, Any]) -> str:
    cells = {**row, "source_updated_at": row["source_updated_at"].isoformat()}
    return ",".join("" if cells[name] is None else str(cells[name]) for name in HEADER.split(","))
