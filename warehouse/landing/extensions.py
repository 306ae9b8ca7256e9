"""Extensions of deadlines, as a person granted and revoked them: rows that are never rewritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.database.statements import statement


@dataclass(frozen=True)
class Grant:
    """What an extension gives to whom: records of one insurer and type (``*`` = all), by city, keys or days of events.

    ``extra_days`` working days more, or no deadline before ``until_on``: one of both. An end is a part of it: ``until_on``,
    ``events_to`` or the keys themselves.
    """

    insurer_id: str
    record_type: str
    reason: str
    granted_by: str
    extra_days: int | None = None
    until_on: dt.date | None = None
    city_code: str | None = None
    record_keys: tuple[str, ...] | None = None
    events_from: dt.date | None = None
    events_to: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Extension(Grant):
    """An extension as it stands; ``verdict_count`` verdicts are by it now."""

    extension_no: int
    granted_at: dt.datetime
    revoked_at: dt.datetime | None
    revoked_by: str | None
    revoke_reason: str | None
    verdict_count: int


def keep(connection: sa.Connection, extension_no: int, grant: Grant, moment: dt.datetime) -> None:
    """Keep a grant, known from a moment on."""
    row = {**vars(grant), "extension_no": extension_no, "granted_at": moment}
    row["record_keys"] = None if grant.record_keys is None else list(grant.record_keys)
    connection.execute(statement("landing/extensions/grant"), row)


def end(connection: sa.Connection, extension_no: int, reason: str, by: str, moment: dt.datetime) -> None:
    """Keep that an extension was revoked."""
    row = {"extension_no": extension_no, "reason": reason, "revoked_by": by, "revoked_at": moment}
    connection.execute(statement("landing/extensions/revoke"), row)


def listed(
    connection: sa.Connection, *, extension_no: int | None = None, insurer_id: str | None = None
) -> list[Extension]:
    """Extensions, the newest first."""
    asked = {"extension_no": extension_no, "insurer_id": insurer_id}
    return [_extension(row) for row in connection.execute(statement("landing/extensions/list"), asked).mappings()]


def _extension(row: sa.RowMapping) -> Extension:
    said: dict[str, Any] = dict(row)
    said["record_keys"] = None if row["record_keys"] is None else tuple(row["record_keys"])
    return Extension(**said)
