"""Frozen months: the first figures of a month, kept for ever, and what later knowledge makes of them, beside it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from schemas.time_zone import SHANGHAI
from warehouse.database import release
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import load_definition, load_definitions
from warehouse.indicators.publication import Publication
from warehouse.landing.load_report import Versions
from warehouse.publishing.publish import NO_VERSIONS, find_publication, latest_publication, publish

_MONTH = re.compile(r"([1-9]\d{3})-(\d{2})(?:@(\d+))?")


class MonthOpen(ValueError):
    """Raised when a month is to be frozen that is not over yet."""


@dataclass(frozen=True)
class Frozen:
    """A month's figures: ``revision_no`` 0 is what was published first, 1, 2, ... are revisions of it."""

    month: dt.date
    """First day of the month."""
    revision_no: int
    publication: Publication
    frozen_at: dt.datetime
    frozen_by: str
    is_new: bool = False
    """Whether the call that answers with it has made it."""


@dataclass(frozen=True)
class FrozenCell:
    """One cell of a frozen month: first and latest figure; None where a cell was not published then."""

    month: dt.date
    revision_count: int
    indicator: str
    indicator_code: str
    indicator_name: str
    unit: str
    period_kind: str
    region_code: str
    region_name: str | None
    domain_code: str
    domain_name: str | None
    insurer_id: str
    insurer_name: str | None
    first_numerator: Decimal | None
    first_denominator: Decimal | None
    first_value: Decimal | None
    first_text: str
    first_is_provisional: bool | None
    latest_numerator: Decimal | None
    latest_denominator: Decimal | None
    latest_value: Decimal | None
    latest_text: str
    latest_is_provisional: bool | None
    first_is_small_sample: bool
    latest_is_small_sample: bool
    period_text: str
    is_revised: bool

    @property
    def difference(self) -> Decimal | None:
        """Latest minus first value; None when one of them has none."""
        if self.first_value is None or self.latest_value is None:
            return None
        return self.latest_value - self.first_value


def last_day(month: dt.date) -> dt.date:
    """The last day of the month that ``month`` lies in."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def freeze(
    connection: sa.Connection,
    month: dt.date,
    now: dt.datetime,
    by: str,
    *,
    expected: Iterable[tuple[str, str]],
    delivered_since: dt.datetime,
    versions: Versions = NO_VERSIONS,
) -> Frozen:
    """Publishes a month as of its last day, as known now, and keeps it as the month's first figures.

    A month that is frozen already keeps them: when any figure differs now, a revision is stored beside them, else
    the newest one answers. Works in the caller's transaction. Raises MonthOpen before the month's end in Shanghai, and
    DefinitionError for a definition with a mistake: a month is frozen whole.
    """
    month = month.replace(day=1)
    if now.astimezone(SHANGHAI).date() <= last_day(month):
        raise MonthOpen(f"{month:%Y-%m} is not over: it can be frozen from {last_day(month) + dt.timedelta(days=1)} on")
    release.hold(connection)
    newest = find_frozen(connection, month)
    if newest is not None and _is_current(connection, newest.publication.publication_id):
        return newest
    with connection.begin_nested() as attempt:
        since = delivered_since
        found = publish(
            connection, last_day(month), now, now, expected=expected, delivered_since=since, versions=versions,
            may_lack=False,
        )  # fmt: skip
        if newest is not None and not _differ(connection, newest.publication, found):
            attempt.rollback()
            return newest
    made = Frozen(month, newest.revision_no + 1 if newest else 0, found, now, by, is_new=True)
    _keep(connection, made)
    return made


def find_frozen(connection: sa.Connection, month: dt.date, revision_no: int | None = None) -> Frozen | None:
    """A month's newest revision, or the one of a number (0 = the first figures); None when there is none."""
    return next(iter(_frozen(connection, month.replace(day=1), revision_no)), None)


def frozen_months(connection: sa.Connection) -> list[dt.date]:
    """First days of all frozen months, oldest first."""
    return sorted({each.month for each in _frozen(connection)})


def figures(
    connection: sa.Connection,
    month: dt.date,
    *,
    indicators: Iterable[str] | None = None,
    period_kind: str | None = None,
    region_code: str | None = None,
    domain_code: str | None = "*",
    insurer_id: str | None = "*",
    only_revised: bool = True,
) -> list[FrozenCell]:
    """Cells of a frozen month with first and latest figures; None takes every value of a dimension."""
    wanted = {
        "month": month.replace(day=1),
        "indicators": None if indicators is None else [load_definition(name).indicator for name in indicators],
        "period_kind": period_kind,
        "region_code": region_code,
        "domain_code": domain_code,
        "insurer_id": insurer_id,
        "only_revised": only_revised,
    }
    return [FrozenCell(**row) for row in connection.execute(statement("publishing/frozen/figures"), wanted).mappings()]


def resolve_publication(connection: sa.Connection, name: str) -> Publication:
    """A publication by its id, ``latest``, ``2026-10`` (first figures of a month) or ``2026-10@1`` (a revision).

    Raises LookupError when there is none of that name.
    """
    if name == "latest":
        found = latest_publication(connection)
    elif name.isdecimal():
        return find_publication(connection, int(name))
    else:
        named = _named_month(name)
        if named is None:
            raise LookupError(f"{name} is no publication: write an id, `latest`, 2026-10 or 2026-10@1")
        frozen = find_frozen(connection, *named)
        found = frozen.publication if frozen else None
    if found is None:
        raise LookupError("no latest publication: anze publish" if name == "latest" else not_frozen(name))
    return found


def not_frozen(name: str) -> str:
    """What to do for a month that is not frozen, or a revision that is not there."""
    return f"{name} is no revision of it" if "@" in name else f"{name} is not frozen: anze publish --freeze {name}"


def parse_month(text: str) -> dt.date:
    """The first day of a month written ``2026-10``. Raises LookupError for anything else."""
    named = _named_month(text)
    if named is None or "@" in text:
        raise LookupError(f"{text} is no month: write 2026-10")
    return named[0]


def _named_month(text: str) -> tuple[dt.date, int] | None:
    """The month and the revision that a text names, if any."""
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return dt.date(int(found[1]), int(found[2]), 1), int(found[3] or 0)


def _frozen(connection: sa.Connection, month: dt.date | None = None, revision_no: int | None = None) -> list[Frozen]:
    rows = connection.execute(statement("publishing/frozen/find"), {"month": month, "revision_no": revision_no}).all()
    return [
        Frozen(r.month, r.revision_no, find_publication(connection, r.publication_id), r.frozen_at, r.frozen_by)
        for r in rows
    ]


def _is_current(connection: sa.Connection, publication_id: int) -> bool:
    definitions = load_definitions().values()
    wanted = {
        "publication_id": publication_id,
        "indicators": [d.indicator for d in definitions],
        "definition_versions": [d.version for d in definitions],
        "digests": [d.digest for d in definitions],
    }
    return bool(connection.execute(statement("publishing/frozen/is_current"), wanted).scalar_one())


def _differ(connection: sa.Connection, newest: Publication, found: Publication) -> bool:
    pair = {"publication_id": newest.publication_id, "other_id": found.publication_id}
    return bool(connection.execute(statement("publishing/frozen/differ"), pair).scalar_one())


def _keep(connection: sa.Connection, frozen: Frozen) -> None:
    row = {
        "month": frozen.month,
        "revision_no": frozen.revision_no,
        "publication_id": frozen.publication.publication_id,
        "frozen_at": frozen.frozen_at,
        "frozen_by": frozen.frozen_by,
    }
    connection.execute(statement("publishing/frozen/insert"), row)
