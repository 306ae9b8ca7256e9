"""The merge, an upsert by versions: staged rows become versions, verdicts, quarantine and books, by set-based SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from schemas.findings import Observation
from warehouse.database import locks, statistics
from warehouse.database.copying import copy_rows
from warehouse.database.statements import statement
from warehouse.loading import clock, profiles, renumbering, snapshot_deletes
from warehouse.loading.scope import Counts, Findings, Scope
from warehouse.loading.staging import RawSpool, stage_findings

CONFLICT_RULE, NAMELESS_RULE, ALL_HELD = "BAT-002", "BAT-090", "ROW-ALL"

#: Up to so many rows are looked up one by one, by index; above, reading a whole table once is cheaper, unless it has more
#: than so many times the batch's rows. PostgreSQL cannot be left to choose: tables that grow in this very transaction
#: mislead it, and those that are much larger than a batch do not.
LOOKUP_ROWS, WHOLE_TIMES = 50_000, 10


def open_batch(connection: sa.Connection, batch_id: int) -> sa.Row[Any]:
    """Begin the load's transaction and lock the batch's row until its end."""
    # What a text or a calculation looks like must not hang on the server's settings.
    connection.exec_driver_sql("set local timezone = 'Asia/Shanghai'")
    connection.exec_driver_sql("set local work_mem = '128MB'")
    connection.exec_driver_sql("set local jit = off")
    connection.exec_driver_sql("set local default_statistics_target = 10")
    connection.exec_driver_sql("set local search_path = pg_catalog, pg_temp")
    return connection.execute(statement("loading/merge/open_batch"), {"batch_id": batch_id}).one()


def prepare(connection: sa.Connection, scope: Scope) -> Scope:
    """Make the staged rows ready for rules: statistics, and the locks that order loads which see each other.

    Child and parent of one insurer never load at once, nor does a register beside anything: else a child could
    miss its uncommitted parent, and the parent the child's finding. The load's number is drawn under these locks, so
    that replaying loads in the order of their numbers gives the same result.
    """
    locks.registers(connection, shared=not scope.contract.is_register)
    locks.insurer(connection, scope.insurer_id)
    connection.exec_driver_sql("select nextval('landing.load_no')")
    connection.exec_driver_sql("analyze staged")
    row_count = connection.exec_driver_sql("select count(*) from staged").scalar_one()
    known = renumbering.prepare(connection, clock.in_force(connection, scope))
    if not is_joined_whole(row_count, statistics.largest_table(connection)):
        return known
    connection.exec_driver_sql("set local enable_nestloop = off")
    return replace(known, is_large=True)


def is_joined_whole(row_count: int, largest_table: int) -> bool:
    """Whether tables are read whole for a batch of so many rows; the largest may have so many."""
    return row_count > LOOKUP_ROWS and largest_table <= WHOLE_TIMES * row_count


def split(connection: sa.Connection, scope: Scope) -> Counts:
    """Say what becomes of each staged row, and which records the batch withdraws; nothing is written yet."""
    _guard(connection, scope)
    connection.execute(statement("loading/merge/repeated"))
    _refuse_conflicts(connection, scope)
    connection.execute(statement("loading/merge/faulty"))
    known = "loading/merge/known" if scope.is_large else "loading/merge/known_few"
    connection.execute(statement(known, **scope.slots), scope.parameters)
    renumbering.know_former(connection, scope)
    connection.execute(statement("loading/merge/outcome"), scope.parameters)
    connection.exec_driver_sql("analyze outcome, staged_finding")
    counts = Counts(*connection.execute(statement("loading/merge/count_outcomes")).one())
    return replace(counts, withdrawn=snapshot_deletes.find(connection, scope, counts.received, counts.quarantined))


def write(connection: sa.Connection, scope: Scope, spool: RawSpool, counts: Counts) -> tuple[Findings, int]:
    """Write what ``split`` found; the books balance afterwards. Returns the findings, and how many held rows cleared."""
    _write_versions(connection, scope)
    if counts.withdrawn:
        snapshot_deletes.withdraw(connection, scope)
    if scope.contract.record_type == renumbering.RECORD_TYPE:
        renumbering.follow(connection, scope)
    cleared = _write_quarantine(connection, scope, spool, counts)
    findings = _write_findings(connection, scope)
    renumbering.resolve_former(connection, scope)
    return findings, cleared


def account_nothing(connection: sa.Connection, scope: Scope) -> tuple[Counts, Findings]:
    """Keep the findings of a batch that could not be read; its books are all zero."""
    connection.exec_driver_sql("select nextval('landing.load_no')")
    columns = "row_no bigint, outcome text, is_told boolean"
    connection.exec_driver_sql("drop table if exists outcome")
    connection.exec_driver_sql(f"create temporary table outcome ({columns}) on commit drop")
    connection.execute(statement("loading/merge/insert_findings"), scope.parameters)
    rows = connection.execute(statement("loading/merge/count_findings")).all()
    return Counts(0, 0, 0, 0, 0), tuple((r.rule_id, r.severity, r.finding_count) for r in rows)


def finish(connection: sa.Connection, scope: Scope, counts: Counts, values: dict[str, Any]) -> None:
    """Write the load into the log, and of a first load the receipt's final state.

    The database refuses books that do not balance. A replay leaves the receipt as it is.
    """
    books = {f"{name}_count": value for name, value in vars(counts).items()}
    connection.execute(statement("loading/merge/record_load"), {**scope.parameters, **books, **values})
    if not scope.is_replay:
        connection.execute(statement("loading/merge/finish_batch"), {**scope.parameters, **books, **values})
    profiles.resolve_totals(connection, scope)


def state_of(counts: Counts) -> str:
    """Choose the final state: rejected when everything was held, partly loaded when something was."""
    if counts.quarantined == 0:
        return "loaded"
    return "rejected" if counts.quarantined == counts.received else "partly_loaded"


def reason_of(scope: Scope, state: str, findings: Findings) -> tuple[str | None, str | None]:
    """Code and Chinese text of a rejection; (None, None) for any other state."""
    if state != "rejected":
        return None, None
    rule_ids = [rule_id for rule_id, severity, _ in findings if severity == "error"]
    return ALL_HELD, scope.tell(Observation(ALL_HELD, named={"rules": "、".join(rule_ids)})).message


def _guard(connection: sa.Connection, scope: Scope) -> None:
    """Hold a row without key, operation or time of change, even if no rule caught it."""
    rows = connection.execute(statement("loading/merge/nameless")).scalars()
    stage_findings(connection, [scope.tell(Observation(NAMELESS_RULE, row_no)) for row_no in rows])


def _refuse_conflicts(connection: sa.Connection, scope: Scope) -> None:
    rows = connection.execute(statement("loading/merge/conflicting"), scope.parameters).all()
    field = scope.contract.key[0]
    seen = [Observation(CONFLICT_RULE, row.row_no, field, row.record_key) for row in rows]
    stage_findings(connection, map(scope.tell, seen))


def _write_versions(connection: sa.Connection, scope: Scope) -> None:
    parameters = scope.parameters
    if scope.contract.milestones:
        connection.execute(statement("loading/clock/event", events=clock.events(connection, scope)), parameters)
        clock.judge(connection, clock.staged(scope))
    else:
        connection.execute(statement("loading/merge/no_verdict"))
    connection.execute(statement("loading/merge/supersede", **scope.slots), parameters)
    connection.execute(statement("loading/merge/insert_versions", **scope.slots), parameters)


def _write_quarantine(connection: sa.Connection, scope: Scope, spool: RawSpool, counts: Counts) -> int:
    if counts.quarantined:
        wanted = pa.array(connection.execute(statement("loading/merge/quarantined_rows")).scalars().all(), pa.int64())
        connection.exec_driver_sql("create temporary table staged_raw (row_no bigint, raw text) on commit drop")
        rows = ((row_no, _storable_json(raw)) for row_no, raw in spool.rows(wanted))
        copy_rows(connection, "staged_raw", ("row_no", "raw"), rows)
        connection.execute(statement("loading/merge/insert_quarantine"), scope.parameters)
    connection.execute(statement("loading/merge/resolve_quarantine"), scope.parameters)
    return _cleared(connection, scope)


def _cleared(connection: sa.Connection, scope: Scope) -> int:
    """Resolve the held rows of a replayed batch that pass now, and count them."""
    if not scope.is_replay:
        return 0
    return connection.execute(statement("loading/merge/clear_quarantine"), scope.parameters).rowcount


def _write_findings(connection: sa.Connection, scope: Scope) -> Findings:
    connection.execute(statement("loading/merge/drop_met_orphans"), scope.parameters)
    if scope.is_replay:
        standing = {"standing_rules": [snapshot_deletes.MANY_MISSING, snapshot_deletes.UNREADABLE_KEY, *profiles.RULES]}
        connection.execute(statement("loading/merge/resolve_untold"), {**scope.parameters, **standing})
    connection.execute(statement("loading/merge/insert_findings"), scope.parameters)
    connection.execute(statement("loading/merge/resolve_findings"), scope.parameters)
    connection.execute(statement("loading/merge/resolve_orphans"), scope.parameters)
    rows = connection.execute(statement("loading/merge/count_findings")).all()
    return tuple((row.rule_id, row.severity, row.finding_count) for row in rows)


def _storable_json(raw: str | None) -> str:
    """JSON text for jsonb, which holds no U+0000: the sign for it stands in its place."""
    return (raw or "{}").replace("\\u0000", "\\u2400").replace("\x00", "\u2400")
