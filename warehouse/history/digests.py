"""Digests of what loads leave: core, quarantine, findings, verdicts, the log of loads and the receipts' books.

The digest of a table is SHA-256 over the sorted SHA-256 of its rows' canonical texts: it hangs neither on the order
on disk nor on the server's settings. Numbers that only tell rows apart (version_id, finding_id, load_no) do not count, nor
does the release that wrote a load.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.contract import load_contracts
from warehouse.database.statements import statement

#: What counts of landing; the rest of it is what a rebuild begins with.
LANDING = ("landing.batch", "landing.load")
#: Receipts of batches that wait for their load, or for a person, have no books yet.
LOADED = "(select b.* from landing.batch as b where b.batch_id in (select l.batch_id from landing.load as l)) as batch"
#: A verdict's history begins with the migration that brought it, in a database that held loads before.
BEGUN = "coalesce((select max(j.judged_at) from landing.judging as j where j.kind = 'begin'), '-infinity')"
PAST = f"(select p.* from quality.milestone_past as p where p.superseded_at > {BEGUN}) as past"  # noqa: S608 - names
NOT_COUNTED = frozenset({"version_id", "finding_id", "load_no", "release"})
PLACES = ("insurer_id", "record_type", "batch_id", "row_no", "record_key", "rule_id", "milestone", "kind")
SETTINGS = {
    "timezone": "UTC", "datestyle": "ISO, YMD", "intervalstyle": "iso_8601", "extra_float_digits": "3",
    "bytea_output": "hex", "search_path": "pg_catalog",
}  # fmt: skip


@dataclass(frozen=True)
class TableDigest:
    """One table's digest and number of rows."""

    digest: str
    row_count: int


def digests(connection: sa.Connection) -> dict[str, TableDigest]:
    """The digest of every table that loads write, by name."""
    _fix_settings(connection)
    found = {}
    for name, columns in _tables(connection).items():
        row = connection.execute(statement("history/twin/digest", table=_rows(name), columns=", ".join(columns))).one()
        found[name] = TableDigest(row.digest, row.row_count)
    return found


def digest_of(tables: Mapping[str, TableDigest]) -> str:
    """One digest over all tables."""
    lines = "".join(f"{name} {tables[name].digest}\n" for name in sorted(tables))
    return hashlib.sha256(lines.encode()).hexdigest()


def differing(one: sa.Connection, other: sa.Connection, name: str, limit: int) -> list[str]:
    """Where rows of a table stand that only one of two databases has, each with its side; at most ``limit``."""
    places = _merged(_lines(one, name), _lines(other, name))
    return list(itertools.islice(places, limit))


def _merged(one: Iterator[tuple[str, str]], other: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Rows of only one side, of two sequences in the order of their hashes."""
    left, right = next(one, None), next(other, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield f"live only: {left[1]}"
            left = next(one, None)
        elif left is None or right[0] < left[0]:
            yield f"rebuilt only: {right[1]}"
            right = next(other, None)
        else:
            left, right = next(one, None), next(other, None)


def _lines(connection: sa.Connection, name: str) -> Iterator[tuple[str, str]]:
    _fix_settings(connection)
    columns = _tables(connection)[name]
    contract = load_contracts().get(name.removeprefix("core."))
    key = tuple(k for k in contract.key if k in columns) if contract and name.startswith("core.") else ()
    wanted = dict.fromkeys((*(p for p in PLACES if p in columns), *key))
    slots = {"table": _rows(name), "columns": ", ".join(columns), "place": ", ".join(wanted)}
    rows = connection.execution_options(yield_per=10_000).execute(statement("history/twin/lines", **slots))
    return ((row.hash, f"{name} {row.place}") for row in rows)


def _rows(name: str) -> str:
    return {"landing.batch": LOADED, "quality.milestone_past": PAST}.get(name, name)


def _counted(column: str) -> str:
    return f"greatest(known_from, {BEGUN})" if column == "known_from" else column


def _tables(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """Tables that count, with the columns that count."""
    return {
        row.name: tuple(_counted(column) for column in row.columns if column not in NOT_COUNTED)
        for row in connection.execute(statement("history/twin/tables"))
        if row.name in LANDING or row.name.startswith(("core.", "quarantine.", "quality."))
    }


def _fix_settings(connection: sa.Connection) -> None:
    for name, value in SETTINGS.items():
        connection.execute(sa.text("select set_config(:name, :value, true)"), {"name": name, "value": value})
