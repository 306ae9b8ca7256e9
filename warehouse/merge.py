"""The merge: from staged rows to versions, verdicts, quarantine and books, as a fixed sequence of set statements."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from schemas.contract import Contract, Milestone
from schemas.findings import Finding
from warehouse import absence, profiles, renumbering
from warehouse.copying import copy_rows
from warehouse.expressions import shanghai_date
from warehouse.staging import RawSpool, stage_findings
from warehouse.statements import filled, statement

CONFLICT_RULE, NAMELESS_RULE, ALL_HELD = "BAT-002", "BAT-090", "ROW-ALL"

#: Up to so many rows are looked up one by one, by index; above, reading the core table once is cheaper. PostgreSQL
#: cannot be left to choose: tables that grew since they were last analyzed mislead it.
LOOKUP_ROWS = 50_000

Findings = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Scope:
    """One batch under merge: its contract, and the bind parameters of every statement."""

    contract: Contract
    insurer_id: str
    parameters: dict[str, Any]

    @staticmethod
    def of(batch: sa.Row[Any], contract: Contract, calendar_version: str, recorded_at: dt.datetime, kind: str) -> Scope:
        """Make the scope of a row of ``merge/open_batch``."""
        parameters = {
            **{name: value for name, value in batch._asdict().items() if name not in ("state", "last_known_at")},
            "calendar_version": calendar_version,
            "recorded_at": recorded_at,
            "kind": kind,
            "is_replay": kind == "replay",
            "is_register": contract.is_register,
            "main_milestone": contract.milestones[0].name if contract.milestones else None,
        }
        return Scope(contract, batch.insurer_id, parameters)

    @property
    def slots(self) -> dict[str, str]:
        """SQL text for the statements' slots, from the contract."""
        names = tuple(self.contract.by_name)
        return {
            "core": f"core.{self.contract.record_type}",
            "key_match": " and ".join(f"c.{name} = s.{name}" for name in self.contract.key),
            "columns": ", ".join(names),
            "values": ", ".join(f"s.{name}" for name in names),
            "events": "), (".join(_event(self.contract, milestone) for milestone in self.contract.milestones),
        }


@dataclass(frozen=True)
class Counts:
    """The books of a batch: received = accepted + quarantined + duplicate + superseded. Withdrawn are no rows of it."""

    received: int
    accepted: int
    quarantined: int
    duplicate: int
    superseded: int
    withdrawn: int = 0


def open_batch(connection: sa.Connection, batch_id: int) -> sa.Row[Any]:
    """Begin the load's transaction and lock the batch's row until its end."""
    # What a text or a calculation looks like must not hang on the server's settings.
    connection.exec_driver_sql("set local timezone = 'Asia/Shanghai'")
    connection.exec_driver_sql("set local work_mem = '128MB'")
    connection.exec_driver_sql("set local jit = off")
    connection.exec_driver_sql("set local search_path = pg_catalog, pg_temp")
    return connection.execute(statement("merge/open_batch"), {"batch_id": batch_id}).one()


def prepare(connection: sa.Connection, scope: Scope) -> None:
    """Make the staged rows ready for rules: statistics, and the locks that order loads which see each other.

    Child and parent of one insurer never load at once, nor does a register beside anything: else a child could
    miss its uncommitted parent, and the parent the child's finding. The load's number is drawn under these locks, so
    that replaying loads in the order of their numbers gives the same result.
    """
    kind = "" if scope.contract.is_register else "_shared"
    connection.exec_driver_sql(f"select pg_advisory_xact_lock{kind}(hashtextextended('anze/registers', 0))")
    feed = sa.text("select pg_advisory_xact_lock(hashtextextended('anze/' || :insurer_id, 0))")
    connection.execute(feed, {"insurer_id": scope.insurer_id})
    connection.exec_driver_sql("select nextval('landing.load_no')")
    renumbering.prepare(connection, scope)
    connection.exec_driver_sql("analyze staged (row_no, record_key, source_updated_at, operation_code)")


def split(connection: sa.Connection, scope: Scope) -> Counts:
    """Say what becomes of each staged row, and which records the batch withdraws; nothing is written yet."""
    _guard(connection)
    connection.execute(statement("merge/repeated"))
    _refuse_conflicts(connection, scope)
    connection.execute(statement("merge/faulty"))
    row_count = connection.exec_driver_sql("select count(*) from staged").scalar_one()
    known = "merge/known" if row_count > LOOKUP_ROWS else "merge/known_few"
    connection.execute(filled(known, **scope.slots), scope.parameters)
    renumbering.know_former(connection, scope)
    connection.execute(statement("merge/outcome"), scope.parameters)
    connection.exec_driver_sql("analyze outcome (row_no, record_key, outcome)")
    counts = Counts(*connection.execute(statement("merge/count_outcomes")).one())
    return replace(counts, withdrawn=absence.find(connection, scope, counts.received, counts.quarantined))


def write(connection: sa.Connection, scope: Scope, spool: RawSpool, counts: Counts) -> tuple[Findings, int]:
    """Write what ``split`` found; the books balance afterwards. Returns the findings, and how many held rows cleared."""
    _write_versions(connection, scope)
    if counts.withdrawn:
        absence.withdraw(connection, scope)
    if scope.contract.record_type == renumbering.RECORD_TYPE:
        renumbering.follow(connection, scope)
    cleared = _write_quarantine(connection, scope, spool, counts)
    findings = _write_findings(connection, scope)
    renumbering.settle(connection, scope)
    return findings, cleared


