"""What a work list is, and how a page of one is read."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from portal.console import figures
from portal.console.lists.late import late_records
from portal.console.paging import PAGE_ROWS, Page, Row, page
from portal.console.publications import Publication
from portal.console.scope import Place, Scope
from portal.sql_text import statement, text_of
from schemas.yaml_files import Words

Kind = Literal[
    "text", "date", "moment", "count", "amount", "ratio", "code", "region", "insurer", "record_type", "rule", "state"
]
#: Days ahead that a policy is said to end soon, where nobody says otherwise.
SOON_DAYS = 30


@dataclass(frozen=True)
class Column:
    """A column of a list: which value, how it is shown, and its titles."""

    name: str
    kind: Kind
    zh: str
    en: str
    code_list: str | None = None
    """Of a code: the list that says it in words."""


@dataclass(frozen=True)
class WorkList:
    """A list with what is in it, and what is not, in words."""

    name: str
    zh: str
    en: str
    included: Words
    excluded: Words
    columns: tuple[Column, ...]
    cell: tuple[str, str] | None = None
    """Indicator code and period of the published cell whose records the list is of; None: of records themselves."""
    is_of_areas: bool = True
    """Whether its rows belong to an area: if not, only who sees all areas is shown the list."""
    dated: str | None = None
    """Name of the list's date, where a statement of its own gives more columns of the rows that are shown."""


@dataclass(frozen=True)
class Filters:
    """What a reader narrows a list to. A place is always said; the days are those of the list's own date."""

    place: Place
    since: dt.date | None = None
    until: dt.date | None = None
    days: int = SOON_DAYS
    """How many days ahead ``ending`` looks."""


@dataclass(frozen=True)
class ListPage:
    """A page of a list, or that the list has nothing to say to this caller about this place."""

    work_list: WorkList
    publication: Publication
    filters: Filters
    is_shown: bool
    """False: the caller sees no such list here. It is not empty: nobody counted."""
    page: Page = field(default_factory=lambda: Page(0, (), None))


def work_list(
    connection: sa.Connection, asked: WorkList, publication: Publication, asking: Scope, filters: Filters, *,
    after: str | None = None, limit: int = PAGE_ROWS,
) -> ListPage:  # fmt: skip
    """A page of a list as known at a publication's moment, beginning after a cursor. Raises BadCursor."""
    if not _is_shown(connection, asked, publication, asking, filters.place):
        return ListPage(asked, publication, filters, is_shown=False)
    place = filters.place
    wanted: dict[str, Any] = {
        "publication_id": publication.publication_id, "as_of": publication.as_of, "known_at": publication.known_at,
        "region_code": place.region_code, "domain_code": place.domain_code, "insurer_id": place.insurer_id,
        "since": filters.since, "until": filters.until, "days": filters.days,
    }  # fmt: skip
    if asked.cell:
        wanted |= {"code": asked.cell[0], "period_kind": asked.cell[1]}
    slots = {"cell": text_of("console/lists/cell"), "records": late_records()}
    with _without_loops(connection):
        found = page(connection, f"console/lists/{asked.name}", wanted, after=after, limit=limit, **slots)
    if asked.dated:
        found = dataclasses.replace(found, rows=_completed(connection, asked, wanted, found.rows))
    return ListPage(asked, publication, filters, is_shown=True, page=found)


def _completed(
    connection: sa.Connection, asked: WorkList, wanted: dict[str, Any], rows: tuple[Row, ...]
) -> tuple[Row, ...]:
    """The rows of a page with the columns that are looked up for them alone."""
    named = wanted | {
        "insurer_ids": [row.insurer_id for row in rows], "record_keys": [row.record_key for row in rows],
        "dates": [row.values[str(asked.dated)] for row in rows],
    }  # fmt: skip
    found = connection.execute(statement(f"console/lists/{asked.name}_more"), named).mappings()
    more = {each["row_key"]: dict(each) for each in found}
    return tuple(dataclasses.replace(row, values={**row.values, **more[row.row_key]}) for row in rows)


@contextlib.contextmanager
def _without_loops(connection: sa.Connection) -> Iterator[None]:
    connection.execute(statement("console/lists/plan"), {"allowed": "off"})
    yield
    connection.execute(statement("console/lists/plan"), {"allowed": "on"})


def _is_shown(
    connection: sa.Connection, asked: WorkList, publication: Publication, asking: Scope, place: Place
) -> bool:
    """Whether there is such a cell for the caller; whether what belongs to no area is shown to it."""
    if asked.cell:
        found = figures.figures(connection, publication, place, [asked.cell[0]])
        return any(figure.period_kind == asked.cell[1] for figure in found)
    return asked.is_of_areas or asking.sees_all_areas
