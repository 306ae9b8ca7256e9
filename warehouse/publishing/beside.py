"""A second session that computes a share of a publication's figures, seeing what the publication sees.

A publication is one transaction, and so one PostgreSQL process on one core. What the second session computes comes over by
COPY and is stored by the publication's own transaction: either all figures are there or none.
"""

from __future__ import annotations

import contextlib
import io
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Protocol

import sqlalchemy as sa

from schemas.errors import DefinitionError
from warehouse.database.copying import Lines, copy_lines
from warehouse.database.engine import driver
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import Definition

#: Of the second session: tables like those of mart that take figures.
SCHEMA = "pg_temp"
#: Who waits for a table that the publication has is waited for by the second session, and it by the publication: none would end.
LOCK_SECONDS = 10
TABLES = ("indicator_value", "indicator_exclusion", "indicator_bound")


class Compute(Protocol):
    """Stores the figures of a definition in the tables of a schema. Raises DefinitionError."""

    def __call__(self, connection: sa.Connection, definition: Definition, *, schema: str) -> None: ...


@dataclass(frozen=True)
class Computed:
    """The figures of one definition, by the table of mart that takes them, or why there are none."""

    definition: Definition
    rows: dict[str, Lines] | DefinitionError

    def store(self, connection: sa.Connection) -> None:
        """Store the figures. Raises DefinitionError, which says why there are none."""
        if isinstance(self.rows, DefinitionError):
            raise self.rows
        for table, lines in self.rows.items():
            copy_lines(connection, f"mart.{table}", lines)


class Share:
    """What the second session has computed and nobody has stored yet. State: a queue, which None ends."""

    def __init__(self) -> None:
        self.told: SimpleQueue[Computed | None] = SimpleQueue()

    def ready(self) -> Iterator[Computed]:
        """What is computed by now."""
        while not self.told.empty():
            if (each := self.told.get()) is None:
                self.told.put(None)  # for ``rest``
                return
            yield each

    def rest(self) -> Iterator[Computed]:
        """What is computed, and what will be."""
        return iter(self.told.get, None)


def taken(take: Callable[[], Definition]) -> Iterator[Definition]:
    """Definitions from one end of a queue, of which another session takes the other."""
    with contextlib.suppress(IndexError):
        while True:
            yield take()


@contextlib.contextmanager
def computing(
    connection: sa.Connection,
    beside: sa.Engine | None,
    waiting: deque[Definition],
    prepare: Callable[[sa.Connection], object],
    compute: Compute,
) -> Iterator[Share]:
    """Compute definitions in a session of ``beside`` while the block runs, taken from the end of ``waiting``; None: nothing.

    ``prepare`` is done first there; ``compute`` stores a definition's figures in the tables of a schema. The caller's
    transaction has written nothing that they read. Raises on leaving what ended the second session before its work.
    """
    share = Share()
    if beside is None:
        share.told.put(None)
        yield share
        return
    seen = connection.execute(sa.text("select pg_export_snapshot()")).scalar_one()

    def work() -> None:
        try:
            with beside.connect().execution_options(isolation_level="REPEATABLE READ") as own, own.begin():
                own.execute(sa.text(f"set transaction snapshot '{seen}'"))
                own.execute(sa.text(f"set local lock_timeout = '{LOCK_SECONDS}s'"))
                prepare(own)
                for table in TABLES:
                    own.execute(statement("publishing/publish/table_like", table=table))
                for definition in taken(waiting.pop):
                    share.told.put(_computed(own, definition, compute))
        finally:
            share.told.put(None)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside") as worker:
        done = worker.submit(work)
        try:
            yield share
        finally:
            waiting.clear()
        done.result()


def _computed(own: sa.Connection, definition: Definition, compute: Compute) -> Computed:
    try:
        with own.begin_nested():
            compute(own, definition, schema=SCHEMA)
            return Computed(definition, {table: _taken(own, table) for table in TABLES})
    except DefinitionError as error:
        return Computed(definition, error)


def _taken(own: sa.Connection, table: str) -> Lines:
    """The rows of a table of the second session, which is empty afterwards."""
    columns = own.execute(sa.text(f"select * from {SCHEMA}.{table} limit 0")).keys()  # noqa: S608 - a name of ours
    buffer = io.BytesIO()
    with driver(own).cursor() as cursor:
        cursor.copy_expert(f"copy {SCHEMA}.{table} to stdout (format csv)", buffer)
    own.execute(sa.text(f"truncate {SCHEMA}.{table}"))
    return Lines(tuple(columns), buffer.getvalue())
