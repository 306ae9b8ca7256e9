"""Bitemporal reads: any table as of a business day (valid time), as known at a moment (knowledge time).

    found = read_at(connection, "policy", as_of, known_at, insurer_id="lichun", limit=20)
    for row in found.rows: ...

Which days a record speaks of is declared in its contract (``validTime``); what was known at a moment follows from
core.recorded_at and core.superseded_at, which the database protects. The same by SQL: ``core.<type>_at(as_of, known_at)``,
``core.<type>_known(known_at)``; for regulators ``report.<type>_at`` and ``report.<type>_known``.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.contract import RECORD_TYPES, load_contract
from warehouse.database import locks
from warehouse.database.ddl import reported_fields
from warehouse.database.expressions import key_text
from warehouse.database.statements import statement


@dataclass(frozen=True)
class Source:
    """How a table is asked: its statement in ``sql/bitemporal`` and what fills the slots."""

    statement: str
    slots: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Rows of a table at a pair of times; ``rows`` are at most as many as asked for, of ``total_count``."""

    table: str
    as_of: dt.date
    known_at: dt.datetime
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    total_count: int


TRACE = ("insurer_id", "record_key", "version_id", "batch_id", "row_no", "files", "recorded_at")
"""Columns that every record has before its own: who sent it, its key, and where it came from."""

_STATE_COLUMNS = (
    "is_in_force", "valid_from", "valid_to", "insured_object_code", "insured_credit_code", "region_code",
    "high_risk_domain_code", "issue_date", "cover_start_date", "cover_end_date", "termination_date",
    "insured_person_count", "employee_count", "per_person_limit_amount", "aggregate_limit_amount", "service_fee_ratio",
    "written_premium_amount", "is_lead",
)  # fmt: skip
_QUARANTINE_COLUMNS = (
    "batch_id", "row_no", "place", "record_type", "record_key", "reasons", "quarantined_at", "resolved_at",
    "resolved_by_batch_id",
)  # fmt: skip
_FINDING_COLUMNS = (
    "finding_id", "batch_id", "row_no", "place", "record_type", "record_key", "rule_id", "severity", "field",
    "source_column", "column_letter", "message", "opened_at", "resolved_at", "resolved_by_batch_id",
)  # fmt: skip
_BATCH_COLUMNS = (
    "batch_id", "record_type", "channel", "received_at", "state", "duplicate_of", "replaces", "replaces_from",
    "replaces_to", "loaded_at", "received_count", "accepted_count", "quarantined_count", "duplicate_count",
    "superseded_count", "reason_code", "reason_text",
)  # fmt: skip


def _judged(source: str, key: str, columns: tuple[str, ...], order: str) -> Source:
    slots = {"source": f"{source}(:known_at)", "key": key, "order": order}
    return Source("history/bitemporal/judged", slots, columns)


#: Tables that are no record type. Held rows, findings and batches have no business day: the moment alone counts.
OTHER_TABLES = {
    "policy_state": Source(
        "history/bitemporal/records",
        {"source": "core.policy_state_at(:as_of, :known_at)", "table": "policy", "key": "v.policy_no"},
        _STATE_COLUMNS,
    ),
    "quarantine": _judged("quarantine.row_open_at", "v.record_key", _QUARANTINE_COLUMNS, "v.batch_id, v.row_no"),
    "finding": _judged("quality.finding_open_at", "v.record_key", _FINDING_COLUMNS, "v.finding_id"),
    "batch": _judged("landing.batch_known", "cast(v.batch_id as text)", _BATCH_COLUMNS, "v.batch_id"),
}
TABLES = (*RECORD_TYPES, *OTHER_TABLES)


def read_at(
    connection: sa.Connection,
    table: str,
    as_of: dt.date,
    known_at: dt.datetime,
    *,
    insurer_id: str | None = None,
    key: str | None = None,
    limit: int | None = None,
) -> Found:
    """Rows of ``table`` (one of TABLES) that speak of ``as_of``, as known at ``known_at``, without personal columns.

    ``key``: the natural key, several fields joined by ``|``. Raises LookupError for an unknown table, naming the
    nearest, and ValueError for a moment without a zone.
    """
    if known_at.tzinfo is None:
        raise ValueError(f"{known_at} has no time zone")
    source = _source(table)
    query = statement(source.statement, **source.slots, columns=", ".join(f"v.{name}" for name in source.columns))
    bound = {"as_of": as_of, "known_at": known_at, "insurer_id": insurer_id, "key": key, "row_limit": limit}
    rows = [dict(row) for row in connection.execute(query, bound).mappings()]
    total = rows[0]["total_count"] if rows else 0
    for row in rows:
        del row["total_count"]
    first = TRACE if source.statement == "history/bitemporal/records" else ("insurer_id",)
    return Found(table, as_of, known_at, (*first, *source.columns), tuple(rows), total)


def is_settled(connection: sa.Connection) -> bool:
    """Whether what is known at a past moment stands: no load runs that could still add to it."""
    return locks.is_cut_free(connection)


def refuse_future(known_at: dt.datetime, now: dt.datetime) -> None:
    """Raise ValueError for a moment after ``now``: what will be known is not known."""
    if known_at > now:
        raise ValueError(
            f"{known_at.isoformat()} has not come yet (now {now.isoformat()}): what will be known is not known"
        )


def _source(table: str) -> Source:
    if table in OTHER_TABLES:
        return OTHER_TABLES[table]
    if table not in RECORD_TYPES:
        near = difflib.get_close_matches(table, TABLES, n=3, cutoff=0.5) or TABLES
        raise LookupError(f"there is no table {table}; nearest: {', '.join(near)}")
    contract = load_contract(table)
    slots = {"source": f"core.{table}_at(:as_of, :known_at)", "table": table, "key": key_text(contract, "v")}
    return Source("history/bitemporal/records", slots, tuple(f.name for f in reported_fields(contract)))
