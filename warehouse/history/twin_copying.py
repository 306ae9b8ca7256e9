"""Filling a twin: tables piped from one database into another by binary COPY, in the order of their references."""

from __future__ import annotations

import graphlib
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from warehouse.database.engine import driver
from warehouse.database.statements import statement, text_of

RECEIPTS = (
    "landing.payload",
    "landing.batch",
    "landing.batch_payload",
    "landing.cursor",
    "landing.edition",
    "landing.decision",
    "landing.judging",
    "landing.extension",
    "landing.extension_end",
    "landing.outage",
)
#: What a load writes on a receipt; a receipt as it landed has none of it.
BOOKS = (
    "contract_version", "ruleset_version", "calendar_version", "received_count", "accepted_count", "quarantined_count",
    "duplicate_count", "superseded_count", "reason_code", "reason_text", "loaded_at",
)  # fmt: skip


def fill(source: sa.Connection, target: sa.Connection, content: str) -> None:
    """Copy the tables that ``content`` names, identity values as they are, and set the sequences behind them."""
    tables = {row.name: tuple(row.columns) for row in source.execute(statement("history/twin/tables"))}
    every = list(tables)
    attested = target.execute(statement("history/twin/attested")).scalars().all()
    _set_row_security(target, every, "disable")
    _set_attesting(target, attested, "disable")
    if content == "receipts":
        tables = {name: c for name, c in tables.items() if name in RECEIPTS or name.startswith("reference.")}
    else:
        for publication_id in source.execute(sa.text("select publication_id from mart.publication")).scalars():
            target.execute(sa.select(sa.func.mart.open_publication(publication_id)))
    for name in _in_order(tables, source):
        query = f"select {', '.join(tables[name])} from {name}"  # noqa: S608 - names of the catalogue
        if content == "receipts" and name == "landing.batch":
            query = text_of("history/twin/bare_batch", columns=_bare(tables[name]))
        _pipe(source, target, query, name, tables[name])
    if content == "receipts":
        _copy_refusals(source, target)
    for row in source.execute(statement("history/twin/sequences")):
        target.execute(sa.text("select setval(cast(:name as regclass), :value)"), row._asdict())
    _set_row_security(target, every, "enable")
    _set_attesting(target, attested, "enable")


def _set_row_security(target: sa.Connection, tables: Iterable[str], switch: str) -> None:
    """PostgreSQL copies into no table with row security, unless a superuser does; the transaction ends with it on."""
    for name in tables:
        target.exec_driver_sql(f"alter table {name} {switch} row level security")


def _set_attesting(target: sa.Connection, tables: Iterable[str], switch: str) -> None:
    """What is copied has its entries in the ledger, which is copied too; a rebuild has none of what came before it."""
    for name in tables:
        target.exec_driver_sql(f"alter table {name} {switch} trigger attested")


def _copy_refusals(source: sa.Connection, target: sa.Connection) -> None:
    name = "quality.finding"
    columns = next(tuple(row.columns) for row in source.execute(statement("history/twin/tables")) if row.name == name)
    listed = ", ".join(f"f.{column}" for column in columns)
    _pipe(source, target, text_of("history/twin/refusals", columns=listed), name, columns)


def _bare(columns: Sequence[str]) -> str:
    """The columns of a receipt, without what loads wrote on it."""
    special = {name: f"case when arrival.is_final then b.{name} end as {name}" for name in BOOKS}
    special["state"] = "case when arrival.is_final then b.state else 'received' end as state"
    return ", ".join(special.get(name, f"b.{name}") for name in columns)


def _in_order(tables: Iterable[str], source: sa.Connection) -> list[str]:
    """The tables, each after those that it refers to."""
    needs: dict[str, set[str]] = {name: set() for name in tables}
    for row in source.execute(statement("history/twin/references")):
        if row.name in needs and row.needed in needs:
            needs[row.name].add(row.needed)
    return list(graphlib.TopologicalSorter(needs).static_order())


def _pipe(source: sa.Connection, target: sa.Connection, query: str, name: str, columns: Sequence[str]) -> None:
    """Send the rows of a query into a table through a pipe, so that they are never all in memory."""
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="twin") as worker:
        writing = worker.submit(_write, source, f"copy ({query}) to stdout (format binary)", write_end)
        with os.fdopen(read_end, "rb") as stream, driver(target).cursor() as cursor:
            cursor.copy_expert(f"copy {name} ({', '.join(columns)}) from stdin (format binary)", stream)
        writing.result()


def _write(source: sa.Connection, statement_text: str, write_end: int) -> None:
    with os.fdopen(write_end, "wb") as stream, driver(source).cursor() as cursor:
        cursor.copy_expert(statement_text, stream)
