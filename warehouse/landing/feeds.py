"""Feeds (an insurer and a record type): cursors (watermarks), last deliveries, receipts of files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.delivery import Delivery
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing.receipts import declared
from warehouse.landing.store import digest_of


@dataclass(frozen=True)
class SenderState:
    """Where a sender stands; ``in_time_count`` of its ``feed_count`` expected feeds were received lately."""

    insurer_id: str
    feed_count: int
    in_time_count: int
    last_received_at: dt.datetime | None
    oldest_fresh_at: dt.datetime | None
    waiting_count: int
    oldest_waiting_at: dt.datetime | None
    stuck_count: int
    stuck_batch_id: int | None
    awaiting_count: int
    held_count: int
    refused_batch_id: int | None


@dataclass(frozen=True)
class FeedState:
    """Where a feed stands; ``collected_until`` None = the next collect takes everything.

    ``last_received_at`` is the last delivery, ``last_fresh_at`` the last that brought news: a new or changed record, or a
    complete answer that there is none.
    """

    insurer_id: str
    record_type: str
    collected_until: dt.datetime | None
    moved_at: dt.datetime | None
    batch_count: int
    last_received_at: dt.datetime | None
    last_fresh_at: dt.datetime | None
    pending_count: int


def cursor(engine: sa.Engine, insurer_id: str, record_type: str) -> dt.datetime | None:
    """Up to where in source time a feed was collected; None for a feed that never was."""
    values = {"insurer_id": insurer_id, "record_type": record_type}
    with database_errors("reading a cursor"), engine.connect() as connection:
        value: dt.datetime | None = connection.execute(statement("landing/feeds/cursor"), values).scalar_one_or_none()
    return value


def reset_cursor(
    engine: sa.Engine, insurer_id: str, record_type: str, value: dt.datetime | None, moved_at: dt.datetime
) -> None:
    """Set a feed's cursor, back too; None makes the next collect take everything."""
    values = {"insurer_id": insurer_id, "record_type": record_type}
    name = "landing/feeds/forget_cursor" if value is None else "landing/feeds/reset_cursor"
    with database_errors("resetting a cursor"), engine.begin() as connection:
        connection.execute(statement(name), {**values, "value": value, "moved_at": moved_at})


def states(engine: sa.Engine, insurer_id: str | None = None) -> list[FeedState]:
    """List where feeds stand, of one insurer or all."""
    with database_errors("reading feeds"), engine.connect() as connection:
        rows = connection.execute(statement("landing/feeds/states"), {"insurer_id": insurer_id}).all()
    return [FeedState(**row._asdict()) for row in rows]


def senders(engine: sa.Engine, expected: Iterable[tuple[str, str]], since: dt.datetime) -> list[SenderState]:
    """List where senders stand, against the (insurer id, record type) that are expected; lately is from ``since`` on."""
    feeds = list(expected)
    values = {"insurer_ids": [i for i, _ in feeds], "record_types": [name for _, name in feeds], "since": since}
    with database_errors("reading senders"), engine.connect() as connection:
        rows = connection.execute(statement("landing/feeds/senders"), values).all()
    return [SenderState(**row._asdict()) for row in rows]


def has_receipt(engine: sa.Engine, delivery: Delivery, reason_text: str | None = None) -> bool:
    """Whether this very file, name and bytes, was acknowledged to its feed before, and the verdict would be the same.

    ``reason_text``: why it is refused as it stands; another reason than before is news.
    """
    (payload,) = delivery.payloads
    values = {
        **declared(delivery),
        "insurer_id": delivery.insurer_id,
        "record_type": delivery.record_type,
        "name": payload.name,
        "sha256": digest_of(payload),
        "reason_text": reason_text,
    }
    with database_errors("reading receipts"), engine.connect() as connection:
        return connection.execute(statement("landing/feeds/has_receipt"), values).scalar_one_or_none() is not None
