"""What a bulletin says, as frozen dataclasses: figures come with the text that the database rounded."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TypeVar

from portal.console.scope import Place

_Kind = TypeVar("_Kind")
#: The five indicators that a bulletin tells, in this order.
CODES = ("I1", "I2", "I3", "I4", "I5")
#: The periods of the figure that comes first: as of the last day, or from the start of the year.
HEADLINES = ("as_of", "ytd")


@dataclass(frozen=True)
class Area:
    """The area of a place: level province, city or county; how many areas of the next level it has."""

    region_name: str
    region_level: str
    part_count: int


@dataclass(frozen=True)
class Edition:
    """One revision of a frozen month, and what its publication lacked. Feeds are written ``insurer/record type``."""

    month: dt.date
    revision_no: int
    publication_id: int
    as_of: dt.date
    known_at: dt.datetime
    frozen_at: dt.datetime
    is_provisional: bool
    ruleset_version: str | None
    calendar_version: str | None
    missing_feeds: tuple[str, ...]
    imbalanced_feeds: tuple[str, ...]
    expected_count: int
    delivered_count: int
    first_publication_id: int


@dataclass(frozen=True)
class Definition:
    """What an indicator means; ``target`` is a ratio (0-1), None where the register of thresholds has none."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    direction: str
    definition_version: int
    numerator_zh: str
    denominator_zh: str
    population_zh: str
    source_document: str
    target: Decimal | None = None
    target_source: str | None = None


@dataclass(frozen=True)
class Figure:
    """One published cell of the month."""

    code: str
    period_kind: str
    period_start: dt.date
    period_end: dt.date
    region_code: str
    region_name: str
    domain_name: str | None
    insurer_name: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    numerator_text: str
    denominator_text: str
    value: Decimal | None
    shown_pct: Decimal | None
    shown_text: str
    null_reason: str | None
    is_small_sample: bool
    is_provisional: bool
    completeness: Decimal | None


@dataclass(frozen=True)
class MonthFigure:
    """The same indicator, period and place in an earlier month; ``source``: frozen, published or computed."""

    month: dt.date
    source: str
    code: str
    period_kind: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    shown_text: str
    is_provisional: bool


@dataclass(frozen=True)
class Part:
    """An area below the place, and its figures by indicator."""

    region_code: str
    region_name: str
    figures: tuple[Figure, ...]

    def figure(self, code: str) -> Figure | None:
        """Its figure of an indicator; None where there is none."""
        return next((each for each in self.figures if each.code == code), None)


@dataclass(frozen=True)
class Timeliness:
    """How many records of an insurer were due this year, and came in time."""

    insurer_id: str
    insurer_name: str
    due_count: int
    on_time_count: int
    late_count: int
    undetermined_count: int
    shown_pct: Decimal | None


@dataclass(frozen=True)
class Imbalance:
    """Deliveries of a feed that do not add up: ``kind`` is held, declared or rejected."""

    insurer_id: str
    record_type: str
    kind: str
    delivery_count: int
    open_row_count: int


@dataclass(frozen=True)
class Gap:
    """An indicator that the publication lacks."""

    code: str
    name_zh: str
    reason: str


@dataclass(frozen=True)
class Revision:
    """A cell that moved since the first figures; ``*_of`` is numerator / denominator."""

    code: str
    period_kind: str
    region_code: str
    region_name: str
    first_text: str
    first_of: str
    latest_text: str
    latest_of: str


@dataclass(frozen=True)
class Moved:
    """What one cause adds to a figure from a month to the next: records behind it, numerator and denominator."""

    code: str
    cause: str
    record_count: int
    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True)
class Bulletin:
    """Everything that the bulletin of a month says of a place to the account that asked."""

    place: Place
    area: Area
    edition: Edition
    definitions: tuple[Definition, ...]
    figures: tuple[Figure, ...]
    months: tuple[MonthFigure, ...]
    moved: tuple[Moved, ...] | None
    """Causes of the change in a month; None where the month before is not frozen, or can't be explained any more."""
    parts: tuple[Part, ...]
    timeliness: tuple[Timeliness, ...]
    imbalances: tuple[Imbalance, ...]
    gaps: tuple[Gap, ...]
    revisions: tuple[Revision, ...]
    insurer_names: tuple[tuple[str, str], ...] = field(repr=False)
    platform_name: str = ""
    address: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of every figure told, hexadecimal: two bulletins with the same one say the same."""
        said = {name: value for name, value in asdict(self).items() if name not in ("platform_name", "address")}
        return hashlib.sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True, default=_written).encode()
        ).hexdigest()

    @property
    def file_stem(self) -> str:
        """A file name without its ending: ``bulletin-2026-10-370000`` (``-r1`` for a revision)."""
        parts = ["bulletin", f"{self.edition.month:%Y-%m}", self.place.region_code]
        parts += [part for part in (self.place.domain_code, self.place.insurer_id) if part != "*"]
        return "-".join(parts) + (f"-r{self.edition.revision_no}" if self.edition.revision_no else "")

    def definition(self, code: str) -> Definition:
        """The definition of an indicator. Raises StopIteration for one that is none of the five."""
        return next(each for each in self.definitions if each.code == code)

    def headline(self, code: str) -> Figure | None:
        """The figure of an indicator that comes first."""
        return _first(each for each in self.figures if each.code == code and each.period_kind in HEADLINES)

    def before(self, figure: Figure) -> MonthFigure | None:
        """The same figure a month before; None where there is none, and in January of what counts from the year's start."""
        if figure.period_kind == "ytd" and self.edition.month.month == 1:
            return None
        last = (self.edition.month - dt.timedelta(days=1)).replace(day=1)
        return _first(m for m in self.months if m.month == last and _same(m, figure))

    def series(self, figure: Figure) -> tuple[tuple[dt.date, MonthFigure | None], ...]:
        """The eleven months before, oldest first, and of each the same indicator and period; None where there is none."""
        known = {month.month: month for month in self.months if _same(month, figure)}
        return tuple((month, known.get(month)) for month in months_before(self.edition.month))


def months_before(month: dt.date) -> tuple[dt.date, ...]:
    """First days of the eleven months before a month, oldest first."""
    last = month.year * 12 + month.month - 1
    return tuple(dt.date(number // 12, number % 12 + 1, 1) for number in range(last - 11, last))


def _same(month: MonthFigure, figure: Figure) -> bool:
    return (month.code, month.period_kind) == (figure.code, figure.period_kind)


def _first(found: Iterable[_Kind]) -> _Kind | None:
    return next(iter(found), None)


def _written(value: object) -> str:
    """A value of a digest: moments in UTC, whatever the session's time zone."""
    return (value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value).__str__()
