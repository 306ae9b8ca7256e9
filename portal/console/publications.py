"""Which publication a page speaks of, so that the same address shows the same figures to the next reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.console.errors import NotPublished
from portal.sql_text import statement


@dataclass(frozen=True)
class Publication:
    """One publication, as ``report.publication`` shows it to the caller."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    published_at: dt.datetime
    is_provisional: bool
    missing_insurers: tuple[str, ...]
    """Insurers of whom something had not come; the caller's own only, for an account of one insurer."""
    missing_feeds: tuple[str, ...]
    """``insurer/record type`` of each."""
    imbalanced_feeds: tuple[str, ...]
    """Feeds whose deliveries do not agree with what was declared."""
    expected_count: int
    delivered_count: int
    ruleset_version: str
    calendar_version: str


@dataclass(frozen=True)
class Moment:
    """What an address says of the publication: its number, or a day and what was known when. All empty: the newest."""

    publication_id: int | None = None
    as_of: dt.date | None = None
    known_at: dt.datetime | None = None
    """The newest publication that knows nothing later is chosen."""


NEWEST = Moment()


def chosen(connection: sa.Connection, moment: Moment = NEWEST) -> Publication:
    """The publication that a moment means. Raises NotPublished."""
    found = publications(connection, moment, limit=1)
    if not found:
        raise NotPublished(f"no publication for {moment}")
    return found[0]


def publications(connection: sa.Connection, moment: Moment = NEWEST, *, limit: int = 100) -> tuple[Publication, ...]:
    """Publications that a moment allows, the newest first."""
    wanted = {"publication_id": moment.publication_id, "as_of": moment.as_of, "known_at": moment.known_at}
    rows = connection.execute(statement("console/publications"), {**wanted, "row_count": limit}).mappings()
    return tuple(_publication(dict(row)) for row in rows)


def _publication(row: dict[str, Any]) -> Publication:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Publication(**{**row, **lists})


def before(connection: sa.Connection, publication: Publication) -> Publication | None:
    """The newest publication of an earlier day, to compare with; None before the second one."""
    earlier = Moment(known_at=publication.known_at)
    return next((p for p in publications(connection, earlier) if p.as_of < publication.as_of), None)
