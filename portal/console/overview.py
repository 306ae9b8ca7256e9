"""The first page: how are we, what is missing, what needs me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from portal.console import figures, names
from portal.console.figures import Definition, Figure, MonthFigure
from portal.console.lists import LISTS, Filters, work_list
from portal.console.publications import Publication
from portal.console.scope import Place, Scope
from portal.sql_text import statement
from schemas.yaml_files import Words

#: What may need somebody, by code, in words.
NEEDS = {
    "alerts": Words(zh="待处理的预警", en="Open alerts"),
    "awaiting": Words(zh="等待决定的批次", en="Deliveries that await a decision"),
    "stuck": Words(zh="无法处理的批次", en="Deliveries that cannot be judged"),
    "held": Words(zh="被隔离、尚未更正的行", en="Rows held back"),
    "orphans": Words(zh="缺上级的记录", en="Records that name what has not come"),
    "hazards_overdue": Words(zh="逾期未整改的重大隐患", en="Major hazards past their deadline"),
    "uncovered": Words(zh="应保未保企业", en="Must insure, not insured"),
    "low_limit": Words(zh="限额低于最低标准的保单", en="Limit below the minimum"),
}


@dataclass(frozen=True)
class Headline:
    """A main indicator of a place, with the month before the publication's."""

    definition: Definition
    figure: Figure | None
    """None: the publication has no such figure of the place, or it is not the caller's; see the publication's gaps."""
    month_before: MonthFigure | None
    change: Decimal | None
    """Of the value, not times 100; None where one of both has none."""
    is_better: bool | None
    """Whether the change is in the wanted direction; None where there is no direction or no change."""


@dataclass(frozen=True)
class Timeliness:
    """How timely an insurer's records were, this year until the as-of day; ``*`` is all insurers."""

    insurer_id: str
    insurer_name: str
    due_count: int
    on_time_count: int
    late_count: int
    undetermined_count: int
    shown_pct: Decimal | None


@dataclass(frozen=True)
class Gap:
    """An indicator that a publication lacks, and why."""

    indicator: str
    indicator_name: str
    reason: str


@dataclass(frozen=True)
class Missing:
    """What a publication lacks: feeds that had not come, feeds that do not balance, indicators."""

    feeds: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(insurer, its name, record types that had not come)."""
    imbalanced: tuple[tuple[str, str, tuple[str, ...]], ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Need:
    """Something that needs somebody; ``count`` None: the account is not shown it, nobody counted."""

    code: str
    count: int | None
    has_list: bool
    """Whether ``code`` is the name of a work list; else the alerts, or the deliveries in that state are meant."""

    @property
    def words(self) -> Words:
        return NEEDS[self.code]


@dataclass(frozen=True)
class Overview:
    """All of the first page but the parts below a place, which ``figures.parts_below`` gives for one indicator."""

    publication: Publication
    place: Place
    headlines: tuple[Headline, ...]
    timeliness: tuple[Timeliness, ...]
    missing: Missing
    needs: tuple[Need, ...]


def overview(connection: sa.Connection, publication: Publication, asking: Scope, place: Place) -> Overview:
    """The first page of a place."""
    heads = headlines(connection, publication, place)
    return Overview(
        publication, place, heads, timeliness(connection, publication), missing(connection, publication),
        needs(connection, publication, asking, place),
    )  # fmt: skip


def headlines(connection: sa.Connection, publication: Publication, place: Place) -> tuple[Headline, ...]:
    """The main indicators by code: those that are no variant of another. Each in its first period."""
    main = [d for d in figures.definitions(connection, publication) if d.variant_of is None]
    found = figures.figures(connection, publication, place, [d.code for d in main])
    return tuple(_headline(connection, publication, place, d, found) for d in main)


def timeliness(connection: sa.Connection, publication: Publication) -> tuple[Timeliness, ...]:
    """Timeliness of every insurer that the caller may see, over all record types; all together first."""
    wanted = {"publication_id": publication.publication_id}
    return tuple(Timeliness(**row) for row in connection.execute(statement("console/timeliness"), wanted).mappings())


def missing(connection: sa.Connection, publication: Publication) -> Missing:
    """What a publication lacks."""
    known = names.insurers(connection)
    gaps = connection.execute(statement("console/gaps"), {"publication_id": publication.publication_id}).mappings()
    return Missing(
        _by_insurer(publication.missing_feeds, known), _by_insurer(publication.imbalanced_feeds, known),
        tuple(Gap(**row) for row in gaps),
    )  # fmt: skip


def needs(connection: sa.Connection, publication: Publication, asking: Scope, place: Place) -> tuple[Need, ...]:
    """What needs somebody: deliveries as they stand now, work lists at the publication's moment."""
    counted = _lacking(connection, publication, place)
    for name in ("held", "orphans", "hazards_overdue"):
        found = work_list(connection, LISTS[name], publication, asking, Filters(place), limit=1)
        counted[name] = found.page.total if found.is_shown else None
    counted["alerts"] = connection.execute(statement("console/open_alerts")).scalar_one()
    if asking.sees_all_areas:
        rows = connection.execute(statement("console/needs"), {"insurer_id": place.insurer_id})
        counted |= {"awaiting": 0, "stuck": 0} | dict(rows.all())
    return tuple(Need(code, counted.get(code), code in LISTS) for code in NEEDS)


def _headline(
    connection: sa.Connection, publication: Publication, place: Place, definition: Definition, found: Sequence[Figure]
) -> Headline:
    figure = next((f for f in found if f.indicator_code == definition.code), None)
    if figure is None or figure.period_kind is None:
        return Headline(definition, None, None, None, None)
    before = _month_before(connection, publication, place, figure)
    change = None
    if before and before.value is not None and figure.value is not None:
        change = figure.value - before.value
    return Headline(definition, figure, before, change, _is_better(definition.direction, change))


def _month_before(
    connection: sa.Connection, publication: Publication, place: Place, figure: Figure
) -> MonthFigure | None:
    """The figure at the end of the month before the publication's."""
    this = publication.as_of.replace(day=1)
    series = figures.trend(connection, place, figure.indicator_code, str(figure.period_kind), months=24)
    return next((m for m in reversed(series) if m.month < this), None)


def _is_better(direction: str, change: Decimal | None) -> bool | None:
    if not change or direction not in ("higher_is_better", "lower_is_better"):
        return None
    return (change > 0) == (direction == "higher_is_better")


def _lacking(connection: sa.Connection, publication: Publication, place: Place) -> dict[str, int | None]:
    """How many units a cell's numerator lacks of its denominator, by the list that shows them."""
    counted: dict[str, int | None] = {}
    for figure in figures.figures(connection, publication, place, ["I1", "I1c"]):
        lacking = (figure.denominator or 0) - (figure.numerator or 0)
        counted["uncovered" if figure.indicator_code == "I1" else "low_limit"] = int(lacking)
    return counted


def _by_insurer(feeds: Sequence[str], known: Mapping[str, str]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    grouped: dict[str, list[str]] = {}
    for feed in feeds:
        insurer_id, _, record_type = feed.partition("/")
        grouped.setdefault(insurer_id, []).append(record_type)
    return tuple((each, known.get(each, each), tuple(types)) for each, types in sorted(grouped.items()))
