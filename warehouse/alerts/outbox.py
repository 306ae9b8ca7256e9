"""Messages that wait to be sent: written with what they tell, tried until they are sent or given up.

The rate of a receiver is a bucket of tokens in the database: who holds its row is the only one who writes to it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from warehouse.database.statements import statement


@dataclass(frozen=True)
class Addressee:
    """Of whose records a receiver is told: an insurer's, an area's, or all; and as whom it acts."""

    role: str
    insurer_id: str | None = None
    region_code: str | None = None


@dataclass(frozen=True)
class Told:
    """An alert as one receiver is told of it: counts and sentences speak of its own records only."""

    alert_no: str
    kind: str
    scope: str
    insurer_id: str | None
    region_code: str | None
    level: str
    level_zh: str
    title_zh: str
    remedy_zh: str
    link: str
    reason: str
    record_count: int
    insurer_count: int
    entered_count: int
    left_count: int
    deadline_on: dt.date | None
    is_acknowledged: bool
    is_snoozed: bool
    is_escalated: bool
    is_escalated_now: bool
    is_mine: bool
    lines: Sequence[str]


@dataclass(frozen=True)
class Message:
    """A message that waits; ``content`` is what was told, in the words of no channel."""

    message_id: int
    dedupe_key: str
    level: str
    content: Mapping[str, Any]
    written_at: dt.datetime
    tries: int


@dataclass(frozen=True)
class Standing:
    """How a receiver stands: what was sent to it, what waits, what was given up, and why."""

    receiver: str
    sent_count: int
    waiting_count: int
    given_up_count: int
    last_sent_at: dt.datetime | None
    last_problem: str | None


def told(connection: sa.Connection, to: Addressee, since: dt.datetime) -> list[Told]:
    """The alerts of an addressee, the gravest first: open ones, and those of which records left since a moment."""
    wanted = {"role": to.role, "insurer_id": to.insurer_id, "region_code": to.region_code, "since": since}
    return [Told(**row) for row in connection.execute(statement("alerts/messages/told"), wanted).mappings()]


def last_written(connection: sa.Connection, receiver: str, kinds: Sequence[str]) -> dt.datetime | None:
    """When a receiver was last written to with a message of some kinds; the kind is the first part of its key."""
    wanted = {"receiver": receiver, "kinds": list(kinds)}
    found: dt.datetime | None = connection.execute(statement("alerts/messages/last"), wanted).scalar_one()
    return found


def write(
    connection: sa.Connection, dedupe_key: str, receiver: str, level: str, content: Mapping[str, Any], at: dt.datetime
) -> int | None:
    """Write a message in the caller's transaction; None where one of its key is there already."""
    row = {
        "dedupe_key": dedupe_key, "receiver": receiver, "level": level,
        "content": json.dumps(content, ensure_ascii=False), "at": at,
    }  # fmt: skip
    message_id: int | None = connection.execute(statement("alerts/messages/write"), row).scalar_one_or_none()
    return message_id


def due_receivers(connection: sa.Connection, at: dt.datetime) -> list[str]:
    """Receivers with messages that are due."""
    return [row.receiver for row in connection.execute(statement("alerts/messages/receivers"), {"at": at})]


def take_bucket(connection: sa.Connection, receiver: str, a_minute: int, at: dt.datetime) -> Decimal | None:
    """Lock a receiver until the transaction ends, and how many messages it may be sent now; None: another sender has it."""
    wanted = {"receiver": receiver, "a_minute": a_minute, "at": at}
    connection.execute(statement("alerts/messages/make_bucket"), wanted)
    tokens: Decimal | None = connection.execute(statement("alerts/messages/take_bucket"), wanted).scalar_one_or_none()
    return tokens


def keep_bucket(connection: sa.Connection, receiver: str, tokens: Decimal, at: dt.datetime) -> None:
    """Keep what is left of a bucket."""
    connection.execute(statement("alerts/messages/keep_bucket"), {"receiver": receiver, "tokens": tokens, "at": at})


def waiting(connection: sa.Connection, receiver: str, at: dt.datetime) -> list[Message]:
    """The messages of a receiver that are due, the oldest first."""
    rows = connection.execute(statement("alerts/messages/waiting"), {"receiver": receiver, "at": at})
    return [Message(**row) for row in rows.mappings()]


def settle(
    connection: sa.Connection, message_id: int, *, sent_at: dt.datetime | None = None,
    given_up_at: dt.datetime | None = None, next_try_at: dt.datetime | None = None, problem: str | None = None,
) -> None:  # fmt: skip
    """Keep what became of a message: sent, given up, or to be tried again."""
    row = {
        "message_id": message_id, "sent_at": sent_at, "given_up_at": given_up_at, "next_try_at": next_try_at,
        "problem": problem,
    }  # fmt: skip
    connection.execute(statement("alerts/messages/settle"), row)


def fold(connection: sa.Connection, message_ids: Sequence[int], into: int) -> None:
    """Keep that messages are told in another one."""
    connection.execute(statement("alerts/messages/fold"), {"message_ids": list(message_ids), "told_in": into})


def standing(connection: sa.Connection) -> list[Standing]:
    """How every receiver stands that was ever written to."""
    return [Standing(**row) for row in connection.execute(statement("alerts/messages/standing")).mappings()]
