"""What must hold after a crash and a plain run: the books, the replay, the content of an undisturbed run, every receipt."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from connectors.definition import REGULATOR
from oracle import verify as oracle
from oracle.landed import reader
from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging import verifying
from schemas.contract import load_contracts

#: Columns that tell when and in which batch something happened, not what is known.
TELLS_WHEN = {"version_id", "batch_id", "row_no", "recorded_at", "superseded_at", "first_received_at", "load_no"}
_QUARANTINED = """
select distinct insurer_id, record_type, record_key, reasons, resolved_at is not null as is_resolved
from quarantine.row
"""
_FINDINGS = """
select distinct f.insurer_id, f.record_type, f.record_key, f.rule_id, f.severity, f.field, f.value, f.message,
    f.resolved_at is not null as is_resolved
from quality.finding as f
where f.row_no is not null
"""
_EVENTS = """
select insurer_id, record_type, record_key, milestone, event_on, deadline_on, timeliness from quality.milestone
"""
_RECEIPTS = "select batch_id, insurer_id, record_type, digest, received_at, state, received_count from landing.batch"


@dataclass(frozen=True)
class Receipt:
    """One row of landing.batch as somebody could have read it."""

    batch_id: int
    said: tuple[str, ...]
    state: str
    received: int | None


def content(engine: sa.Engine) -> dict[str, str]:
    """One digest a table over what is known, without ids and times of loading; rows in the order of their text."""
    with engine.connect() as connection:
        return {name: _digest(connection, query) for name, query in _queries(connection)}


def _queries(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    inspector = sa.inspect(connection)
    for name in load_contracts():
        columns = [c["name"] for c in inspector.get_columns(name, schema="core") if c["name"] not in TELLS_WHEN]
        yield name, f"select {', '.join(columns)}, superseded_at is null as is_current from core.{name}"
    yield from (("held", _QUARANTINED), ("findings", _FINDINGS), ("events", _EVENTS))


def _digest(connection: sa.Connection, query: str) -> str:
    rows = sorted(json.dumps(list(row), default=str) for row in connection.exec_driver_sql(query))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def receipts(engine: sa.Engine) -> list[Receipt]:
    """Every receipt that is committed now."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(_RECEIPTS).all()
    return [Receipt(r[0], tuple(map(str, r[1:5])), str(r[5]), r[6]) for r in rows]


def lost(before: list[Receipt], after: list[Receipt]) -> list[str]:
    """Receipts that were there and are gone, changed, or back from a final state."""
    found = {receipt.batch_id: receipt for receipt in after}
    faults = []
    for receipt in before:
        now = found.get(receipt.batch_id)
        if now is None or now.said != receipt.said:
            faults.append(f"receipt {receipt.batch_id} was acknowledged and is gone or changed")
        elif receipt.state != "received" and (now.state, now.received) != (receipt.state, receipt.received):
            faults.append(f"batch {receipt.batch_id} was {receipt.state} and is {now.state}")
    return faults


def checked(hub: Hub, *, published: bool) -> list[str]:
    """What the oracle finds: B1 and B2, with ``published`` also B3, for which figures are published first."""
    if published:
        steps.publish(hub)
    report = verifying.verify(hub)
    not_run = [what for what in report.not_run if published or not what.startswith("B3: nothing was published")]
    figures = {
        "unaccounted rows": report.unaccounted_rows,
        "stuck batches": report.stuck_batches,
        "replay differences": report.replay_differences,
        "cells differing": report.cells_differing,
    }
    faults = [f"{count} {name}" for name, count in figures.items() if count]
    return [*faults, *report.details[:10], *not_run] if faults or report.details else not_run


def figures(hub: Hub, publication_id: int) -> list[str]:
    """What differs between one publication and its figures recomputed from what was known then."""
    senders = {**hub.insurers, REGULATOR: hub.definition(REGULATOR)}
    definitions = {insurer_id: dataclasses.asdict(definition) for insurer_id, definition in senders.items()}
    read = reader(hub.settings.landing, hub.settings.environ)
    with hub.engine.connect() as connection:
        report = oracle.verify(connection, read, definitions, publication_id, now=hub.now())
    return [f"publication {publication_id}: {detail}" for detail in (*report.details, *report.not_run)]
