"""Finding an enterprise, policy, agency or insurer by what a person types: a beginning, or a whole number."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.sql_text import statement

#: Sorts behind every character, byte by byte.
_LAST = "\U0010ffff"
FEWEST_CHARACTERS = 2


@dataclass(frozen=True)
class Hit:
    """Something found: what page it has, the key of that page, and how a person knows it."""

    kind: str
    """enterprise, policy, agency or insurer."""
    key: str
    """Credit code, or policy number, or insurer id."""
    insurer_id: str | None
    """Of a policy: numbers are an insurer's own."""
    title: str
    region_code: str | None
    version_id: int | None
    """Of a policy: its current version."""


@dataclass(frozen=True)
class Found:
    """What was found, and whether there is more than is shown."""

    hits: tuple[Hit, ...]
    is_cut: bool


def search(connection: sa.Connection, text: str, *, limit: int = 20) -> Found:
    """What begins with a text: names of enterprises and insured, credit codes, policy numbers, agencies, insurers.

    A beginning, not a part: it is a range of an index, which row security leaves quick. Fewer than two characters find
    nothing.
    """
    begins = text.strip()
    if len(begins) < FEWEST_CHARACTERS or "\0" in begins:
        return Found((), is_cut=False)
    wanted = {"begins": begins, "upper": begins.upper(), "row_count": limit + 1}
    bounds = {"ends": begins + _LAST, "upper_ends": begins.upper() + _LAST}
    rows = connection.execute(statement("console/search"), wanted | bounds).mappings()
    hits = [Hit(**row) for row in rows]
    return Found(tuple(hits[:limit]), is_cut=len(hits) > limit)
