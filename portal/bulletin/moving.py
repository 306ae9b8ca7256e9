"""Why the figures of a frozen month are others than a month before: the causes that the console tells, of the first figures."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.bulletin.facts import Edition, Figure, Moved
from portal.console.movement import movement
from portal.console.publications import Moment, Publication, chosen
from portal.console.scope import Place

#: What the database answers where this hub no longer brings a definition of then, or a cell is not there.
_NOT_THERE = "P0002"


def moved(
    connection: sa.Connection, earlier: Edition, later: Edition, place: Place, figures: tuple[Figure, ...]
) -> tuple[Moved, ...] | None:
    """The causes of each figure that both months have; None where a publication can no longer be explained."""
    before, after = (chosen(connection, Moment(publication_id=each.publication_id)) for each in (earlier, later))
    found: list[Moved] = []
    for figure in figures:
        try:
            with connection.begin_nested():
                found += _of(connection, before, after, place, figure)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != _NOT_THERE:
                raise
            return None
    return tuple(found)


def _of(
    connection: sa.Connection, before: Publication, after: Publication, place: Place, figure: Figure
) -> list[Moved]:
    parts = movement(connection, before, after, place, figure.code, figure.period_kind).parts
    return [Moved(figure.code, p.cause, p.record_count, p.numerator, p.denominator) for p in parts]
