"""Records of the truth through the hub's own checks and loads."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from quality.catalogue import RuleSet
from quality.check import check
from quality.messages import telling
from quality.working_days import load_calendar
from sandbox.spelling import canonical_text
from schemas.contract import load_contract
from schemas.delivery import Channel, Delivery, Payload
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.load_report import LoadReport, Versions
from warehouse.landing.receipts import land, read_batch
from warehouse.loading.load import Loading


def as_text(record_type: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Canonical text as mapping gives it."""
    columns: dict[str, pa.Array] = {
        "row_no": pa.array(range(1, len(rows) + 1), pa.int64()),
        "place": pa.array([f"line {n}" for n in range(1, len(rows) + 1)], pa.string()),
        "raw": pa.array([json.dumps({"n": n}) for n in range(len(rows))], pa.string()),
    }
    for field in load_contract(record_type).fields:
        texts = [canonical_text(row[field.name]) or None for row in rows]
        columns[field.name] = pa.array(texts, pa.string())
    return pa.table(columns)


class Hub:
    """As much of the hub as a load needs."""

    def __init__(self, engine: sa.Engine, folder: pathlib.Path, rules: RuleSet) -> None:
        self.engine, self.store, self.rules = engine, FolderStore(folder), rules

    def load(self, insurer_id: str, record_type: str, rows: Sequence[dict[str, Any]], at: dt.datetime) -> LoadReport:
        contract = load_contract(record_type)
        channel: Channel = "register" if insurer_id == "regulator" else "api"
        content = f"{insurer_id} {record_type} {at}".encode()
        delivery = Delivery(insurer_id, record_type, channel, at, (Payload("rows", "text/plain", content),))
        landed = land(self.engine, self.store, delivery)
        versions = Versions(ruleset=self.rules.version, calendar=load_calendar().version)
        with Loading(
            self.engine,
            read_batch(self.engine, landed.batch_id),
            "test",
            contract,
            at,
            versions,
            telling(self.rules.by_id, contract),
        ) as loading:
            checked = check(as_text(record_type, rows), contract, self.rules, at)
            loading.stage(checked.table, checked.findings)
            return loading.merge(self.rules.sql_rules(record_type))
