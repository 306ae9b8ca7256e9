"""Bitemporal reads by brute force: what the replayed deliveries say of a day (valid time), as known at a moment, in plain loops.

Everything comes from the landed bytes by ``replay``. The days of which a record speaks are written here a second time,
from docs/bitemporal.md, so that a mistake in the contracts or in the frozen functions shows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oracle import batches, policies
from oracle.cells import Cell, CellKey, PeriodKind, periods, roll_up, show
from oracle.indicators import CATALOGUE
from oracle.values import on_day
from oracle.world import Record, Records, Sent, Verdict, build
from schemas.contract import load_contracts

_DAY = dt.timedelta(days=1)
#: Fields of which the earliest begins a record's days.
_BEGINS = {
    "policy": ("cover_start_date",),
    "endorsement": ("effective_date",),
    "premium_receipt": ("receipt_date",),
    "claim": ("reported_at",),
    "claim_payment": ("paid_at",),
    "service_plan": ("plan_date",),
    "service_record": ("service_start_at",),
    "hazard": ("found_at",),
    "fee_expense": ("accrued_date", "paid_date"),
    "enterprise": ("must_insure_from_date",),
    "insurer": ("valid_from_date",),
    "rule_threshold": ("valid_from_date",),
    "renumbering": ("effective_date",),
}
#: Fields that hold a record's last day.
_LASTS = {
    "policy": "cover_end_date",
    "enterprise": "must_insure_to_date",
    "insurer": "valid_to_date",
    "rule_threshold": "valid_to_date",
}
_STATE = (
    "insured_credit_code",
    "region_code",
    "cover_end_date",
    "termination_date",
    "insured_person_count",
    "employee_count",
    "per_person_limit_amount",
    "aggregate_limit_amount",
    "service_fee_ratio",
)


@dataclass(frozen=True)
class Compared:
    """How many rows were compared, and a line for each that only one side has; keys only, never values."""

    rows: int
    differing: tuple[str, ...]


def standing(records: Records, record_type: str, as_of: dt.date) -> Iterator[Sent]:
    """The records that speak of a day."""
    for insurer_id, record in records[record_type]:
        if _speaks(record_type, record, as_of):
            yield insurer_id, record


def compare(connection: sa.Connection, records: Records, as_of: dt.date, known_at: dt.datetime) -> Compared:
    """Every table at one pair against ``records``, those known at the moment: record types, policy states, the rest."""
    sides = [
        *(_record_sides(connection, name, records, as_of, known_at) for name in load_contracts()),
        ("policy_state", _states(connection, as_of, known_at), Counter(_expected_states(records, as_of))),
        (
            "quarantine",
            _asked(connection, _QUARANTINED, known_at),
            Counter(_expected_quarantined(connection, known_at)),
        ),
        ("batch", _asked(connection, _KNOWN_BATCHES, known_at), Counter(_expected_batches(connection, known_at))),
    ]
    differing = [
        f"{name} as of {as_of} known at {known_at.isoformat()}: {_brief(name, row)} {'missing' if side else 'too many'}"
        for name, told, expected in sides
        for side, rows in ((0, told - expected), (1, expected - told))
        for row in rows
    ]
    return Compared(sum((told | expected).total() for _, told, expected in sides), tuple(differing))


def cells(
    records: Records, verdicts: Sequence[Verdict], as_of: dt.date, chosen: Iterable[tuple[str, PeriodKind]]
) -> dict[CellKey, Cell]:
    """All cells of some indicators and periods, from the records known at a moment."""
    world, spans = build(records, as_of, verdicts), periods(as_of)
    return {
        CellKey(indicator, kind, *key): show(*sums, CATALOGUE[indicator].meaning.unit)
        for indicator, kind in chosen
        for key, sums in roll_up(CATALOGUE[indicator].rows(world, spans[kind]), CATALOGUE[indicator].meaning).items()
    }


def _speaks(record_type: str, record: Record, as_of: dt.date) -> bool:
    if record_type not in _BEGINS:
        return True
    begins = [_date(record[name]) for name in _BEGINS[record_type] if record[name] is not None]
    last = record[_LASTS[record_type]] if record_type in _LASTS else None
    if record_type == "policy" and record["termination_date"] is not None:
        last = min(last or dt.date.max, record["termination_date"] - _DAY)
    return bool(begins) and min(begins) <= as_of <= (last or dt.date.max)


def _date(value: dt.date | dt.datetime) -> dt.date:
    return on_day(value) if isinstance(value, dt.datetime) else value


def _record_sides(
    connection: sa.Connection, record_type: str, records: Records, as_of: dt.date, known_at: dt.datetime
) -> tuple[str, Counter[Hashable], Counter[Hashable]]:
    names = tuple(load_contracts()[record_type].by_name)
    # Names come from the contracts, never from a person.
    query = f"select insurer_id, {', '.join(names)} from core.{record_type}_at(:as_of, :known_at)"  # noqa: S608
    told = Counter[Hashable](map(tuple, connection.execute(sa.text(query), {"as_of": as_of, "known_at": known_at})))
    expected = Counter[Hashable](
        (insurer_id, *(record[name] for name in names)) for insurer_id, record in standing(records, record_type, as_of)
    )
    return record_type, told, expected


def _states(connection: sa.Connection, as_of: dt.date, known_at: dt.datetime) -> Counter[Hashable]:
    query = (
        f"select insurer_id, policy_no, valid_from, is_in_force, is_lead, {', '.join(_STATE)}"  # noqa: S608 - ours
        " from core.policy_state_at(:as_of, :known_at)"
    )
    return Counter(map(tuple, connection.execute(sa.text(query), {"as_of": as_of, "known_at": known_at})))


def _expected_states(records: Records, as_of: dt.date) -> Iterator[Hashable]:
    changes: dict[tuple[str, Any], list[Record]] = {}
    for insurer_id, record in records["endorsement"]:
        changes.setdefault((insurer_id, record["policy_no"]), []).append(record)
    for insurer_id, own in records["policy"]:
        policy = policies.policy(insurer_id, own, changes.get((insurer_id, own["policy_no"]), ()))
        stretch = policy.on(as_of)
        values = (stretch.values[name] for name in _STATE)
        yield insurer_id, policy.policy_no, stretch.first, policy.is_in_force(as_of), policy.is_lead, *values


_QUARANTINED = "select batch_id, row_no from quarantine.row_open_at(:known_at)"
_KNOWN_BATCHES = "select batch_id, state, loaded_at, received_count, accepted_count from landing.batch_known(:known_at)"


def _asked(connection: sa.Connection, query: str, known_at: dt.datetime) -> Counter[Hashable]:
    return Counter(map(tuple, connection.execute(sa.text(query), {"known_at": known_at})))


def _expected_quarantined(connection: sa.Connection, known_at: dt.datetime) -> Iterator[Hashable]:
    for batch_id, rows in batches.quarantined_rows(connection).items():
        for row_no, row in rows.items():
            if row.quarantined_at <= known_at and not (row.resolved_at and row.resolved_at <= known_at):
                yield batch_id, row_no


def _expected_batches(connection: sa.Connection, known_at: dt.datetime) -> Iterator[Hashable]:
    """Receipts of the moment, with the state and books of their first load if the log has it by then."""
    first = {load.batch_id: load for load in batches.loads(connection) if load.kind == "first"}
    for batch in batches.read(connection).values():
        load = first.get(batch.batch_id)
        if batch.received_at > known_at:
            continue
        if load is None and batch.is_refused and batch.loaded_at and batch.loaded_at <= known_at:
            yield batch.batch_id, batch.state, batch.loaded_at, 0, 0
        elif load is None or load.recorded_at > known_at:
            yield batch.batch_id, batch.state if batch.loaded_at is None else "received", None, None, None
        else:
            yield batch.batch_id, load.state, load.recorded_at, load.counts["received"], load.counts["accepted"]


def _brief(record_type: str, row: Hashable) -> str:
    """Names a row of one side by its sender and key."""
    values: Sequence[Any] = row if isinstance(row, tuple) else (row,)
    if record_type not in load_contracts():
        return " ".join(map(str, values[:2]))
    contract = load_contracts()[record_type]
    content: Mapping[str, Any] = dict(zip(contract.by_name, values[1:], strict=True))
    return f"{values[0]} {'|'.join(str(content[name]) for name in contract.key)}"
