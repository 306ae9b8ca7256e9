"""A work list as it is asked for by page, file and API alike: which list, narrowed to what, from where on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Query

from portal.console.address import Short, View, day
from portal.console.in_words import InWords, in_words
from portal.console.lists import LISTS, Column, Filters, ListPage, WorkList, work_list
from portal.console.lists.work_list import SOON_DAYS
from portal.problems import Problem

LONGEST_DAYS = 366
Days = Annotated[int, Query(ge=0, le=LONGEST_DAYS)]


@dataclass(frozen=True)
class Narrowed:
    """What narrows a list besides publication and place, as an address says it."""

    since: str = ""
    until: str = ""
    days: int = SOON_DAYS


def narrowed(since: Short = "", until: Short = "", days: Days = SOON_DAYS) -> Narrowed:
    """Read an address."""
    return Narrowed(since, until, days)


Narrowing = Annotated[Narrowed, Depends(narrowed)]


def list_named(name: str) -> WorkList:
    """The list of a name. Raises Problem NOT-FOUND."""
    if name not in LISTS:
        raise Problem("NOT-FOUND")
    return LISTS[name]


def asked_list(
    connection: sa.Connection, asked: WorkList, view: View, narrowing: Narrowed, *, after: str | None = None,
    limit: int,
) -> ListPage:  # fmt: skip
    """Rows of a list as they are asked for. Raises BadCursor, Problem REQUEST-INVALID."""
    filters = Filters(view.place, day(narrowing.since), day(narrowing.until), narrowing.days)
    return work_list(connection, asked, view.publication, view.scope, filters, after=after, limit=limit)


def words_of(connection: sa.Connection, asked: WorkList, view: View, language: str) -> InWords:
    """The words that a list's rows and filters need."""
    lists = [*(column.code_list for column in asked.columns), "CL-DOMAIN"]
    return in_words(connection, lists, view.publication.as_of, language)


def credit_column(asked: WorkList) -> Column | None:
    """The column that names an enterprise, if a list has one."""
    return next((c for c in asked.columns if c.name in ("credit_code", "insured_credit_code")), None)


def conditions(view: View, narrowing: Narrowed, *, has_days: bool) -> Mapping[str, object]:
    """What a list was narrowed to, for the audit and for a file's own page."""
    told: dict[str, object] = {
        "publication": view.publication.publication_id, "region": view.place.region_code,
        "domain": view.place.domain_code, "insurer": view.place.insurer_id, "since": narrowing.since,
        "until": narrowing.until,
    }  # fmt: skip
    told |= {"days": narrowing.days} if has_days else {}
    return {name: value for name, value in told.items() if value not in ("", None)}
