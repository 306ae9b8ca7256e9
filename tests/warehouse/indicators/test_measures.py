"""How numbers are read: one wording in Python and in SQL, units and names beside every figure, small samples apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import get_args

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.indicators.catalogue import PeriodKind, load_definition, load_definitions
from warehouse.indicators.explain import PublishedCell, show
from warehouse.indicators.measures import change_text, load_units, number_text, period_text
from warehouse.publishing.publish import publish

AS_OF, KNOWN_AT = dt.date(2026, 11, 20), dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
YUAN, ENTERPRISE, DAY = (load_units()[name] for name in ("yuan", "enterprise", "day"))


def publish_now(connection: sa.Connection) -> None:
    publish(connection, AS_OF, KNOWN_AT, KNOWN_AT, expected=[], delivered_since=KNOWN_AT)


def figure(connection: sa.Connection, code: str, period: str, **place: str) -> PublishedCell:
    (found,) = show(connection, indicators=[code], period_kind=period, **place)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number_text(Decimal(36500), YUAN), "36,500.00 元"),
        (number_text(Decimal("0.005"), YUAN), "0.01 元"),
        (number_text(Decimal("-0.005"), YUAN), "-0.01 元"),
        (number_text(Decimal("1304.00"), ENTERPRISE), "1,304 家"),
        (number_text(Decimal(280_800), DAY, 86_400), "3.25 天"),
        (change_text(Decimal(-500), YUAN), "-500.00 元"),
        (change_text(Decimal(3), ENTERPRISE), "+3 家"),
        (change_text(Decimal("0.00"), YUAN), "0"),
    ],
)
def test_a_number_is_read_in_its_unit_rounded_half_up_once(text: str, expected: str) -> None:
    assert text == expected


@given(
    number=st.decimals(-(10**15), 10**15, places=12),
    unit=st.sampled_from(sorted(load_units())),
    per=st.sampled_from([1, 86_400]),
    kind=st.sampled_from(get_args(PeriodKind)),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_sql_says_what_the_command_line_says(
    connection: sa.Connection, number: Decimal, unit: str, per: int, kind: PeriodKind
) -> None:
    query = (
        "select core.shown_number(core.half_up(:number, :per, :decimals), :decimals, :unit),"
        " core.period_text(:kind, '2026-01-01', '2026-11-20')"
    )
    known = load_units()[unit]
    told = {"number": number, "per": per, "decimals": known.decimals, "unit": known.zh, "kind": kind}
    shown = connection.execute(sa.text(query), told).one()
    start = dt.date(2026, 1, 1)
    assert tuple(shown) == (number_text(number, known, per), period_text(kind, start, AS_OF))


def test_every_figure_of_the_view_carries_units_names_and_its_period(connection: sa.Connection, load) -> None:
    """The same texts in the view as on the command line, for each indicator that has a cell."""
    load("insurer", [{"insurer_code": "LICHUN", "insurer_name": "立春财险", "branch_code": "B1"}])
    load("enterprise", [{"credit_code": "E1"}])
    load("policy", [{"policy_no": "P1"}])
    load("hazard", [{"hazard_no": "H1", "hazard_status_code": "30", "verified_at": "2026-06-04T18:00:00+08:00"}])
    load("service_record", [{"service_no": "V1"}])
    publish_now(connection)
    query = "select * from report.indicator_latest where (domain_code, insurer_id) in (('20', 'lichun'), ('*', '*'))"
    for row in connection.execute(sa.text(query)).mappings():
        d = load_definition(row["indicator"])
        assert row["numerator_text"] == d.numerator_text(row["numerator"])
        assert (row["denominator_text"] or "") == d.denominator_text(row["denominator"])
        assert row["period_text"] == period_text(row["period_kind"], row["period_start"], row["period_end"])
        assert row["insurer_name"] == ("立春财险" if row["insurer_id"] == "lichun" else "全部机构")
        assert row["domain_name"] == ("危险化学品" if row["domain_code"] == "20" else "全部行业领域")
        assert row["is_small_sample"] == d.is_small(row["denominator"], row["period_end"])
    days = figure(connection, "I4e", "ytd", region_code="370000")
    assert (days.shown_text, days.numerator) == ("3.25 天", 280_800)
    assert figure(connection, "I1a", "as_of", region_code="370000").shown_text == "1 家"
    with_names = figure(connection, "I2", "ytd", region_code="370000", insurer_id="lichun")
    assert (with_names.insurer_name, with_names.domain_name) == ("立春财险", "全部行业领域")


def test_two_districts_of_one_name_are_told_apart(connection: sa.Connection, load) -> None:
    load("enterprise", [{"credit_code": f"E{n}", "region_code": n} for n in ("370103", "370402")])
    publish_now(connection)
    shown = show(connection, indicators=["I1"], region_level="county")
    assert [cell.region_name for cell in shown] == ["济南市市中区", "枣庄市市中区"]


def test_a_small_sample_is_shown_with_its_mark_and_compared_with_nothing(connection: sa.Connection, load) -> None:
    """Nine enterprises in Jinan, ten in Qingdao, of whom the smallest denominator of coverage is ten."""
    for region, count in (("370102", 9), ("370202", 10)):
        load("enterprise", [{"credit_code": f"{region}-{n}", "region_code": region} for n in range(count)])
    publish_now(connection)
    query = (
        "select region_code, shown_text, is_small_sample, comparable_value, mark_text from report.indicator_latest"
        " where indicator_code = 'I1' and domain_code = '*' and region_level = 'city' order by region_code"
    )
    rows = [tuple(row) for row in connection.execute(sa.text(query))]
    assert rows == [("370100", "0.00%", True, None, "样本过小"), ("370200", "0.00%", False, Decimal(0), "")]


def test_a_figure_without_value_is_no_small_sample(connection: sa.Connection) -> None:
    publish_now(connection)
    query = (
        "select distinct shown_text, is_small_sample, comparable_value, mark_text from report.indicator_latest"
        " where unit <> 'count'"
    )
    assert [tuple(row) for row in connection.execute(sa.text(query))] == [("—", False, None, "分母为零")]


def test_every_ratio_says_below_what_it_is_a_small_sample_and_who_says_so() -> None:
    ratios = [d for d in load_definitions().values() if d.unit != "count"]
    assert all(d.min_denominator and d.min_denominator.label and d.min_denominator.source for d in ratios)
