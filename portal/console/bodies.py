"""Pages of those who insure and serve: an insurer, an agency. Nothing here compares their business (rule R33)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console import figures
from portal.console.errors import NotShown
from portal.console.figures import Figure
from portal.console.publications import Publication
from portal.console.scope import Place
from portal.sql_text import statement


@dataclass(frozen=True)
class Branch:
    """A city branch of an insurer."""

    branch_code: str | None
    branch_region_code: str | None
    valid_from_date: dt.date | None
    valid_to_date: dt.date | None


@dataclass(frozen=True)
class Feed:
    """How one kind of records of an insurer stands at a publication."""

    record_type: str
    due_count: int | None
    """None where no deadline fell in the year."""
    on_time_count: int | None
    late_count: int | None
    shown_pct: Decimal | None
    is_missing: bool
    is_imbalanced: bool


@dataclass(frozen=True)
class Delivery:
    """A recent delivery of an insurer."""

    batch_id: int
    record_type: str
    channel: str
    received_at: dt.datetime
    state: str
    received_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    reason_text: str | None


@dataclass(frozen=True)
class Insurer:
    """An insurer by the register, with its figures of the place, its feeds and its last deliveries."""

    insurer_id: str
    insurer_name: str
    insurer_code: str
    credit_code: str | None
    feed_mode_code: str | None
    valid_from_date: dt.date | None
    valid_to_date: dt.date | None
    branches: tuple[Branch, ...]
    figures: tuple[Figure, ...]
    """None where the caller may not see its cells."""
    feeds: tuple[Feed, ...]
    deliveries: tuple[Delivery, ...]
    """Empty for accounts of an area: a delivery belongs to no area."""


@dataclass(frozen=True)
class AgencyWork:
    """Services of an agency for one insurer, by status, among those that the caller may see."""

    insurer_id: str
    service_status_code: str
    service_count: int
    person_times: int
    last_at: dt.datetime | None


@dataclass(frozen=True)
class Agency:
    """A technical service agency by the register, with its services."""

    agency_credit_code: str
    agency_name: str
    region_code: str | None
    qualification_list: str | None
    is_committee_member: bool | None
    expert_count: int | None
    restricted_from_date: dt.date | None
    restricted_to_date: dt.date | None
    version_id: int
    work: tuple[AgencyWork, ...]


def insurer(connection: sa.Connection, publication: Publication, insurer_id: str, region_code: str) -> Insurer:
    """One insurer in an area. Raises NotShown where the register has none."""
    wanted = {"insurer_id": insurer_id, "publication_id": publication.publication_id}
    row = connection.execute(statement("console/insurer"), wanted).mappings().one_or_none()
    if row is None:
        raise NotShown(f"no insurer {insurer_id}")
    branches = connection.execute(statement("console/branches"), {"insurer_code": row["insurer_code"]}).mappings()
    feeds = connection.execute(statement("console/feeds"), wanted).mappings()
    deliveries = connection.execute(statement("console/deliveries"), {"insurer_id": insurer_id}).mappings()
    return Insurer(
        **row, branches=tuple(Branch(**each) for each in branches),
        figures=figures.figures(connection, publication, Place(region_code, insurer_id=insurer_id)),
        feeds=tuple(Feed(**each) for each in feeds), deliveries=tuple(Delivery(**each) for each in deliveries),
    )  # fmt: skip


def agency(connection: sa.Connection, agency_credit_code: str) -> Agency:
    """One agency by credit code. Raises NotShown where the register has none."""
    wanted = {"agency_credit_code": agency_credit_code}
    row = connection.execute(statement("console/agency"), wanted).mappings().one_or_none()
    if row is None:
        raise NotShown("no such agency")
    work = connection.execute(statement("console/agency_work"), wanted).mappings()
    return Agency(**row, work=tuple(AgencyWork(**each) for each in work))
