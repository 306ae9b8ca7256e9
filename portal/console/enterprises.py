"""一企一档: one enterprise with all that insurers reported of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console.errors import NotShown
from portal.console.paging import PAGE_ROWS, Page, page
from portal.console.publications import Publication
from portal.sql_text import statement


@dataclass(frozen=True)
class Registered:
    """What the register of enterprises that must insure says."""

    version_id: int
    enterprise_name: str
    region_code: str
    address_text: str | None
    high_risk_domain_code: str
    is_must_insure: bool
    must_insure_basis_text: str | None
    must_insure_from_date: dt.date | None
    must_insure_to_date: dt.date | None
    operation_status_code: str | None
    operation_status_date: dt.date | None
    employee_count: int | None
    employee_count_date: dt.date | None
    size_code: str | None
    risk_level_code: str | None
    regulator_dept_code: str | None


@dataclass(frozen=True)
class PolicyLine:
    """A policy of the enterprise as its current version says; its endorsements are told apart, in the timeline."""

    version_id: int
    insurer_id: str
    policy_no: str
    insured_name: str
    policy_status_code: str
    issue_date: dt.date | None
    cover_start_date: dt.date | None
    cover_end_date: dt.date | None
    termination_date: dt.date | None
    written_premium_amount: Decimal | None
    insured_person_count: int | None
    employee_count: int | None
    per_person_limit_amount: Decimal | None
    aggregate_limit_amount: Decimal | None
    is_coinsured: bool | None


@dataclass(frozen=True)
class Enterprise:
    """An enterprise; ``registered`` None: it is in no register, or not in the caller's part of it."""

    credit_code: str
    name: str | None
    registered: Registered | None
    policies: tuple[PolicyLine, ...]
    """Of the insurers that the caller may see, the newest first."""


@dataclass(frozen=True)
class Cover:
    """A policy on a day, its endorsements included."""

    version_id: int
    insurer_id: str
    policy_no: str
    is_in_force: bool
    is_lead: bool
    cover_start_date: dt.date | None
    last_day: dt.date | None
    insured_person_count: int | None
    employee_count: int | None
    per_person_limit_amount: Decimal | None
    aggregate_limit_amount: Decimal | None


@dataclass(frozen=True)
class OpenHazard:
    """A hazard that is not put right."""

    version_id: int
    record_key: str
    insurer_id: str
    policy_no: str | None
    hazard_status_code: str | None
    hazard_level_code: str | None
    rectify_deadline_date: dt.date | None
    is_overdue: bool
    description_text: str | None


@dataclass(frozen=True)
class Timeline:
    """A page of what happened, and how many events there are of each record type in all, whatever type is asked for."""

    page: Page
    counts: Mapping[str, int]


def enterprise(connection: sa.Connection, credit_code: str) -> Enterprise:
    """One enterprise by credit code. Raises NotShown where neither register nor policies show it to the caller."""
    code = {"credit_code": credit_code}
    row = connection.execute(statement("console/enterprise"), code).mappings().one_or_none()
    rows = connection.execute(statement("console/enterprise_policies"), code).mappings()
    policies = tuple(PolicyLine(**each) for each in rows)
    if row is None and not policies:
        raise NotShown("no such enterprise for the caller")
    registered = Registered(**row) if row else None
    name = registered.enterprise_name if registered else policies[0].insured_name
    return Enterprise(credit_code, name, registered, policies)


def covers(connection: sa.Connection, credit_code: str, publication: Publication) -> tuple[Cover, ...]:
    """Policies of an enterprise on a publication's day, as known at its moment; those in force first."""
    wanted = {"credit_code": credit_code, "as_of": publication.as_of, "known_at": publication.known_at}
    return tuple(Cover(**row) for row in connection.execute(statement("console/enterprise_cover"), wanted).mappings())


def open_hazards(connection: sa.Connection, credit_code: str, day: dt.date) -> tuple[OpenHazard, ...]:
    """Hazards of an enterprise that are not put right, the soonest deadline first; overdue on a day or not."""
    rows = connection.execute(statement("console/enterprise_hazards"), {"credit_code": credit_code, "as_of": day})
    return tuple(OpenHazard(**row) for row in rows.mappings())


def timeline(
    connection: sa.Connection, credit_code: str, *, record_type: str | None = None, after: str | None = None,
    limit: int = PAGE_ROWS,
) -> Timeline:  # fmt: skip
    """What happened to an enterprise, the newest first. Raises BadCursor.

    Values of a row: event (what happened), event_date, policy_no, code_list and code (which kind), amount in yuan, text.
    """
    anywhere = {"region_code": "__0000", "domain_code": "*", "insurer_id": "*", "since": None, "until": None}
    wanted = {**anywhere, "known_at": None, "credit_code": credit_code, "wanted_type": record_type}
    found = page(connection, "console/lists/timeline", wanted, after=after, limit=limit)
    counts = found.rows[0].values["counts"] if found.rows else {}
    return Timeline(found, counts)
