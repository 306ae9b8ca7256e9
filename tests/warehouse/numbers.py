"""Small deliveries about changed numbers, one after another."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from quality.catalogue import load_rules
from schemas.contract import load_contract
from tests.warehouse.building import VERSIONS, Row, at, load_rows, table, tell
from warehouse.landing.load_report import LoadReport
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading

POLICIES = "select policy_no, written_premium_amount from core.policy_current order by 1"
CLAIMS = "select report_no, policy_no from core.claim_current order by 1"
OPEN = "select rule_id, field, value, expected from quality.finding where resolved_at is null order by finding_id"


def renumbering(old: str, new: str, updated: dt.datetime, record_type: str = "policy", **changes: Any) -> Row:
    return {
        "insurer_code": "LICHUN", "operation_code": "I", "source_updated_at": updated, "record_type_code": record_type,
        "old_no": old, "new_no": new, "effective_date": dt.date(2026, 11, 18), "correction_reason_text": "系统切换",
        **changes,
    }  # fmt: skip


def claim(report_no: str, policy_no: str, updated: dt.datetime, **changes: Any) -> Row:
    return {
        "insurer_code": "LICHUN", "operation_code": "I", "source_updated_at": updated, "report_no": report_no,
        "policy_no": policy_no, "reported_at": at(17), **changes,
    }  # fmt: skip


def orphan_rules(record_type: str) -> list[Any]:
    return [rule for rule in load_rules().sql_rules(record_type) if rule.tier == "orphan"]


class Hub:
    """Deliveries one after another, an hour apart."""

    def __init__(self, engine: sa.Engine, folder: pathlib.Path) -> None:
        self.engine, self.folder, self.moment = engine, folder, at(20)

    def load(self, record_type: str, *rows: Row, with_rules: bool = True, channel: Any = "drop") -> LoadReport:
        self.moment += dt.timedelta(hours=1)
        rules: Sequence[Any] = ()
        if with_rules:
            is_own = record_type == "renumbering"
            rules = load_rules().sql_rules(record_type) if is_own else orphan_rules(record_type)
        return load_rows(self.engine, self.folder, record_type, rows, self.moment, rules=rules, channel=channel)

    def replay(self, report: LoadReport, *rows: Row) -> LoadReport:
        """Load a batch again, with what its bytes say now."""
        self.moment += dt.timedelta(hours=1)
        contract = load_contract(report.record_type)
        with Loading(
            self.engine,
            read_batch(self.engine, report.batch_id),
            "test",
            contract,
            self.moment,
            VERSIONS,
            tell,
            kind="replay",
        ) as loading:
            loading.stage(table(contract, rows))
            return loading.merge(())
