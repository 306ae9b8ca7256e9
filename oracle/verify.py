"""The whole check of an installation: books (B1), replay (B2), indicators (B3). A check that could not run failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from oracle import books, published
from oracle.indicators import Progress, silent
from oracle.landed import Read
from oracle.layout import Definitions
from oracle.replay import ReplayReport, replay


@dataclass(frozen=True)
class VerifyReport:
    """The figures that ``anze verify`` prints. ``not_run`` names checks that had nothing to check or could not read it.

    ``told`` are lines of what is as it should be and yet worth knowing: cells that nobody checked independently.
    """

    unaccounted_rows: int
    stuck_batches: int
    rows_replayed: int
    replay_differences: int
    cells_compared: int
    cells_differing: int
    details: tuple[str, ...]
    not_run: tuple[str, ...] = ()
    cells_unchecked: int = 0
    batches_refused: int = 0
    """Batches of which nothing was taken, each with its coded reason; they are never opened."""
    told: tuple[str, ...] = ()
    links_broken: int = 0
    """Entries of the ledger that do not agree; the caller walks it, since it is no figure."""

    @property
    def is_good(self) -> bool:
        """True only when every check ran and found nothing."""
        return not self.finding_count

    @property
    def finding_count(self) -> int:
        """All that was found, and the checks that could not run."""
        return (
            self.unaccounted_rows
            + self.stuck_batches
            + self.replay_differences
            + self.cells_differing
            + self.links_broken
            + len(self.not_run)
        )


def verify(
    connection: sa.Connection,
    read: Read,
    definitions: Definitions,
    publication_id: int | None = None,
    *,
    now: dt.datetime | None = None,
    progress: Progress = silent,
) -> VerifyReport:
    """Check everything from the database and the landed bytes; ``publication_id`` None = the last one.

    ``definitions``: digest, or insurer_id -> ``dataclasses.asdict`` of a definition. ``now`` = the hub's clock, for stuck batches.
    Reads one snapshot of the database; a load that ends meanwhile does not disturb it.
    """
    with connection.begin_nested() if connection.in_transaction() else connection.begin():
        if not connection.in_nested_transaction():
            connection.execute(sa.text("set transaction isolation level repeatable read read only"))
        publication = published.find(connection, publication_id)
        replayed = replay(
            connection,
            read,
            definitions,
            _part(progress, 0.0, 0.6),
        )
        balance = books.check(connection, replayed.recounts, now)
        figures = published.Comparison(0, ())
        if publication is not None and not replayed.unread:
            known_at = publication.known_at
            records, verdicts = replayed.at(known_at), replayed.verdicts_at(known_at)
            replayed.forget()
            figures = published.compare(connection, publication, records, verdicts, _part(progress, 0.6, 1.0))
    return VerifyReport(
        unaccounted_rows=balance.unaccounted_rows,
        stuck_batches=balance.stuck_batches,
        rows_replayed=replayed.rows,
        replay_differences=len(replayed.differences),
        cells_compared=figures.compared,
        cells_differing=len(figures.differing),
        details=(*balance.details, *replayed.differences, *figures.differing),
        not_run=tuple(_not_run(publication_id, publication, replayed)),
        cells_unchecked=figures.unchecked,
        batches_refused=balance.refused_batches,
        told=figures.lines,
    )


def _not_run(
    publication_id: int | None, publication: published.Publication | None, replayed: ReplayReport
) -> list[str]:
    missing = ["B2: nothing was delivered yet"] if replayed.rows == 0 and not replayed.unread else []
    if replayed.unread:
        missing.append(
            f"B3: 指标未核对 figures not compared, since batches cannot be replayed: {_numbers(replayed.unread)}"
        )
    if publication is None:
        missing.append(
            "B3: nothing was published yet" if publication_id is None else f"B3: no publication {publication_id}"
        )
    return missing


def _numbers(batch_ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(batch_ids)))


def _part(progress: Progress, start: float, end: float) -> Callable[[str, float], None]:
    return lambda what, share: progress(what, start + (end - start) * share)
