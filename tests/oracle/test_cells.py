"""How a figure is shown: golden published figures, rounding, empty denominators, cells of a contribution."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.cells import Contribution, Meaning, half_up, periods, roll_up, show
from oracle.regions import resolve

GOLDEN = [
    ("G01", "1304", "1307", "99.77"),
    ("G02", "55", "57", "96.49"),
    ("G03", "25", "26", "96.15"),
    ("G04", "73", "89", "82.02"),
    ("G05", "177", "177", "100.00"),
    ("G06", "120", "1302", "9.22"),
    ("G07", "800", "850", "94.12"),
    ("G08", "1", "800", "0.13"),
    ("G09", "141.77", "1116.3", "12.70"),
    ("G10", "8500", "12997", "65.40"),
    ("ledger 1", "21.6", "120.0", "18.00"),
    ("ledger 2", "3.5", "85.0", "4.12"),
    ("ledger 3", "10.2", "60.0", "17.00"),
    ("ledger 4", "4.8", "50.0", "9.60"),
    ("ledger 5", "18.5", "95.0", "19.47"),
    ("ledger 6", "2.2", "40.0", "5.50"),
    ("ledger 7", "16.5", "100.0", "16.50"),
    ("third", "1", "3", "33.33"),
    ("two thirds", "2", "3", "66.67"),
    ("five eighths", "5", "8", "62.50"),
    ("just over the ceiling", "21001", "100000", "21.00"),
    ("more paid than taken", "3", "2", "150.00"),
    ("recovered more than paid", "-1", "800", "-0.13"),
]


@pytest.mark.parametrize(("case", "numerator", "denominator", "shown"), GOLDEN, ids=[g[0] for g in GOLDEN])
def test_published_figures_are_reproduced(case: str, numerator: str, denominator: str, shown: str) -> None:
    cell = show(Decimal(numerator), Decimal(denominator), "percent")
    assert cell.shown == Decimal(shown)
    assert cell.null_reason is None


def test_the_ceiling_is_compared_unrounded() -> None:
    over = show(Decimal(21_001), Decimal(100_000), "percent").value
    under = show(Decimal(20_999), Decimal(100_000), "percent").value
    assert over is not None
    assert under is not None
    assert under < Decimal("0.21") < over


def test_no_denominator_shows_nothing_and_says_why() -> None:
    assert show(Decimal(0), Decimal(0), "percent") == show(Decimal(0), Decimal(0), "yuan")
    assert show(Decimal(5), Decimal(0), "percent").null_reason == "zero_denominator"
    negative = show(Decimal(5), Decimal(-1), "percent")
    assert (negative.value, negative.shown, negative.null_reason) == (None, None, "negative_denominator")


@given(st.fractions(), st.integers(0, 12))
def test_half_up_is_the_nearest_and_ties_go_away_from_zero(value: Fraction, places: int) -> None:
    shown = half_up(value, places)
    error = abs(Fraction(shown) - value)
    assert error <= Fraction(1, 2 * 10**places)
    if error == Fraction(1, 2 * 10**places):
        assert abs(Fraction(shown)) > abs(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_half_up_agrees_with_the_decimal_module(value: Decimal) -> None:
    with localcontext(prec=60):
        assert half_up(Fraction(value), 2) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_periods_end_on_the_as_of_day() -> None:
    found = periods(dt.date(2024, 2, 29))
    assert found["month"].start == dt.date(2024, 2, 1)
    assert found["ytd"].start == dt.date(2024, 1, 1)
    assert found["rolling12"].start == dt.date(2023, 3, 1)
    assert all(p.end == dt.date(2024, 2, 29) for p in found.values())


def _row(region: str, domain: str | None = "20", insurer: str | None = "a", unit: str = "u") -> Contribution:
    return Contribution(unit, insurer, resolve(region), domain, Decimal(1), Decimal(1))


def test_a_mine_counts_under_its_kind_and_under_mines() -> None:
    sums = roll_up([_row("370102", "11")], Meaning("county", by_domain=True, by_insurer=False))
    assert {domain for _, domain, _ in sums} == {"*", "10", "11"}


def test_no_county_cell_has_both_sector_and_insurer() -> None:
    sums = roll_up([_row("370102")], Meaning("county", by_domain=True, by_insurer=True))
    assert ("370102", "20", "*") in sums
    assert ("370102", "*", "a") in sums
    assert ("370102", "20", "a") not in sums
    assert ("370100", "20", "a") in sums


def test_the_total_of_the_province_always_exists() -> None:
    assert roll_up([], Meaning("county", by_domain=True, by_insurer=True)) == {("370000", "*", "*"): (0, 0)}


def test_another_province_counts_nowhere() -> None:
    assert roll_up([_row("320214")], Meaning("county", by_domain=True, by_insurer=True)) == {
        ("370000", "*", "*"): (0, 0)
    }


def test_a_distinct_unit_counts_once_a_cell() -> None:
    rows = [_row("370102", insurer="a", unit="E1"), _row("370102", insurer="b", unit="E1")]
    sums = roll_up(rows, Meaning("province", by_domain=False, by_insurer=True, is_distinct=True))
    assert {key[2]: value[0] for key, value in sums.items()} == {"*": 1, "a": 1, "b": 1}


@pytest.mark.parametrize(
    ("code", "city", "county"),
    [
        ("370102", "370100", "370102"),
        ("370100", "370100", None),
        ("370201", "370200", None),
        ("370671", "370600", None),
        ("371202", "370100", "370116"),
        ("371200", "370100", None),
        ("370181", "370100", "370114"),
        ("370000", None, None),
    ],
)
def test_region_codes_count_where_the_domain_says(code: str, city: str | None, county: str | None) -> None:
    place = resolve(code)
    assert place is not None
    assert (place.city_code, place.county_code) == (city, county)


@pytest.mark.parametrize("code", ["379999", "320214", "370199", "370178x", ""])
def test_unknown_and_foreign_codes_count_nowhere(code: str) -> None:
    assert resolve(code) is None
