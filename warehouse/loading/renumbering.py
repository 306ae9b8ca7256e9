"""Renumbering: a record's number is given up for another, and its history goes on under the new one.

    prepare(connection, scope)         # before the rules: rows that say an old number are taken under today's
    know_former(connection, scope)     # what core knows of a row's record includes its former numbers
    follow(connection, scope)          # a load of renumberings: records and references move
    resolve_former(connection, scope)  # what was open under a former number is resolved

A record's number is the first column of its natural key: of a service plan the plan number, all its lines follow.
Versions that a renumbering writes have its batch and row. They stand where the version they are taken from stood: with
its source's time of change and hash, and its batch and row as their origin; a tombstone that closes a number has no hash.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from schemas.contract import INSURER_RECORD_TYPES, Contract, load_contract
from schemas.findings import Observation
from warehouse.database.expressions import event_on, key_text
from warehouse.database.statements import statement
from warehouse.loading.scope import Scope
from warehouse.loading.staging import stage_findings

RECORD_TYPE = "renumbering"
UNKNOWN, BOTH_LIVE, OLD_NUMBER, OLD_WITHDRAWN = "REN-002", "REN-007", "REN-010", "REN-011"
#: More renumberings of one record than this are not followed.
LONGEST_CHAIN = 1000
_TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Column:
    """A column that holds a number, and the record type whose number it is."""

    name: str
    record_type: str


def number_of(contract: Contract) -> str:
    """The column of a record's own number."""
    return contract.key[0]


@functools.cache
def columns_of(record_type: str) -> tuple[Column, ...]:
    """The columns of a record type that hold numbers: its own first, then those that refer to other records."""
    contract = load_contract(record_type)
    numbers = {(name, number_of(load_contract(name))) for name in INSURER_RECORD_TYPES}
    refer = [Column(f.name, f.references[0]) for f in contract.fields if f.references in numbers and f.references]
    return (Column(number_of(contract), record_type), *refer)


def prepare(connection: sa.Connection, scope: Scope) -> Scope:
    """Under the locks: keep the load's moment behind every writer of its table, and translate old numbers."""
    standing = connection.execute(statement("loading/renumbering/standing"), scope.parameters).one()
    last = standing.last_known_at
    known = replace(
        scope,
        recorded_at=scope.recorded_at if last is None else max(scope.recorded_at, last + _TICK),
        is_renumbered=standing.is_renumbered and scope.record_type in INSURER_RECORD_TYPES,
    )
    if known.record_type == RECORD_TYPE:
        _warn_of_numbers(connection, known)
    if known.is_renumbered:
        _translate(connection, known)
    return known


def know_former(connection: sa.Connection, scope: Scope) -> None:
    """Add to ``known`` what core holds under former numbers, and whose row a version is that a renumbering wrote."""
    if not scope.is_renumbered:
        return
    number, *rest = scope.contract.key
    match = " and ".join((f"c.{number} = f.old_no", *(f"c.{name} = s.{name}" for name in rest)))
    connection.execute(statement("loading/renumbering/origin", core=scope.slots["core"]))
    connection.execute(statement("loading/renumbering/former", number_column=f"s.{number}"), _given(scope))
    known = statement("loading/renumbering/known_former", core=scope.slots["core"], former_match=match)
    connection.execute(known, _given(scope))
    connection.execute(statement("loading/renumbering/extend_known"))
    connection.execute(statement("loading/renumbering/add_known"))


def follow(connection: sa.Connection, scope: Scope) -> None:
    """Move records and references to their new numbers, after the renumberings themselves are written."""
    given = _given(scope)
    connection.execute(statement("loading/renumbering/undone"), given)
    connection.execute(statement("loading/renumbering/close_undone"), given)
    text = "'被批次 ' || cast(:batch_id as text) || ' 的反向变更撤回'"
    values = _values(scope.contract, {"operation_code": "'D'", "correction_reason_text": text})
    values["source_updated_at"] = "u.source_updated_at"
    slots = {"columns": scope.slots["columns"], "values": _selected(values)}
    connection.execute(statement("loading/renumbering/insert_undone", **slots), given)
    connection.execute(statement("loading/renumbering/moved"), given)
    connection.execute(statement("loading/renumbering/create_touched"))
    moved = set(connection.exec_driver_sql("select distinct record_type_code from moved").scalars())
    for record_type in INSURER_RECORD_TYPES:
        if moved & {column.record_type for column in columns_of(record_type)}:
            _move(connection, record_type, given, moved)
    for record_type in sorted(moved):
        connection.execute(
            _filled_of(record_type, "loading/renumbering/met_orphans"), {**given, "named_type": record_type}
        )


def resolve_former(connection: sa.Connection, scope: Scope) -> None:
    """Resolve what was quarantined, found or missed under a record's former numbers."""
    if scope.is_renumbered:
        for name in ("resolve_quarantine", "resolve_findings", "resolve_orphans"):
            connection.execute(statement(f"loading/renumbering/{name}"), _given(scope))


def _given(scope: Scope) -> dict[str, Any]:
    return {**scope.parameters, "longest_chain": LONGEST_CHAIN}


def _warn_of_numbers(connection: sa.Connection, scope: Scope) -> None:
    """Warn of renumberings whose record is not known, and of those whose two numbers both have one."""
    codes = connection.exec_driver_sql("select distinct record_type_code from staged").scalars().all()
    for record_type in sorted(set(codes) & set(INSURER_RECORD_TYPES)):
        values = {**_given(scope), "named_type": record_type}
        named = {"record": load_contract(record_type).business_name}
        for row in connection.execute(_filled_of(record_type, "loading/renumbering/unknown"), values).all():
            seen = Observation(
                UNKNOWN, row.row_no, "old_no", row.old_no, None, named, record_type, row.old_no
            )  # fmt: skip
            stage_findings(connection, [scope.tell(seen)])
        for row in connection.execute(_filled_of(record_type, "loading/renumbering/both_live"), values).all():
            seen = Observation(BOTH_LIVE, row.row_no, "old_no", row.old_no, row.new_no, named)
            stage_findings(connection, [scope.tell(seen)])


