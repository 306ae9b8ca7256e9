"""What a night left, so that it can be compared with another night's: figures cell by cell, records, and what waits."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from schemas.contract import load_contracts

#: Of a publication. When it was made, and how far a feed had been read, is another moment each night.
FIGURES = ("indicator_value", "indicator_bound", "indicator_exclusion", "timeliness", "publication_feed")
MOMENTS = ("publication_id", "cursor_at")
UNFINISHED = "select count(*) from landing.batch where state in ('received', 'stuck')"


@dataclass(frozen=True)
class Left:
    """What a night left: digests of rows by table (figures of the last publication, versions of records), and open batches."""

    rows: dict[str, frozenset[str]]
    row_counts: dict[str, int]
    unfinished_count: int

    @property
    def cell_count(self) -> int:
        return sum(self.row_counts[name] for name in FIGURES)

    @property
    def record_count(self) -> int:
        return sum(self.row_counts.values()) - self.cell_count

    def differences(self, other: Left) -> list[str]:
        """Tables in which two nights differ, with how many rows only one of them has."""
        told = []
        for name, rows in self.rows.items():
            only = len(rows ^ other.rows[name])
            if only or self.row_counts[name] != other.row_counts[name]:
                told.append(f"{name}: {only} rows differ, {self.row_counts[name]} and {other.row_counts[name]}")
        return told


def left(engine: sa.Engine) -> Left:
    """What stands in a hub's database after a night."""
    with engine.connect() as connection:
        told = {name: connection.exec_driver_sql(_figures(name)).scalars().all() for name in FIGURES}
        told |= {name: connection.exec_driver_sql(_records(name)).scalars().all() for name in load_contracts()}
        open_count = int(connection.exec_driver_sql(UNFINISHED).scalar_one())
    counts = {name: len(rows) for name, rows in told.items()}
    return Left({name: frozenset(rows) for name, rows in told.items()}, counts, open_count)


def _figures(table: str) -> str:
    without = " - ".join(f"'{name}'" for name in MOMENTS)
    return (
        f"select md5((to_jsonb(t) - {without})::text) from mart.{table} as t"  # noqa: S608 - names of ours
        " where publication_id = (select max(publication_id) from mart.publication)"
    )


def _records(record_type: str) -> str:
    key = ", ".join(f"t.{name}" for name in load_contracts()[record_type].key)
    told = f"t.insurer_id, {key}, t.content_hash, t.timeliness, t.deadline_on, t.is_withdrawn, t.superseded_at is null"
    return f"select md5(row({told})::text) from core.{record_type} as t"  # noqa: S608 - names of ours
