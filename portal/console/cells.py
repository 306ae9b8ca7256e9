"""Every cell of an indicator in a publication, page by page, for those who take figures along."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.console.errors import BadCursor
from portal.console.figures import PUBLISHED_CELLS, Figure
from portal.console.publications import Publication
from portal.sql_text import statement, text_of


@dataclass(frozen=True)
class Only:
    """What a reader narrows cells to; empty is all of a kind, ``*`` the cell that stands for all."""

    region_code: str = ""
    domain_code: str = ""
    insurer_id: str = ""
    period_kind: str = ""


def cells(
    connection: sa.Connection, publication: Publication, code: str, only: Only, *, after: str | None = None, limit: int
) -> tuple[int, list[Figure], str | None]:
    """How many cells there are, some of them by area, sector, insurer and period, and where the next page begins.

    Raises BadCursor.
    """
    place = ["", "", "", ""] if after is None else after.split("|")
    if len(place) != 4:
        raise BadCursor("a cursor of cells has four parts")
    wanted = {
        "publication_id": publication.publication_id, "codes": [code], **vars(only), "is_first": after is None,
        "after_region": place[0], "after_domain": place[1], "after_insurer": place[2], "after_period": place[3],
        "row_count": limit + 1,
    }  # fmt: skip
    rows = [
        dict(row)
        for row in connection.execute(statement("console/cells", cells=text_of(PUBLISHED_CELLS)), wanted).mappings()
    ]
    total = rows[0]["total"] if rows else 0
    found = [
        Figure(**{n: v for n, v in row.items() if n != "total"})
        for row in rows[:limit]
        if row["period_kind"] is not None
    ]
    return total, found, _cursor(found[-1]) if len(rows) > limit else None


def _cursor(figure: Figure) -> str:
    return "|".join((figure.region_code, figure.domain_code, figure.insurer_id, str(figure.period_kind)))
