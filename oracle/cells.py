"""Contributions of records, their sum in cells, and how a cell is shown; exact decimals throughout."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal, NamedTuple

from oracle import province
from oracle.regions import Place

ALL = "*"
ZERO, ONE = Decimal(0), Decimal(1)
#: Sums and products of amounts never come near this many digits, so that decimal arithmetic is exact.
EXACT_DIGITS = 80
#: A cell's sums are kept to as many decimals as its value.
DECIMALS = 12

PeriodKind = Literal["as_of", "month", "ytd", "rolling12"]
Depth = Literal["province", "city", "county"]
Unit = Literal["percent", "count", "days", "yuan"]


class Contribution(NamedTuple):
    """What one record adds. ``insurer_id`` None = a register's row; ``exclusion`` names why it counts nowhere."""

    unit: str
    insurer_id: str | None
    place: Place | None
    domain_code: str | None
    numerator: Decimal
    denominator: Decimal
    exclusion: str | None = None


class CellKey(NamedTuple):
    """Grain of a published figure; ``*`` = all."""

    indicator: str
    period_kind: PeriodKind
    region_code: str
    domain_code: str
    insurer_id: str


@dataclass(frozen=True)
class Cell:
    """One figure: ``value`` has 12 decimals, ``shown`` two, in the unit of its indicator; both None with a reason."""

    numerator: Decimal
    denominator: Decimal | None
    value: Decimal | None
    shown: Decimal | None
    null_reason: str | None


class Exclusion(NamedTuple):
    """Rows left out of an indicator for one reason."""

    indicator: str
    period_kind: PeriodKind
    insurer_id: str
    reason: str


@dataclass(frozen=True)
class Meaning:
    """Where an indicator may be shown: how deep by area, by domain, by insurer, and how it is counted."""

    depth: Depth
    by_domain: bool
    by_insurer: bool
    unit: Unit = "percent"
    is_distinct: bool = False


@dataclass(frozen=True)
class Period:
    """Both days included."""

    kind: PeriodKind
    start: dt.date
    end: dt.date

    def __contains__(self, day: dt.date | None) -> bool:
        return day is not None and self.start <= day <= self.end


def periods(as_of: dt.date) -> dict[PeriodKind, Period]:
    """The four periods that end on the as-of day."""
    return {
        "as_of": Period("as_of", as_of, as_of),
        "month": Period("month", as_of.replace(day=1), as_of),
        "ytd": Period("ytd", as_of.replace(month=1, day=1), as_of),
        "rolling12": Period("rolling12", year_before(as_of) + dt.timedelta(days=1), as_of),
    }


def year_before(day: dt.date) -> dt.date:
    """The same day twelve months earlier; 29 February becomes 28 February."""
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


def half_up(value: Fraction, places: int) -> Decimal:
    """Round once, from the exact quotient, half away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    with localcontext(prec=EXACT_DIGITS):
        return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def show(numerator: Decimal, denominator: Decimal, unit: Unit) -> Cell:
    """The cell of two sums. A denominator of zero or below gives no value, and says why."""
    numerator, denominator = _rounded_sum(numerator), _rounded_sum(denominator)
    if unit == "count":
        exact = Fraction(numerator)
        return Cell(numerator, None, half_up(exact, DECIMALS), half_up(exact, 2), None)
    if denominator <= 0:
        reason = "zero_denominator" if denominator == 0 else "negative_denominator"
        return Cell(numerator, denominator, None, None, reason)
    quotient = Fraction(numerator) / Fraction(denominator)
    shown = half_up(quotient * (100 if unit == "percent" else 1), 2)
    return Cell(numerator, denominator, half_up(quotient, DECIMALS), shown, None)


def _rounded_sum(total: Decimal) -> Decimal:
    exponent = total.as_tuple().exponent
    is_long = isinstance(exponent, int) and exponent < -DECIMALS
    return half_up(Fraction(total), DECIMALS) if is_long else total


Sums = dict[tuple[str, str, str], tuple[Decimal, Decimal]]
"""(region, domain, insurer) -> (sum of numerators, sum of denominators)."""


def roll_up(rows: Iterable[Contribution], meaning: Meaning) -> Sums:
    """Sum the rows that count in every cell that the meaning allows; the province's total is always there."""
    counted = [row for row in rows if exclusion(row) is None]
    with localcontext(prec=EXACT_DIGITS):
        return (_distinct_sums if meaning.is_distinct else _plain_sums)(counted, meaning)


def exclusion(row: Contribution) -> str | None:
    """Why a row counts nowhere: its own reason, else that it lies outside the province."""
    if row.exclusion is not None:
        return row.exclusion
    return None if row.place is not None and row.place.province_code == province.code() else "outside_province"


def _plain_sums(rows: list[Contribution], meaning: Meaning) -> Sums:
    grain: dict[tuple[Place | None, str | None, str | None], tuple[Decimal, Decimal]] = {}
    for row in rows:
        base = (row.place, row.domain_code, row.insurer_id)
        numerator, denominator = grain.get(base, (ZERO, ZERO))
        grain[base] = (numerator + row.numerator, denominator + row.denominator)
    sums: Sums = {(province.code(), ALL, ALL): (ZERO, ZERO)}
    for base, (numerator, denominator) in grain.items():
        for key in _cell_keys(*base, meaning):
            before = sums.get(key, (ZERO, ZERO))
            sums[key] = (before[0] + numerator, before[1] + denominator)
    return sums


def _distinct_sums(rows: list[Contribution], meaning: Meaning) -> Sums:
    units: dict[tuple[str, str, str], dict[str, tuple[Decimal, Decimal]]] = {(province.code(), ALL, ALL): {}}
    for row in rows:
        for key in _cell_keys(row.place, row.domain_code, row.insurer_id, meaning):
            of_cell = units.setdefault(key, {})
            before = of_cell.get(row.unit, (row.numerator, row.denominator))
            of_cell[row.unit] = (max(before[0], row.numerator), max(before[1], row.denominator))
    return {
        key: (sum((n for n, _ in found.values()), ZERO), sum((d for _, d in found.values()), ZERO))
        for key, found in units.items()
    }


def _cell_keys(
    place: Place | None, domain: str | None, insurer: str | None, meaning: Meaning
) -> Iterator[tuple[str, str, str]]:
    if place is None:
        return
    domains = [ALL, *_domains(domain)] if meaning.by_domain else [ALL]
    insurers = [ALL, insurer] if meaning.by_insurer and insurer is not None else [ALL]
    county = place.county_code if meaning.depth == "county" else None
    city = None if meaning.depth == "province" else place.city_code
    wide = [province.code(), city] if city else [province.code()]
    yield from itertools.product(wide, domains, insurers)
    if county:
        yield from ((county, d, i) for d, i in itertools.product(domains, insurers) if ALL in (d, i))


def _domains(domain: str | None) -> list[str]:
    if domain is None:
        return []
    return [domain, "10"] if domain in {"11", "12"} else [domain]
