"""Extensions 延期: granted and revoked by a named person; what is in their scope is judged again at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipeline.hub import Hub
from schemas.errors import NotFound, SetupError
from schemas.regions import region_name
from warehouse.database.engine import database_errors
from warehouse.landing import extensions
from warehouse.landing.extensions import Extension, Grant
from warehouse.loading import again
from warehouse.loading.again import Change


@dataclass(frozen=True)
class Moved:
    """An extension that was granted or revoked, and the verdicts that it changed.

    ``late_before`` verdicts had been late when it was granted: what it forgives is the past.
    """

    extension: Extension
    changes: tuple[Change, ...]

    @property
    def late_before(self) -> int:
        return sum(each.verdict_count for each in self.changes if each.old_timeliness == "late")


def grant(hub: Hub, wanted: Grant, now: dt.datetime) -> Moved:
    """Grant an extension and judge again what is in its scope. Raises SetupError for a scope that makes no sense."""
    _require_sense(wanted)
    with database_errors("granting an extension"), hub.engine.begin() as connection:
        moment = again.hold(connection, now)
        extension_no = again.next_no(connection)
        extensions.keep(connection, extension_no, wanted, moment)
        cause = again.Cause("extension", extension_no, wanted.granted_by)
        changes = again.judge_again(connection, cause, moment)
        (found,) = extensions.listed(connection, extension_no=extension_no)
    return Moved(found, tuple(changes))


def revoke(hub: Hub, extension_no: int, reason: str, by: str, now: dt.datetime) -> Moved:
    """Revoke an extension and judge again what it moved. Raises NotFound, and SetupError for one that was revoked."""
    with database_errors("revoking an extension"), hub.engine.begin() as connection:
        moment = again.hold(connection, now)
        found = extensions.listed(connection, extension_no=extension_no)
        if not found:
            raise NotFound(f"没有延期 there is no extension {extension_no}: anze extension list")
        if found[0].revoked_at is not None:
            raise SetupError(f"延期 {extension_no} 已由 {found[0].revoked_by} 撤销 was revoked already")
        extensions.end(connection, extension_no, reason, by, moment)
        changes = again.judge_again(connection, again.Cause("revocation", extension_no, by), moment)
        (after,) = extensions.listed(connection, extension_no=extension_no)
    return Moved(after, tuple(changes))


def listed(hub: Hub, insurer_id: str | None = None) -> list[Extension]:
    """Extensions, the newest first."""
    with database_errors("reading extensions"), hub.engine.connect() as connection:
        return extensions.listed(connection, insurer_id=insurer_id)


def _require_sense(wanted: Grant) -> None:
    """Raise SetupError for what the database would refuse, in words."""
    if (wanted.extra_days is None) == (wanted.until_on is None):
        raise SetupError("延期多少 how much: 写 --days 或 --until 之一 write one of --days and --until")
    scope = (wanted.city_code, wanted.record_keys, wanted.events_from, wanted.events_to)
    if not any(scope):
        raise SetupError("延期范围 the scope: 写 --city、--keys、--events-from 或 --events-to write one of them")
    if not (wanted.until_on or wanted.events_to or wanted.record_keys):
        raise SetupError("延期没有止期 it has no end: 写 --events-to、--until 或 --keys write one of them")
    if wanted.events_from and wanted.events_to and wanted.events_from > wanted.events_to:
        raise SetupError(f"起止颠倒 --events-from {wanted.events_from} is after --events-to {wanted.events_to}")
    city = wanted.city_code
    if city is not None and (not city.endswith("00") or city.endswith("0000") or region_name(city) is None):
        raise SetupError(f"{city} 不是市 is no city: write its six digits, like 370200")
    for said, name in ((wanted.reason, "--reason"), (wanted.granted_by, "--by")):
        if not said.strip():
            raise SetupError(f"{name} 为空 is empty: an extension has a named person and a reason")
