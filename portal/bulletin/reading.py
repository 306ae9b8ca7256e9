"""A bulletin is read from schema ``report`` in one transaction that is the caller's own role: the database decides."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from portal.bulletin.facts import (
    CODES,
    HEADLINES,
    Area,
    Bulletin,
    Definition,
    Edition,
    Figure,
    Gap,
    Imbalance,
    MonthFigure,
    Moved,
    Part,
    Revision,
    Timeliness,
    months_before,
)
from portal.bulletin.moving import moved
from portal.console import names, scope
from portal.console.publications import Moment, chosen
from portal.console.scope import Place
from portal.look.formats import url
from portal.look.texts import texts
from portal.problems import Problem
from portal.sql_text import statement
from schemas.province import province

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Wanted:
    """Which bulletin: ``month`` is any day of it; ``revision_no`` None is the newest, ``place`` None the caller's own.

    ``base_address``: where people find the portal (scheme and host), ``platform_name`` how it calls itself.
    """

    month: dt.date
    revision_no: int | None = None
    place: Place | None = None
    base_address: str = ""
    platform_name: str = ""


def read(connection: sa.Connection, wanted: Wanted, language: str = "zh") -> Bulletin:
    """Read what the caller may see of a frozen month.

    Raises Problem NOT-FOUND, in ``language``: the month is not frozen, has no such revision, or no figure of the place is
    the caller's.
    """
    edition = _edition(connection, wanted, language)
    place = wanted.place or _own_place(connection, edition, language)
    values = {
        "codes": list(CODES), "publication_id": edition.publication_id, "as_of": edition.as_of, "month": edition.month,
        "first_publication_id": edition.first_publication_id, "since": months_before(edition.month)[0],
        **dataclasses.asdict(place),
    }  # fmt: skip
    figures = _rows(connection, "figures", values, Figure)
    if not figures:
        raise Problem("NOT-FOUND", _nothing_of(edition.month, language))
    return Bulletin(
        place=place,
        area=_rows(connection, "area", values, Area)[0],
        edition=edition,
        definitions=_rows(connection, "definitions", values, Definition),
        figures=figures,
        months=_rows(connection, "months", values, MonthFigure),
        moved=_moved(connection, edition, place, figures),
        parts=_parts(connection, values),
        timeliness=_rows(connection, "timeliness", values, Timeliness),
        imbalances=_rows(connection, "imbalances", values, Imbalance),
        gaps=_rows(connection, "gaps", values, Gap),
        revisions=_rows(connection, "revisions", values, Revision),
        insurer_names=_names(connection, edition),
        platform_name=wanted.platform_name or province().platform_name or _PLATFORM,
        address=_address(wanted.base_address, edition, place),
    )


def editions(connection: sa.Connection, month: dt.date) -> tuple[Edition, ...]:
    """All revisions of a frozen month, newest first; none where it is not frozen."""
    values = {"month": month.replace(day=1), "revision_no": None}
    rows = connection.execute(statement("bulletin/month"), values).mappings()
    return tuple(_as_edition(row) for row in rows)


def places(connection: sa.Connection, edition: Edition) -> tuple[Place, ...]:
    """The places of the caller's own right that the month has figures of, the widest first."""
    asking = scope.scope(connection)
    publication = chosen(connection, Moment(publication_id=edition.publication_id))
    return scope.homes(connection, publication, asking) if asking else ()


_PLATFORM = "安全生产责任保险一站式平台"


def _as_edition(row: sa.RowMapping) -> Edition:
    lists = {name: tuple(row[name]) for name in ("missing_feeds", "imbalanced_feeds")}
    return Edition(**{**row, **lists})


def _edition(connection: sa.Connection, wanted: Wanted, language: str) -> Edition:
    found = editions(connection, wanted.month)
    t, month = texts(language), f"{wanted.month:%Y-%m}"
    if not found:
        detail = t(
            f"{month} 的数据还没有固定，没有通报。月份结束后由平台管理员固定，固定之后再打开。",
            f"{month} is not frozen, so it has no bulletin: the platform freezes a month after its end.",
        )
        raise Problem("NOT-FOUND", detail)
    number = wanted.revision_no
    chosen = [each for each in found if number is None or each.revision_no == number]
    if not chosen:
        last = found[0].revision_no
        detail = t(
            f"{month} 没有第 {number} 次修订，最新的是第 {last} 次（0 为首次发布）。",
            f"{month} has no revision {number}: the newest is {last} (0 is what was published first).",
        )
        raise Problem("NOT-FOUND", detail)
    return chosen[0]


def _own_place(connection: sa.Connection, edition: Edition, language: str) -> Place:
    found = places(connection, edition)
    if not found:
        raise Problem("NOT-FOUND", _nothing_of(edition.month, language))
    return found[0]


def _nothing_of(month: dt.date, language: str) -> str:
    return texts(language)(
        f"{month:%Y-%m} 没有这个范围的数据，或者不在当前账号的权限内。",
        f"{month:%Y-%m} has no figures of this place, or they are not this account's.",
    )


def _moved(
    connection: sa.Connection, edition: Edition, place: Place, figures: tuple[Figure, ...]
) -> tuple[Moved, ...] | None:
    """Why the first figures moved since the month before; of what counts from the year's start not over new year."""
    earlier = editions(connection, months_before(edition.month)[-1])
    if not earlier:
        return None
    told = ("as_of",) if edition.month.month == 1 else HEADLINES
    known = _rows(
        connection,
        "figures",
        {"codes": list(CODES), "publication_id": earlier[0].publication_id, **dataclasses.asdict(place)},
        Figure,
    )
    cells = {(figure.code, figure.period_kind) for figure in known}
    both = tuple(f for f in figures if f.period_kind in told and (f.code, f.period_kind) in cells)
    return moved(connection, earlier[0], edition, place, both)


def _parts(connection: sa.Connection, values: Mapping[str, Any]) -> tuple[Part, ...]:
    """Areas below the place. One without a figure is among them: it has none, and is not left out."""
    rows = connection.execute(statement("bulletin/parts"), values).mappings().all()
    found = []
    for (code, name), group in itertools.groupby(rows, lambda row: (row["region_code"], row["region_name"])):
        found.append(Part(code, name, tuple(Figure(**row) for row in group if row["code"] is not None)))
    return tuple(found) if any(part.figures for part in found) else ()


def _names(connection: sa.Connection, edition: Edition) -> tuple[tuple[str, str], ...]:
    """Names of the insurers that the bulletin speaks of: (id, name)."""
    named = {feed.partition("/")[0] for feed in (*edition.missing_feeds, *edition.imbalanced_feeds)}
    return tuple(pair for pair in sorted(names.insurers(connection).items()) if pair[0] in named)


def _rows(connection: sa.Connection, name: str, values: Mapping[str, Any], kind: type[_Kind]) -> tuple[_Kind, ...]:
    return tuple(kind(**row) for row in connection.execute(statement(f"bulletin/{name}"), values).mappings())


def _address(base: str, edition: Edition, place: Place) -> str:
    """Where the portal shows the same bulletin to a reader with the same right."""
    return url(
        f"{base}/console/bulletin/{edition.month:%Y-%m}", revision=str(edition.revision_no), region=place.region_code,
        domain=None if place.domain_code == "*" else place.domain_code,
        insurer=None if place.insurer_id == "*" else place.insurer_id,
    )  # fmt: skip