def account_nothing(connection: sa.Connection, scope: Scope) -> tuple[Counts, Findings]:
    """Keep the findings of a batch that could not be read; its books are all zero."""
    connection.exec_driver_sql("select nextval('landing.load_no')")
    columns = "row_no bigint, outcome text, is_told boolean"
    connection.exec_driver_sql("drop table if exists outcome")
    connection.exec_driver_sql(f"create temporary table outcome ({columns}) on commit drop")
    connection.execute(statement("merge/insert_findings"), scope.parameters)
    rows = connection.execute(statement("merge/count_findings")).all()
    return Counts(0, 0, 0, 0, 0), tuple((r.rule_id, r.severity, r.finding_count) for r in rows)


def finish(connection: sa.Connection, scope: Scope, counts: Counts, values: dict[str, Any]) -> None:
    """Write the load into the log, and of a first load the receipt's final state.

    The database refuses books that do not balance. A replay leaves the receipt as it is.
    """
    books = {f"{name}_count": value for name, value in vars(counts).items()}
    connection.execute(statement("merge/record_load"), {**scope.parameters, **books, **values})
    if scope.parameters["kind"] == "first":
        connection.execute(statement("merge/finish_batch"), {**scope.parameters, **books, **values})
    profiles.settle(connection, scope.parameters)


def state_of(counts: Counts) -> str:
    """Choose the final state: rejected when everything was held, partly loaded when something was."""
    if counts.quarantined == 0:
        return "loaded"
    return "rejected" if counts.quarantined == counts.received else "partly_loaded"


def reason_of(state: str, findings: Findings) -> tuple[str | None, str | None]:
    """Code and Chinese text of a rejection; (None, None) for any other state."""
    if state != "rejected":
        return None, None
    rule_ids = [rule_id for rule_id, severity, _ in findings if severity == "error"]
    return ALL_HELD, f"全部行被隔离,未入库;涉及规则:{'、'.join(rule_ids)}"


def _guard(connection: sa.Connection) -> None:
    """Hold a row without key, operation or time of change, even if no rule caught it."""
    message = "记录缺少业务主键、操作类型或源系统更新时间,无法入库;请补全后重新报送"
    rows = connection.execute(statement("merge/nameless")).scalars()
    stage_findings(connection, [Finding(NAMELESS_RULE, "error", row_no, None, None, None, message) for row_no in rows])


def _refuse_conflicts(connection: sa.Connection, scope: Scope) -> None:
    rows = connection.execute(statement("merge/conflicting"), scope.parameters).all()
    message = "同一批次内主键{key}出现多次且内容不同,无法判断以哪一行为准;请每个主键只保留一行后重新报送"
    field = scope.contract.key[0]
    stage_findings(
        connection,
        [
            Finding(CONFLICT_RULE, "error", row.row_no, field, row.record_key, None, message.format(key=row.record_key))
            for row in rows
        ],
    )


def _write_versions(connection: sa.Connection, scope: Scope) -> None:
    parameters = scope.parameters
    if scope.contract.milestones:
        connection.execute(filled("merge/event", **scope.slots), parameters)
        connection.execute(statement("merge/deadline"), parameters)
        connection.execute(statement("merge/verdict"), parameters)
        connection.execute(statement("merge/milestone"), parameters)
    else:
        connection.execute(statement("merge/no_verdict"))
    connection.execute(filled("merge/supersede", **scope.slots), parameters)
    connection.execute(filled("merge/insert_versions", **scope.slots), parameters)


def _write_quarantine(connection: sa.Connection, scope: Scope, spool: RawSpool, counts: Counts) -> int:
    if counts.quarantined:
        wanted = pa.array(connection.execute(statement("merge/quarantined_rows")).scalars().all(), pa.int64())
        connection.exec_driver_sql("create temporary table staged_raw (row_no bigint, raw text) on commit drop")
        rows = ((row_no, _storable_json(raw)) for row_no, raw in spool.rows(wanted))
        copy_rows(connection, "staged_raw", ("row_no", "raw"), rows)
        connection.execute(statement("merge/insert_quarantine"), scope.parameters)
    connection.execute(statement("merge/resolve_quarantine"), scope.parameters)
    return _cleared(connection, scope)


def _cleared(connection: sa.Connection, scope: Scope) -> int:
    """Settle the held rows of a replayed batch that pass now, and count them."""
    if not scope.parameters["is_replay"]:
        return 0
    return connection.execute(statement("merge/clear_quarantine"), scope.parameters).rowcount


def _write_findings(connection: sa.Connection, scope: Scope) -> Findings:
    connection.execute(statement("merge/drop_met_orphans"), scope.parameters)
    if scope.parameters["is_replay"]:
        standing = {"standing_rules": [absence.MANY_MISSING, absence.UNREADABLE_KEY, *profiles.RULES]}
        connection.execute(statement("merge/resolve_untold"), scope.parameters | standing)
    connection.execute(statement("merge/insert_findings"), scope.parameters)
    connection.execute(statement("merge/resolve_findings"), scope.parameters)
    connection.execute(statement("merge/resolve_orphans"), scope.parameters)
    rows = connection.execute(statement("merge/count_findings")).all()
    return tuple((row.rule_id, row.severity, row.finding_count) for row in rows)


def _event(contract: Contract, milestone: Milestone) -> str:
    """One (name, Shanghai date) pair of a staged row."""
    return f"cast('{milestone.name}' as text), {shanghai_date(contract.by_name[milestone.field], 's')}"


def _storable_json(raw: str | None) -> str:
    """JSON text for jsonb, which holds no U+0000: the sign for it stands in its place."""
    return (raw or "{}").replace("\\u0000", "\\u2400").replace("\x00", "\u2400")
