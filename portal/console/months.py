"""Months: where each one's figures come from, and those that are frozen with their revisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console.errors import NotShown
from portal.console.scope import Place
from portal.sql_text import statement


@dataclass(frozen=True)
class Month:
    """A month, and where its figures come from; ``frozen_at`` None: it is not frozen."""

    month: dt.date
    source: str
    publication_id: int | None
    as_of: dt.date
    known_at: dt.datetime
    is_complete: bool
    frozen_at: dt.datetime | None
    revision_count: int | None
    is_provisional: bool | None
    """Whether the first figures were provisional."""


@dataclass(frozen=True)
class Revision:
    """The first figures of a month, number 0, or a revision of them."""

    revision_no: int
    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    frozen_at: dt.datetime
    frozen_by: str
    is_provisional: bool


@dataclass(frozen=True)
class FrozenFigure:
    """A figure of a frozen month, as it was first and as it is now."""

    indicator_code: str
    indicator_name: str
    period_kind: str
    period_text: str
    first_text: str | None
    first_numerator: Decimal | None
    first_denominator: Decimal | None
    first_is_provisional: bool | None
    latest_text: str | None
    latest_numerator: Decimal | None
    latest_denominator: Decimal | None
    is_revised: bool
    region_name: str | None


def months(connection: sa.Connection) -> tuple[Month, ...]:
    """Every month with figures, the newest first."""
    return tuple(Month(**row) for row in connection.execute(statement("console/months")).mappings())


def revisions(connection: sa.Connection, month: dt.date) -> tuple[Revision, ...]:
    """The first figures of a frozen month and its revisions. Raises NotShown for a month that is not frozen."""
    rows = connection.execute(statement("console/revisions"), {"month": month}).mappings()
    found = tuple(Revision(**row) for row in rows)
    if not found:
        raise NotShown(f"{month} is not frozen")
    return found


def frozen_figures(connection: sa.Connection, month: dt.date, place: Place) -> tuple[FrozenFigure, ...]:
    """Figures of a frozen month in one place."""
    wanted = {
        "month": month, "region_code": place.region_code, "domain_code": place.domain_code, "insurer_id": place.insurer_id,
    }  # fmt: skip
    return tuple(
        FrozenFigure(**row) for row in connection.execute(statement("console/frozen_figures"), wanted).mappings()
    )
