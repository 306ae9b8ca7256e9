"""Published figures: records that make up the published numerator and denominator must show the published percentage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.indicators.quotient import half_up
from warehouse.indicators.catalogue import Definition, Golden, load_definitions
from warehouse.indicators.explain import show
from warehouse.publishing.publish import publish

AS_OF = dt.date(2026, 6, 30)
KNOWN_AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
PUBLISHED = [(d, golden) for d in load_definitions().values() for golden in d.golden]


def _coverage(load, golden: Golden) -> None:
    load("enterprise", [{"credit_code": f"E{n}"} for n in range(int(golden.denominator))])
    load("policy", [{"policy_no": f"P{n}", "insured_credit_code": f"E{n}"} for n in range(int(golden.numerator))])


def _loss(load, golden: Golden) -> None:
    load("policy", [{"policy_no": "P1", "written_premium_amount": golden.denominator}])
    load("claim", [{"report_no": "C1"}])
    load("claim_payment", [{"payment_no": "1", "paid_amount": golden.numerator}])


def _closing(load, golden: Golden) -> None:
    load("policy", [{"policy_no": "P1"}])
    closed = {"claim_status_code": "40", "closed_at": "2026-05-01T10:00:00+08:00"}
    count, all_count = int(golden.numerator), int(golden.denominator)
    load("claim", [{"report_no": f"C{n}", **closed} for n in range(count)])
    load("claim", [{"report_no": f"C{n}"} for n in range(count, all_count)])


def _completion(load, golden: Golden) -> None:
    load("policy", [{"policy_no": "P1"}])
    load("service_plan", [{"plan_line_no": f"{n}"} for n in range(int(golden.denominator))])
    done = range(int(golden.numerator))
    load("service_record", [{"service_no": f"V{n}", "plan_no": "S1", "plan_line_no": f"{n}"} for n in done])


def _guided(load, golden: Golden) -> None:
    load("policy", [{"policy_no": "P1"}])
    load("service_record", [{"service_no": "V1"}])
    rectified = {"hazard_status_code": "20", "rectified_at": "2026-06-10T10:00:00+08:00"}
    levels = ["20"] * 13 + ["10"] * (int(golden.denominator) - 13)
    load("hazard", [{"hazard_no": f"H{n}", "hazard_level_code": c, **rectified} for n, c in enumerate(levels)])


def _fee(load, golden: Golden) -> None:
    load("policy", [{"policy_no": "P1"}])
    load("premium_receipt", [{"receipt_no": "R1", "received_amount": golden.denominator}])
    load("fee_expense", [{"expense_no": "X1", "expense_amount": golden.numerator}])


STORIES: dict[str, Callable[..., None]] = {
    "coverage_ratio": _coverage,
    "loss_ratio_simple": _loss,
    "claim_closing_ratio": _closing,
    "service_completion_ratio": _completion,
    "guided_rectification_ratio": _guided,
    "fee_input_ratio": _fee,
}


@pytest.mark.parametrize(("definition", "golden"), PUBLISHED, ids=[golden.case for _, golden in PUBLISHED])
def test_published_figure_comes_out(definition: Definition, golden: Golden, connection: sa.Connection, load) -> None:
    STORIES[definition.indicator](load, golden)
    publish(connection, AS_OF, KNOWN_AT, KNOWN_AT, expected=[], delivered_since=KNOWN_AT)
    period_kind = "as_of" if "as_of" in definition.periods else "ytd"
    (cell,) = show(connection, indicators=[definition.code], period_kind=period_kind, region_code="370000")
    assert (cell.numerator, cell.denominator, cell.shown_value) == (golden.numerator, golden.denominator, golden.shown)
    assert cell.shown_text == f"{golden.shown}%"


def test_major_hazards_among_all(connection: sa.Connection, load) -> None:
    """G06: 120 of 1302 hazards are major, 9.22 %, read from the two denominators."""
    load("policy", [{"policy_no": "P1"}])
    load("service_record", [{"service_no": "V1"}])
    levels = ["20"] * 120 + ["10"] * 1182
    load("hazard", [{"hazard_no": f"H{n}", "hazard_level_code": c} for n, c in enumerate(levels)])
    publish(connection, AS_OF, KNOWN_AT, KNOWN_AT, expected=[], delivered_since=KNOWN_AT)
    cells = show(connection, indicators=["I4", "I4a"], period_kind="ytd", region_code="370000")
    assert [cell.denominator for cell in cells] == [1302, 120]
    share = sa.text("select core.half_up(100 * 120, 1302, 2)")
    assert str(connection.execute(share).scalar_one()) == "9.22"


def test_fee_of_a_service_in_shandong(connection: sa.Connection, load) -> None:
    """G18 in small: 78 million yuan for 79,000 services are 987.34 yuan each."""
    load("policy", [{"policy_no": "P1"}])
    load("fee_expense", [{"expense_no": "X1", "expense_amount": "78000.00"}])
    load("service_record", [{"service_no": f"V{n}"} for n in range(79)])
    publish(connection, AS_OF, KNOWN_AT, KNOWN_AT, expected=[], delivered_since=KNOWN_AT)
    (cell,) = show(connection, indicators=["I5b"], period_kind="ytd", region_code="370000")
    assert (cell.shown_text, cell.unit) == ("987.34 元", "yuan")


@pytest.mark.parametrize(
    ("case", "numerator", "denominator", "digits", "shown"),
    [
        ("G11 enterprises insured in Nanhai", "100 * (12023 - 6007)", "6007", 2, "100.15"),
        ("G12 employees insured in Nanhai", "100 * (215100 - 147238)", "147238", 2, "46.09"),
        ("G13 premium in Nanhai", "100 * (159000000 - 114520311.0)", "114520311", 2, "38.84"),
        ("G16 hazards a visit in Chongqing", "709", "77", 2, "9.21"),
        ("G17 premium of an enterprise in Guangxi", "4503.13", "1679", 3, "2.682"),
        ("G17 cover of an enterprise in Guangxi", "571000", "1679", 2, "340.08"),
        ("G18 services of an enterprise in Shandong", "79000", "56000", 2, "1.41"),
        ("G19 paid in Shaoxing, 2024", "750 * 5", "1000", 2, "3.75"),
    ],
)
def test_other_published_quotients(
    connection: sa.Connection, case: str, numerator: str, denominator: str, digits: int, shown: str
) -> None:
    query = f"select core.half_up({numerator}, {denominator}, {digits})"
    found = connection.exec_driver_sql(query).scalar_one()
    assert f"{found:.{digits}f}" == shown, case


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numerator=st.decimals(-(10**15), 10**15, places=8),
    denominator=st.decimals("0.00000001", 10**15, places=8),
    digits=st.sampled_from([2, 6, 12]),
)
def test_quotients_are_exact(connection: sa.Connection, numerator, denominator, digits: int) -> None:
    query = sa.text("select core.half_up(:numerator, :denominator, :digits)")
    stored = connection.execute(query, {"numerator": numerator, "denominator": denominator, "digits": digits})
    assert stored.scalar_one() == half_up(numerator, denominator, digits)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [(1, 800, "0.13"), (1, 3, "33.33"), (2, 3, "66.67"), (5, 8, "62.50"), (21001, 100000, "21.00"), (-1, 800, "-0.13")],
)
def test_half_is_rounded_up_like_a_person_does(
    connection: sa.Connection, numerator: int, denominator: int, shown: str
) -> None:
    query = sa.text("select core.half_up(100 * :numerator, :denominator, 2)")
    found = connection.execute(query, {"numerator": numerator, "denominator": denominator}).scalar_one()
    assert f"{found:.2f}" == shown
