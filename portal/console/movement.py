"""Why a figure moved between two publications: the records that came, left and changed, adding up to the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from portal.console.behind import cell_figure
from portal.console.figures import Figure
from portal.console.paging import PAGE_ROWS, Page, page
from portal.console.publications import Publication
from portal.console.scope import Place
from portal.sql_text import statement, text_of
from schemas.yaml_files import Words

#: Why a record's part in a cell is another one than before, in the order in which a page tells them.
CAUSES: Mapping[str, Words] = MappingProxyType(
    {
        "arrived": Words(zh="其间新报送", en="arrived in between"),
        "corrected": Words(zh="其间有更正", en="corrected in between"),
        "judging": Words(
            zh="重新判定(工作日历、延期或平台停机)", en="judged again: the calendar, an extension, an outage of the hub"
        ),
        "entered": Words(
            zh="以前已报送,现在计入(统计期推移或相关记录变化)",
            en="known before, counts now: the period moved, or what it names",
        ),
        "left": Words(
            zh="不再计入(统计期推移、撤销或相关记录变化)", en="counts no more: the period moved, or it was withdrawn"
        ),
        "linked": Words(zh="本身未变,相关记录或统计期变化", en="the same record; what it names or the period changed"),
        "rest": Words(zh="其他(去重或口径变化)", en="others: units counted once, or the definition"),
    }
)


@dataclass(frozen=True)
class Part:
    """What one cause adds to numerator and denominator, and how many records are behind it."""

    cause: str
    record_count: int
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class Movement:
    """A cell in two publications and the parts of its difference: sums of the parts are exactly what it moved by."""

    before: Figure
    after: Figure
    parts: tuple[Part, ...]


def movement(
    connection: sa.Connection, earlier: Publication, later: Publication, place: Place, code: str, period_kind: str
) -> Movement:
    """Why a cell moved. Raises NotShown where one of the publications has no such cell for the caller."""
    before = cell_figure(connection, earlier, place, code, period_kind)
    after = cell_figure(connection, later, place, code, period_kind)
    query = statement("console/movement_parts", **_slots())
    rows = connection.execute(query, _wanted(earlier, later, place, code, period_kind)).mappings()
    parts = [Part(**row) for row in rows]
    return Movement(before, after, tuple(sorted([*parts, *_rest(before, after, parts)], key=_order)))


def moved_records(
    connection: sa.Connection, earlier: Publication, later: Publication, place: Place, code: str, period_kind: str, *,
    cause: str | None = None, after: str | None = None, limit: int = PAGE_ROWS,
) -> Page:  # fmt: skip
    """Records whose part changed, the largest change first. Raises BadCursor.

    Values of a row: cause, unit, numerator and denominator before, after and the change.
    """
    wanted = _wanted(earlier, later, place, code, period_kind) | {"cause": cause}
    return page(connection, "console/lists/moved", wanted, after=after, limit=limit, **_slots())


def _rest(before: Figure, after: Figure, parts: list[Part]) -> list[Part]:
    numerator = (after.numerator or 0) - (before.numerator or 0) - sum(part.numerator for part in parts)
    denominator = (after.denominator or 0) - (before.denominator or 0) - sum(part.denominator for part in parts)
    return [Part("rest", 0, Decimal(numerator), Decimal(denominator))] if numerator or denominator else []


def _order(part: Part) -> int:
    return list(CAUSES).index(part.cause)


def _slots() -> dict[str, str]:
    cell = text_of("console/lists/cell")
    sides = {side: cell.replace(":publication_id", f":{side}_id") for side in ("earlier", "later")}
    return {"moved": text_of("console/lists/moved_cells", **sides)}


def _wanted(earlier: Publication, later: Publication, place: Place, code: str, period_kind: str) -> dict[str, Any]:
    return {
        "earlier_id": earlier.publication_id, "later_id": later.publication_id, "earlier_known_at": earlier.known_at,
        "known_at": later.known_at, "code": code, "period_kind": period_kind, "region_code": place.region_code,
        "domain_code": place.domain_code, "insurer_id": place.insurer_id, "since": None, "until": None,
    }  # fmt: skip