def _translate(connection: sa.Connection, scope: Scope) -> None:
    given = _given(scope)
    own, *refer = columns_of(scope.contract.record_type)
    types = sorted({own.record_type, *(column.record_type for column in refer)})
    connection.execute(statement("loading/renumbering/renumbered"), {**given, "record_types": types})
    number_column = f"s.{own.name}"
    moved = connection.execute(
        statement("loading/renumbering/translate_key", number=own.name, number_column=number_column), given
    ).all()
    _tell_old(connection, scope, own, moved)
    for row in connection.execute(
        statement("loading/renumbering/withdrawn_old", number_column=number_column), given
    ).all():
        seen = Observation(OLD_WITHDRAWN, row.row_no, own.name, row.old_no, row.new_no)
        stage_findings(connection, [scope.tell(seen)])
    for column in refer:
        slots = {"column": column.name, "number_column": f"s.{column.name}"}
        values = {**given, "named_type": column.record_type}
        moved = connection.execute(statement("loading/renumbering/translate_reference", **slots), values).all()
        _tell_old(connection, scope, column, moved)


def _tell_old(connection: sa.Connection, scope: Scope, column: Column, rows: Any) -> None:
    seen = [Observation(OLD_NUMBER, row.row_no, column.name, row.old_no, row.new_no) for row in rows]
    stage_findings(connection, map(scope.tell, sorted(seen, key=lambda each: each.row_no or 0)))


def _move(connection: sa.Connection, record_type: str, given: dict[str, Any], moved: set[str]) -> None:
    """Write what the renumberings change in one table: tombstones, versions under new numbers, references."""
    contract = load_contract(record_type)
    values = {**given, "number": number_of(contract), "named_type": record_type}
    connection.exec_driver_sql("truncate touched, leaving, gives_way, successor")
    core = f"core.{record_type}"
    for column in columns_of(record_type):
        if column.record_type in moved:
            touch = statement("loading/renumbering/touch", core=core, number_column=f"c.{column.name}")
            which = {
                "field": column.name,
                "named_type": column.record_type,
                "is_own": column == columns_of(record_type)[0],
            }
            connection.execute(touch, {**values, **which})
    if not connection.exec_driver_sql("select exists (select from touched)").scalar_one():
        return
    slots = {
        "core": core,
        "columns": ", ".join(contract.by_name),
        "key_text": key_text(contract, "c"),
        "event_on": event_on(contract, "c"),
        "target_match": _target_match(contract),
    }
    connection.execute(statement("loading/renumbering/leave", **slots), values)
    connection.execute(statement("loading/renumbering/succeed"))
    connection.execute(statement("loading/renumbering/give_way", **slots), values)
    connection.execute(statement("loading/renumbering/close", **slots), values)
    tombstone, successor = _selected(_tombstone_values(contract)), _selected(_successor_values(contract))
    connection.execute(statement("loading/renumbering/insert_tombstones", **slots, values=tombstone), values)
    connection.execute(statement("loading/renumbering/insert_successors", **slots, values=successor), values)
    connection.exec_driver_sql("drop table if exists pg_temp.carried")
    for name in ("carried", "keep_past", "carry_milestones"):
        connection.execute(statement(f"loading/renumbering/{name}"), values)


def _tombstone_values(contract: Contract) -> dict[str, str]:
    text = "'业务号变更为 ' || t.new_no || ':' || coalesce(t.reason_text, '')"
    return _values(contract, {"operation_code": "'D'", "correction_reason_text": text})


def _successor_values(contract: Contract) -> dict[str, str]:
    """Columns of a version with the numbers of today; the reason names what changed, if anything did."""
    fields = [column.name for column in columns_of(contract.record_type)]
    changed = {name: _touched(name, f"c.{name}") for name in fields}
    number = number_of(contract)
    changed[number] = f"coalesce(s.new_no, c.{number})"
    labels = " ".join(f"when '{name}' then '{contract.by_name[name].business_name}'" for name in fields)
    told = (
        f"(select string_agg(case t.field {labels} end || t.old_no || '变更为' || t.new_no || ':'"  # noqa: S608
        " || coalesce(t.reason_text, ''), ';' order by t.field) from touched as t where t.version_id = s.version_id)"
    )
    changed["correction_reason_text"] = f"coalesce({told}, '旧号已变更为本号,首次接收时间以旧号为准')"
    return _values(contract, {**changed, "operation_code": "case when c.is_withdrawn then 'D' else 'U' end"})


def _touched(name: str, otherwise: str) -> str:
    chosen = f"select t.new_no from touched as t where t.version_id = s.version_id and t.field = '{name}'"  # noqa: S608
    return f"coalesce(({chosen}), {otherwise})"


def _values(contract: Contract, changed: dict[str, str]) -> dict[str, str]:
    return {name: changed.get(name, f"c.{name}") for name in contract.by_name}


def _selected(values: dict[str, str]) -> str:
    return ", ".join(f"{text} as {name}" for name, text in values.items())


def _filled_of(record_type: str, name: str) -> sa.TextClause:
    return statement(name, core=f"core.{record_type}", number_column=f"c.{number_of(load_contract(record_type))}")


def _target_match(contract: Contract) -> str:
    number, *rest = contract.key
    return " and ".join((f"target.{number} = t.new_no", *(f"target.{name} = c.{name}" for name in rest)))
