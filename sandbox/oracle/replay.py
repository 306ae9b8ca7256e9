"""B2: every acknowledged delivery replayed in plain Python, and compared with what the warehouse holds.

Reads the receipts and held rows by plain SQL, and the landed bytes from their folder; nothing else. The result must
equal core: symmetric difference = 0 rows, every value equal exactly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from sandbox.oracle import batches, compare, layout, merge, readers
from sandbox.oracle.batches import Batch
from sandbox.oracle.indicators import Progress, silent
from sandbox.oracle.layout import Definitions, Fault
from sandbox.oracle.merge import Arrival, Held, Receipt, Version
from sandbox.oracle.timeliness import Calendar, Judged, rejudge
from sandbox.oracle.values import on_day
from sandbox.oracle.world import Record, Records, Sent, Verdict
from schemas.contract import INSURER_RECORD_TYPES, Contract, load_contracts

WITHDRAWAL = "D"
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class Recount:
    """What the replay makes of one batch; None where it could not be read."""

    received: int | None
    accepted: int = 0
    duplicate: int = 0
    superseded: int = 0


@dataclass(frozen=True)
class ReplayReport:
    """``records`` and ``verdicts`` are those known at the moment asked for; ``differences`` hold no personal values."""

    rows: int
    differences: list[str]
    recounts: Mapping[int, Recount]
    records: Records
    verdicts: Sequence[Verdict]


@dataclass
class _State:
    """Where the replay stands."""

    held: dict[str, Held]
    calendars: Mapping[str, Calendar]
    differences: list[str] = field(default_factory=list)
    recounts: dict[int, Recount] = field(default_factory=dict)


def replay(
    connection: sa.Connection,
    landing_root: Path,
    definitions: Definitions,
    known_at: dt.datetime | None = None,
    progress: Progress = silent,
) -> ReplayReport:
    """Replay all kept batches in the order in which they were loaded and compare the result with core.

    ``known_at`` chooses the moment of ``records`` and ``verdicts``; None = after everything.
    """
    state = _State({name: Held() for name in load_contracts()}, _calendars(connection))
    found, reasons = batches.read(connection), batches.held_rows(connection)
    kept = [batch for batch in found if batch.sha256s and batch.loaded_at is not None]
    known: dict[str, dict[merge.Key, Version]] | None = None
    for done, batch in enumerate(kept, 1):
        if known is None and known_at is not None and batch.loaded_at is not None and batch.loaded_at > known_at:
            known = _known(state)
        _replay_batch(state, batch, reasons.get(batch.batch_id, {}), landing_root, definitions)
        progress(f"replay {batch.name}", done / len(kept))
    known = _known(state) if known is None else known
    state.differences += compare.differences(connection, state.held)
    rows = sum(recount.received or 0 for recount in state.recounts.values())
    return ReplayReport(rows, state.differences, state.recounts, _records(known), list(_verdicts(known)))


def _known(state: _State) -> dict[str, dict[merge.Key, Version]]:
    return {record_type: held.known for record_type, held in state.held.items()}


def _calendars(connection: sa.Connection) -> dict[str, Calendar]:
    found: dict[str, list[tuple[dt.date, bool]]] = {}
    for row in connection.execute(sa.text("select calendar_version, day, is_working_day from reference.calendar_day")):
        found.setdefault(row.calendar_version, []).append((row.day, row.is_working_day))
    return {version: Calendar(days) for version, days in found.items()}


def _replay_batch(
    state: _State, batch: Batch, reasons: Mapping[int, int], root: Path, definitions: Definitions
) -> None:
    try:
        contract = load_contracts()[batch.record_type]
        rows = list(_rows(batch, contract, root, definitions))
    except (OSError, ValueError, KeyError, LookupError, TypeError) as error:
        if batch.is_kept or batch.counts["received"]:
            state.differences.append(f"{batch.name}: cannot be replayed: {type(error).__name__}")
        state.recounts[batch.batch_id] = Recount(None)
        return
    if not batch.is_kept:
        state.recounts[batch.batch_id] = Recount(len(rows) if batch.counts["received"] else 0)
        return
    state.differences += _odd_rows(batch, rows, reasons)
    arrivals = [
        _arrival(batch, contract, row) for row_no, row in rows if row_no not in reasons and not isinstance(row, Fault)
    ]
    judge = _judge(state, batch)
    counts = merge.merge(state.held[batch.record_type], arrivals, Receipt(batch.batch_id, batch.received_at, judge))
    recount = Recount(len(rows), counts["accepted"], counts["duplicate"], counts["superseded"])
    state.recounts[batch.batch_id] = recount
    state.differences += _odd_counts(batch, recount)


def _rows(batch: Batch, contract: Contract, root: Path, definitions: Definitions) -> Iterator[layout.RecordRow]:
    payloads = [readers.stored_bytes(root, sha256) for sha256 in batch.sha256s]
    for sha256, content in zip(batch.sha256s, payloads, strict=True):
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError("landed bytes do not match their digest")
    layouts = layout.plain(definitions, batch.insurer_id, contract, batch.channel, payloads[0][:_HEAD_BYTES])
    return layout.records(payloads, layouts, contract)


def _odd_rows(batch: Batch, rows: Sequence[layout.RecordRow], reasons: Mapping[int, int]) -> Iterator[str]:
    """Rows kept that cannot be read, and rows held that never arrived or have no reason."""
    for row_no, row in rows:
        if isinstance(row, Fault) and row_no not in reasons:
            yield f"{batch.name} row {row_no}: kept, but {row.field}: {row.problem}"
    arrived = {row_no for row_no, _ in rows}
    for row_no, reason_count in reasons.items():
        if row_no not in arrived:
            yield f"{batch.name} row {row_no}: held, but never arrived"
        elif not reason_count:
            yield f"{batch.name} row {row_no}: held without a reason"


def _odd_counts(batch: Batch, recount: Recount) -> Iterator[str]:
    for name in ("received", "accepted", "duplicate", "superseded"):
        replayed, booked = getattr(recount, name), batch.counts[name]
        if replayed != booked:
            yield f"{batch.name}: {name} {booked} in the books, {replayed} by the replay"


def _arrival(batch: Batch, contract: Contract, content: layout.Content) -> Arrival:
    value = dict(zip(contract.by_name, content, strict=True))
    updated_at, event = value["source_updated_at"], value[contract.milestones[0].field] if contract.milestones else None
    if not isinstance(updated_at, dt.datetime):
        raise TypeError("a kept row without time of change")
    if isinstance(event, dt.datetime):
        event = on_day(event)
    return Arrival(
        key=(batch.insurer_id, tuple(value[name] for name in contract.key)),
        content=content,
        updated_at=updated_at,
        is_withdrawn=value["operation_code"] == WITHDRAWAL,
        event_on=event if isinstance(event, dt.date) else None,
        has_reason=value.get("correction_reason_text") is not None,
    )


def _judge(state: _State, batch: Batch) -> Callable[[Arrival, Judged | None], Judged | None]:
    calendar = state.calendars.get(batch.calendar_version or "", Calendar(()))
    in_force = [
        rule for _, rule in _plain("rule_threshold", state.held["rule_threshold"].known) if rule["rule_no"] == "R32"
    ]

    def judge(arrival: Arrival, before: Judged | None) -> Judged | None:
        if arrival.event_on is None:
            return None
        received_at = before.received_at if before else batch.received_at
        now = calendar.judge(arrival.event_on, received_at, _working_days(in_force, arrival.event_on))
        return rejudge(before, now, has_reason=arrival.has_reason) if before else now

    return judge


def _working_days(in_force: Sequence[Record], event_on: dt.date) -> int | None:
    """Working days that rule R32 allowed on a day; None when it was not in force."""
    fitting = [r for r in in_force if r["valid_from_date"] <= event_on <= (r["valid_to_date"] or dt.date.max)]
    latest = max(fitting, key=lambda r: (r["valid_from_date"], r["version_no"]), default=None)
    return None if latest is None else int(latest["threshold_value"])


def _records(known: Mapping[str, Mapping[merge.Key, Version]]) -> Records:
    return {record_type: _plain(record_type, versions) for record_type, versions in known.items()}


def _plain(record_type: str, versions: Mapping[merge.Key, Version]) -> list[Sent]:
    names = tuple(load_contracts()[record_type].by_name)
    return [
        (insurer_id, dict(zip(names, version.arrival.content, strict=True)))
        for (insurer_id, _), version in versions.items()
    ]


def _verdicts(known: Mapping[str, Mapping[merge.Key, Version]]) -> Iterator[Verdict]:
    for record_type in INSURER_RECORD_TYPES:
        for (insurer_id, _), version in known[record_type].items():
            if version.judged is not None:
                judged, event_on = version.judged, version.arrival.event_on
                yield Verdict(insurer_id, record_type, event_on, judged.deadline_on, judged.timeliness)
