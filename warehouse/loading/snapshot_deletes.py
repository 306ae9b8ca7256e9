"""Snapshot deletes: records that a replacing delivery withdraws by not holding them, and the guard that asks a person first.

    missing = find(connection, scope, received, quarantined)  # after the outcome of every row is known
    question = question_of(connection, scope, received, missing, bounds)
    withdraw(connection, scope)                               # beside the new versions

A tombstone of an absent record has row_no 0 and its batch. It stands before every version received earlier, and gives
way to every row received later, the same content included, whatever the source's time of change.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from schemas.contract import OCCASIONAL_RECORD_TYPES
from schemas.findings import Observation
from schemas.personal import without_numbers
from warehouse.database.engine import database_errors
from warehouse.database.expressions import event_on, key_text
from warehouse.database.statements import statement
from warehouse.loading.scope import Scope
from warehouse.loading.staging import stage_findings

MANY_MISSING, REFUSED, OUTSIDE, UNREADABLE_KEY, OUTGROWN = "BAT-020", "BAT-021", "BAT-022", "BAT-023", "BAT-024"
EXAMPLES = 5


@dataclass(frozen=True)
class Bounds:
    """How much may be missing without asking: a share of the live records, and a number of them."""

    missing_ratio: Decimal = Decimal(0)
    missing_count: int = 0

    def hit(self, live: int, missing: int) -> str | None:
        """The bound that so many missing records exceed, in Chinese; None within both."""
        if missing > self.missing_count:
            return f"{self.missing_count} 条"
        if live and Decimal(missing) / live > self.missing_ratio:
            return f"{(self.missing_ratio * 100).normalize():f}%"
        return None


@dataclass(frozen=True)
class Question:
    """What a person is asked: whether so many of the live records are to be withdrawn."""

    live: int
    missing: int
    bound: str
    examples: tuple[str, ...]
    replaced: str

    def observation(self, decision: str = "") -> Observation:
        """The question with counts, the bound and examples of keys; ``decision`` is what a person answered."""
        named = {
            "replaced": self.replaced,
            "missing": str(self.missing),
            "live": str(self.live),
            "share": f"{Decimal(self.missing) * 100 / self.live:.2f}%" if self.live else "100%",
            "bound": self.bound,
            "keys": "、".join(self.examples) + ("等" if self.missing > len(self.examples) else ""),
            "decision": decision,
        }
        return Observation(MANY_MISSING, value=str(self.missing), named=named)


def find(connection: sa.Connection, scope: Scope, received: int, quarantined: int) -> int:
    """Make the temporary table ``absent`` (version_id, record_key) and count it.

    Only a delivery that replaces withdraws, and a replay what its own batch had brought. A delivery that is held as a
    whole withdraws nothing; nor does one with a row whose key cannot be read, which could be any record: a warning says
    so. What is sent on occasion is never withdrawn by not being sent again: a renumbering is undone by its opposite.
    """
    if not (scope.replaces or scope.is_replay) or (received and quarantined == received):
        return 0
    if scope.contract.record_type in OCCASIONAL_RECORD_TYPES:
        return 0
    if connection.exec_driver_sql("select exists (select from staged where record_key is null)").scalar_one():
        if scope.replaces:
            stage_findings(connection, [scope.tell(Observation(UNREADABLE_KEY))])
        return 0
    if scope.replaces == "window":
        _warn_outside(connection, scope)
    connection.execute(statement("loading/snapshot_deletes/find", **_slots(scope)), scope.parameters)
    missing: int = connection.exec_driver_sql("select count(*) from absent").scalar_one()
    return missing


def question_of(
    connection: sa.Connection, scope: Scope, received: int, missing: int, bounds: Bounds
) -> Question | None:
    """What to ask a person before anything is withdrawn; None when the bounds allow it. A replay asks nothing again."""
    if not missing or scope.is_replay or not scope.replaces:
        return None
    live: int = connection.execute(
        statement("loading/snapshot_deletes/live", **_slots(scope)), scope.parameters
    ).scalar_one()
    bound = bounds.hit(live, missing)
    if bound is None and received:
        return None
    examples = connection.execute(
        sa.text("select record_key from absent order by 1 limit :few"), {"few": EXAMPLES}
    ).scalars()
    return Question(live, missing, bound or "空文件", tuple(examples), replaced(scope))


def ask(connection: sa.Connection, scope: Scope, question: Question) -> None:
    """Leave a batch waiting for a decision."""
    values = {
        "batch_id": scope.batch_id,
        "reason_code": MANY_MISSING,
        "reason_text": scope.tell(question.observation()).message,
        "live_count": question.live,
        "missing_count": question.missing,
    }
    connection.execute(statement("loading/snapshot_deletes/ask"), values)


def tell_accepted(connection: sa.Connection, scope: Scope, question: Question) -> None:
    """Stage the warning that says what was withdrawn, and who decided so."""
    decision = f";已由 {scope.decided_by} 决定采用:{scope.decision_reason}"
    stage_findings(connection, [scope.tell(question.observation(decision))])


def refusal(scope: Scope) -> Observation:
    """Why a batch is rejected that a person refused."""
    return Observation(
        REFUSED, named={"by": scope.decided_by or "", "reason": without_numbers(scope.decision_reason or "")}
    )


def outgrown(scope: Scope, question: Question) -> Observation:
    """Why a batch is rejected that would withdraw more than a person was asked about."""
    named = {"decided": str(scope.decided_missing_count), "missing": str(question.missing)}
    return Observation(OUTGROWN, named=named)


def withdraw(connection: sa.Connection, scope: Scope) -> None:
    """Close the versions of absent records by tombstones; what was open about the records is resolved."""
    connection.execute(statement("loading/snapshot_deletes/close", **_slots(scope)), scope.parameters)
    connection.execute(statement("loading/snapshot_deletes/insert_tombstones", **_slots(scope)), scope.parameters)
    connection.execute(statement("loading/snapshot_deletes/resolve_quarantine"), scope.parameters)
    connection.execute(statement("loading/snapshot_deletes/resolve_findings"), scope.parameters)


def out_of_order(engine: sa.Engine, insurer_id: str | None = None, record_type: str | None = None) -> list[int]:
    """Batches to be replayed, of one feed or all, in the order received; none once they are replayed.

    They were loaded before a batch that was received before them, with a replacing one between.
    """
    values = {"insurer_id": insurer_id, "record_type": record_type}
    with database_errors("looking for loads out of order"), engine.connect() as connection:
        return list(connection.execute(statement("loading/snapshot_deletes/out_of_order"), values).scalars())


def replaced(scope: Scope) -> str:
    """What a batch replaces, in Chinese."""
    if scope.replaces == "all":
        return "全量"
    return f"{scope.replaces_from} 至 {scope.replaces_to} 区间替换"


def _warn_outside(connection: sa.Connection, scope: Scope) -> None:
    milestone = scope.contract.milestones[0]
    span = f"{scope.replaces_from} 至 {scope.replaces_to}"
    statement_text = statement(
        "loading/snapshot_deletes/outside", **_slots(scope) | {"event_on": event_on(scope.contract, "s")}
    )
    rows = connection.execute(statement_text, scope.parameters).all()
    seen = [Observation(OUTSIDE, row.row_no, milestone.field, str(row.event_on), span) for row in rows]
    stage_findings(connection, map(scope.tell, seen))


def _slots(scope: Scope) -> dict[str, str]:
    slots = scope.slots
    return {
        **{name: slots[name] for name in ("core", "key_match", "columns")},
        "key_text": key_text(scope.contract, "c"),
        "event_on": event_on(scope.contract, "c"),
        "values": ", ".join(_tombstone_value(scope, name) for name in scope.contract.by_name),
    }


def _tombstone_value(scope: Scope, name: str) -> str:
    """What a tombstone has in a column: the closed version's value, but for operation and reason."""
    if name == "operation_code":
        return "'D' as operation_code"
    if name == "correction_reason_text":
        why = f"{replaced(scope)}报送中没有该记录" if scope.replaces else "重新处理后不再含有该记录"
        return f"'批次 {scope.batch_id} {why}' as correction_reason_text"
    return f"c.{name}"
