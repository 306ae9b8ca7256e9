"""The whole check on a hand-made installation: good as it stands, and every planted corruption is found and named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import pathlib
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.oracle import verify as oracle
from sandbox.oracle.cells import Cell, CellKey, periods
from sandbox.oracle.indicators import CATALOGUE, compute
from sandbox.oracle.timeliness import table
from sandbox.oracle.verify import Verdict
from sandbox.oracle.world import Verdict as Timely
from sandbox.oracle.world import build
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
        self.timely: list[Timely] = []

    @property
    def definitions(self) -> dict[str, Any]:
        columns = {name: {"source": name} for name in load_contract("premium_receipt").by_name}
        return {"lichun": {"source_format": CSV, "records": {"premium_receipt": {"columns": columns}}}}

    def run(self, statement: str, **parameters: Any) -> Any:
        return self.connection.execute(sa.text(statement), parameters)

    def verify(self) -> Verdict:
        self.connection.commit()
        return oracle.verify(self.connection, self.root, self.definitions, now=KNOWN_AT)

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


def _receipt(
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


def _line(row: dict[str, Any]) -> str:
    cells = {**row, "source_updated_at": row["source_updated_at"].isoformat()}
    return ",".join("" if cells[name] is None else str(cells[name]) for name in HEADER.split(","))


@pytest.fixture
def installation(engine: sa.Engine, tmp_path: pathlib.Path, worlds: ModuleType) -> Iterator[Installation]:
    """Three batches: a register; receipts with a held row and a duplicate; a correction, a withdrawal, an older version."""
    day, due = dt.date(2026, 11, 12), dt.date(2026, 11, 19)
    early = dt.date(2026, 3, 2)
    a1, b1 = _receipt("A", "100.00", day, "2026-11-12T10:00"), _receipt("B", "50.00", early, "2026-03-02T10:00")
    c1 = _receipt("C", "70.00", day, "2026-11-12T11:00")
    a2 = _receipt("A", "110.00", day, "2026-11-18T10:00", "U", "wrong amount")
    b0 = _receipt("B", "49.00", early, "2026-03-01T10:00")
    c2 = _receipt("C", "70.00", day, "2026-11-18T11:00", "D", "never paid")
    d1 = _receipt("D", "30.00", dt.date(2026, 11, 13), "2026-11-13T09:00")
    with engine.connect() as connection:
        made = Installation(connection, tmp_path / "landing", worlds)
        rule = [name for name in load_contract("rule_threshold").by_name if name in RULE]
        cells = {**RULE, "source_updated_at": "2026-01-01T00:00:00+08:00"}
        register = ",".join(rule) + "\n" + ",".join(str(cells[name]) for name in rule) + "\n"
        made.land(1, "rule_threshold", register, FIRST, (1, 1, 0, 0, 0))
        made.keep("rule_threshold", (1, 2), FIRST, RULE)
        first = [_line(a1), _line(b1), _line(c1), _line(c1), "I,oops,,E,PE,10,2026-01-01,1"]
        made.land(2, "premium_receipt", "\n".join([HEADER, *first]) + "\n", FIRST, (5, 3, 1, 1, 0))
        made.hold(2, 6)
        on_time = {"deadline_on": due, "timeliness": "on_time"}
        made.keep("premium_receipt", (2, 2), FIRST, a1, superseded_at=SECOND, **on_time)
        made.keep("premium_receipt", (2, 3), FIRST, b1)
        made.keep("premium_receipt", (2, 4), FIRST, c1, superseded_at=SECOND, **on_time)
        made.land(
            3, "premium_receipt", "\n".join([HEADER, _line(a2), _line(b0), _line(c2)]) + "\n", SECOND, (3, 2, 0, 0, 1)
        )
        made.keep("premium_receipt", (3, 2), SECOND, a2, first_received_at=FIRST, **on_time)
        made.keep("premium_receipt", (3, 3), SECOND, b0, first_received_at=FIRST, superseded_at=SECOND)
        made.keep("premium_receipt", (3, 4), SECOND, c2, first_received_at=FIRST, is_withdrawn=True)
        made.land(4, "premium_receipt", "\n".join([HEADER, _line(d1)]) + "\n", LATE, (1, 1, 0, 0, 0))
        made.keep("premium_receipt", (4, 2), LATE, d1, deadline_on=dt.date(2026, 11, 20), timeliness="late")
        made.known = {"A": a2, "B": b1, "D": d1}
        made.timely = [
            Timely("lichun", "premium_receipt", day, due, "on_time"),
            Timely("lichun", "premium_receipt", early, None, None),
            Timely("lichun", "premium_receipt", dt.date(2026, 11, 13), dt.date(2026, 11, 20), "late"),
        ]
        made.publish()
        connection.execute(sa.text("set session_replication_role = replica"))
        yield made


def test_a_faultless_installation_verifies_and_says_how_much_it_compared(installation: Installation) -> None:
    verdict = installation.verify()
    assert "\n".join(verdict.details) == ""
    assert verdict.is_good
    assert verdict.rows_replayed == 10
    assert verdict.cells_compared > 60


PLANTED = {
    "value in core": ("update core.premium_receipt set received_amount = 111 where receipt_no = 'A' and superseded_at is null", "replay", "premium_receipt lichun A of batch 3: received_amount not as replayed"),
    "value in history": ("update core.premium_receipt set received_amount = 1 where receipt_no = 'A' and superseded_at is not null", "replay", "premium_receipt lichun A"),
    "current version deleted": ("delete from core.premium_receipt where receipt_no = 'B' and superseded_at is null", "replay", "premium_receipt lichun B: 0 versions in core where batch 2 left one"),
    "history deleted": ("delete from core.premium_receipt where receipt_no = 'B' and superseded_at is not null", "replay", "premium_receipt lichun B: 0 versions in core where batch 3 left one"),
    "row invented": ("insert into core.premium_receipt (insurer_id, receipt_no, operation_code, source_updated_at, batch_id, row_no, content_hash, recorded_at, first_received_at) values ('lichun', 'Z', 'I', now(), 3, 9, '-', now(), now())", "replay", "premium_receipt lichun Z: a version of batch 3 in core that no load left there"),
    "withdrawal undone": ("update core.premium_receipt set is_withdrawn = false where receipt_no = 'C' and superseded_at is null", "replay", "premium_receipt lichun C of batch 3: is_withdrawn"),
    "verdict whitewashed": ("update core.premium_receipt set timeliness = 'on_time' where receipt_no = 'D'", "replay", "premium_receipt lichun D of batch 4: timeliness"),
    "receipt time moved": ("update core.premium_receipt set first_received_at = first_received_at - interval '9 days' where receipt_no = 'D'", "replay", "first_received_at"),
    "moment of a version moved": ("update core.premium_receipt set recorded_at = recorded_at - interval '1 hour' where receipt_no = 'D'", "books", "batch 4: rows that no load left there"),
    "end of a version moved": ("update core.premium_receipt set superseded_at = superseded_at + interval '1 hour' where receipt_no = 'A' and superseded_at is not null", "replay", "premium_receipt lichun A of batch 2: superseded_at"),
    "receipt rewritten": ("update landing.batch set accepted_count = 4, duplicate_count = 0 where batch_id = 2", "books", "accepted of the receipt is not that of its load: 4 and 3"),
    "load forgotten": ("delete from landing.load where batch_id = 4", "books", "batch 4 lichun/premium_receipt: loaded without a line in the log of loads"),
    "counts flipped": ("update landing.load set accepted_count = 4, duplicate_count = 0 where batch_id = 2", "books", "batch 2 lichun/premium_receipt: accepted and superseded are not the versions in core"),
    "row lost from the books": ("update landing.load set received_count = 4, duplicate_count = 0 where batch_id = 2", "books", "batch 2 lichun/premium_receipt: received is not the rows in the landed bytes"),
    "held row deleted": ("delete from quarantine.row", "books", "held rows are not all in quarantine"),
    "held row that never came": ("update quarantine.row set row_no = 99", "replay", "row 99: held, but never arrived"),
    "cell changed": ("update mart.indicator_value set numerator = numerator + 1 where indicator = 'timeliness_ratio' and period_kind = 'ytd' and insurer_id = 'lichun'", "figures", "cell timeliness_ratio ytd 370000 * lichun"),
    "percentage changed": ("update mart.indicator_value set shown_pct = 99.99 where indicator = 'timeliness_ratio' and period_kind = 'ytd' and insurer_id = '*'", "figures", "cell timeliness_ratio ytd 370000 * *"),
    "cell deleted": ("delete from mart.indicator_value where indicator = 'coverage_ratio'", "figures", "cell coverage_ratio as_of 370000 * *: not published"),
    "cell invented": ("update mart.indicator_value set region_code = '370200' where indicator = 'loss_ratio_simple' and period_kind = 'ytd'", "figures", "cell loss_ratio_simple ytd 370200 * *"),
    "exclusion hidden": ("delete from mart.indicator_exclusion where indicator = 'fee_payment_ratio'", "figures", "exclusion fee_payment_ratio ytd lichun policy_unknown"),
    "late feed hidden": ("update mart.timeliness set late_count = 0, due_count = 1, on_time_ratio = 1 where insurer_id = 'lichun'", "figures", "timeliness lichun premium_receipt"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_planted_corruption_is_found_and_named(installation: Installation, case: str) -> None:
    statement, where, named = PLANTED[case]
    installation.run("alter table landing.load drop constraint books_balance")
    assert installation.run(statement).rowcount > 0
    verdict = installation.verify()
    found = {
        "books": verdict.unaccounted_rows,
        "replay": verdict.replay_differences,
        "figures": verdict.cells_differing,
    }
    assert found[where] > 0
    assert not verdict.is_good
    assert any(named in line for line in verdict.details), verdict.details


def _landed(installation: Installation) -> pathlib.Path:
    return max((p for p in installation.root.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)


def test_landed_bytes_that_changed_are_found(installation: Installation) -> None:
    path = _landed(installation)
    path.write_bytes(path.read_bytes().replace(b"100.00", b"100.01"))
    verdict = installation.verify()
    assert any("cannot be replayed" in line for line in verdict.details)
    assert verdict.unaccounted_rows > 0


def test_landed_bytes_that_are_gone_are_a_failure_never_a_pass(installation: Installation) -> None:
    _landed(installation).unlink()
    assert not installation.verify().is_good


def test_a_batch_that_nobody_loads_is_stuck_unless_someone_holds_its_lease(installation: Installation) -> None:
    installation.run(
        "insert into landing.batch (batch_id, insurer_id, record_type, channel, received_at, digest)"
        " overriding system value values (9, 'yushui', 'claim', 'api', :at, 'd')",
        at=LATE,
    )
    assert installation.verify().stuck_batches == 1
    installation.run(
        "insert into landing.lease values ('yushui/claim', 'me', 1, clock_timestamp() + interval '1 hour', pg_backend_pid(), now())"
    )
    assert installation.verify().stuck_batches == 0


def test_without_a_publication_the_check_of_figures_has_not_run(installation: Installation) -> None:
    for name in ("indicator_value", "indicator_exclusion", "timeliness", "publication"):
        installation.run(f"delete from mart.{name}")
    verdict = installation.verify()
    assert verdict.not_run
    assert not verdict.is_good
    assert dataclasses.replace(verdict, not_run=()).is_good


def test_figures_are_recomputed_as_known_when_they_were_published(installation: Installation) -> None:
    """A delivery after the publication changes core, and not the figures of the past."""
    later = _receipt("E", "5.00", dt.date(2026, 11, 14), "2026-11-14T09:00")
    at = KNOWN_AT + dt.timedelta(days=1)
    installation.land(5, "premium_receipt", f"{HEADER}\n{_line(later)}\n", at, (1, 1, 0, 0, 0))
    installation.keep("premium_receipt", (5, 2), at, later, deadline_on=dt.date(2026, 11, 20), timeliness="late")
    verdict = installation.verify()
    assert "\n".join(verdict.details) == ""
    assert verdict.rows_replayed == 11
