"""From a cell to its records: those that it counts, and those that it left out with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console.errors import BadCursor, NotShown
from portal.console.figures import Figure, figures
from portal.console.paging import PAGE_ROWS, Page, decode, read
from portal.console.publications import Publication
from portal.console.scope import Place
from portal.sql_text import statement
from schemas.yaml_files import Words
from warehouse.indicators.reasons import EXCLUSIONS

#: Where a cursor of these records stands: how many come before.
_PLACE = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Behind:
    """A page of the records behind a cell.

    Values of a row: unit, business_date, numerator, denominator, exclusion, batch_id, row_no, received_at, channel,
    file_names, file_sha256s.
    """

    figure: Figure
    page: Page


@dataclass(frozen=True)
class LeftOut:
    """How many records an indicator left out for one reason, of one insurer (``*``: of a register)."""

    insurer_id: str
    insurer_name: str
    reason: str
    record_count: int
    numerator_text: str
    denominator_text: str
    numerator: Decimal
    denominator: Decimal

    @property
    def words(self) -> Words:
        """The reason in words."""
        return reason_words(self.reason)


def reason_words(code: str) -> Words:
    """Why a record was left out, in words; the code itself where nothing says more."""
    return EXCLUSIONS.get(code) or Words(zh=code, en=code)


def behind(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str, *,
    counted: bool | None = None, after: str | None = None, limit: int = PAGE_ROWS,
) -> Behind:  # fmt: skip
    """Records that count in a cell, the largest first; ``counted`` True: in its numerator, False: not in it.

    Raises NotShown where there is no such cell for the caller, BadCursor.
    """
    shown = {"is_left_out": False, "counted": counted, "reason": None}
    return _behind(connection, publication, place, code, period_kind, shown, after, limit)


def left_out_records(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str, *,
    reason: str | None = None, after: str | None = None, limit: int = PAGE_ROWS,
) -> Behind:  # fmt: skip
    """Records that an indicator left out in a period; of the whole province for who sees it all, else of the cell.

    Raises NotShown where there is no such cell for the caller, BadCursor.
    """
    shown = {"is_left_out": True, "counted": None, "reason": reason}
    return _behind(connection, publication, place, code, period_kind, shown, after, limit)


def left_out(connection: sa.Connection, publication: Publication, code: str, period_kind: str) -> tuple[LeftOut, ...]:
    """What an indicator left out in the province, by insurer and reason; the caller's own insurer's only, if it has one."""
    wanted = {"publication_id": publication.publication_id, "code": code, "period_kind": period_kind}
    return tuple(LeftOut(**row) for row in connection.execute(statement("console/left_out"), wanted).mappings())


def cell_figure(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str
) -> Figure:
    """One published cell. Raises NotShown where there is none for the caller."""
    for figure in figures(connection, publication, place, [code]):
        if figure.period_kind == period_kind:
            return figure
    raise NotShown(f"no cell {code} {period_kind} {place} in publication {publication.publication_id}")


def _behind(
    connection: sa.Connection, publication: Publication, place: Place, code: str, period_kind: str,
    shown: Mapping[str, object], after: str | None, limit: int,
) -> Behind:  # fmt: skip
    if after and not _PLACE.fullmatch(decode(after)[0]):
        raise BadCursor("a place in this list is a number")
    wanted = {
        "publication_id": publication.publication_id, "code": code, "period_kind": period_kind,
        "region_code": place.region_code, "domain_code": place.domain_code, "insurer_id": place.insurer_id, **shown,
    }  # fmt: skip
    found = read(connection, statement("console/behind"), wanted, after=after, limit=limit)
    return Behind(cell_figure(connection, publication, place, code, period_kind), found)
