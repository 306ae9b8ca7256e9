"""A publication as a fact, and the feeds that it expects: what figures of any moment are told with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.database.statements import statement


@dataclass(frozen=True)
class Publication:
    """One set of published figures; the same (as_of, known_at) is published once."""

    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    published_at: dt.datetime
    is_provisional: bool
    missing_insurers: tuple[str, ...]
    missing_feeds: tuple[str, ...]
    """``insurer_id/record_type`` of every expected feed that was not delivered."""
    imbalanced_feeds: tuple[str, ...]
    """``insurer_id/record_type`` of every expected feed with a delivery that does not add up, see warehouse.publishing.imbalance."""
    expected_count: int
    delivered_count: int
    missing_indicators: tuple[str, ...] = ()
    """Indicators whose definition has a mistake; ``gaps`` says which."""


def judge_feeds(
    connection: sa.Connection, known_at: dt.datetime, feeds: list[tuple[str, str]], delivered_since: dt.datetime
) -> None:
    """Fills the temporary table ``expected_feed``: which of the feeds were delivered by ``known_at``."""
    connection.execute(sa.text("drop table if exists pg_temp.expected_feed"))
    connection.execute(
        statement("indicators/expected_feeds"),
        {
            "insurer_ids": [insurer_id for insurer_id, _ in feeds],
            "record_types": [record_type for _, record_type in feeds],
            "delivered_since": delivered_since,
            "known_at": known_at,
        },
    )
