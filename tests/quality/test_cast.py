"""Canonical text becomes typed columns strictly: what cannot be read is a fault, never a silent change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.cast import cast
from quality.reading import TYPES, read
from schemas.contract import Contract, Field, Kind, load_contract, load_contracts

POLICY = load_contract("policy")
CLAIM = load_contract("claim")


def field_of(kind: Kind) -> Field:
    return next(f for c in load_contracts().values() for f in c.fields if f.kind == kind)


def read_one(kind: Kind, text: str) -> tuple[Any, set[str]]:
    reading = read(field_of(kind), pa.array([text], pa.string()), Decimal(10))
    assert reading.values.type == TYPES[kind]
    return reading.values[0].as_py(), {fault.rule_id for fault in reading.faults}


def cast_one(contract: Contract, **texts: str | None) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    columns = {name: pa.array([text], pa.string()) for name, text in texts.items()}
    result = cast(pa.table({"row_no": pa.array([1], pa.int64())} | columns), contract, Decimal(10))
    return result.table.to_pylist()[0], {(fault.rule_id, fault.field) for fault in result.faults}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "2024-02-29", dt.date(2024, 2, 29)),
        ("date", "9999-01-01", dt.date(9999, 1, 1)),
        ("timestamp", "2026-11-20T23:59:59+08:00", dt.datetime(2026, 11, 20, 15, 59, 59, tzinfo=dt.UTC)),
        ("timestamp", "2026-11-21 07:59:59", dt.datetime(2026, 11, 20, 23, 59, 59, tzinfo=dt.UTC)),
        ("timestamp", "2026-11-20T16:30:00Z", dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)),
        ("timestamp", "2026-11-20T16:30:00.123456+0000", dt.datetime(2026, 11, 20, 16, 30, 0, 123456, tzinfo=dt.UTC)),
        ("amount", "1200.5", Decimal("1200.50")),
        ("amount", "-0.01", Decimal("-0.01")),
        ("amount", "9999999999999999.99", Decimal("9999999999999999.99")),
        ("amount", "1200.5000", Decimal("1200.50")),
        ("ratio", "21%", Decimal("0.210000")),
        ("ratio", "0.21", Decimal("0.210000")),
        ("ratio", "0.1234%", Decimal("0.001234")),
        ("count", "0", 0),
        ("boolean", "是", True),
        ("boolean", "0", False),
        ("boolean", "TRUE", True),
        ("decimal", "0.200000", Decimal("0.200000")),
    ],
)
def test_readable(kind: Kind, text: str, value: object) -> None:
    assert read_one(kind, text) == (value, set())


@pytest.mark.parametrize(
    ("kind", "text", "rule_id"),
    [
        ("date", "2026-02-29", "FLD-003"),
        ("date", "2026/02/28", "FLD-003"),
        ("date", "20260228", "FLD-003"),
        ("date", "46081", "FLD-003"),
        ("timestamp", "2026-11-20T24:00:00", "FLD-004"),
        ("timestamp", "2026-11-20T10:00:00+25:00", "FLD-004"),
        ("timestamp", "1763604000", "FLD-004"),
        ("amount", "1,200.50", "FLD-006"),
        ("amount", "1.2e3", "FLD-006"),
        ("amount", "12万", "FLD-006"),
        ("amount", "NaN", "FLD-006"),
        ("amount", "0.005", "FLD-007"),
        ("ratio", "0.1234567", "FLD-008"),
        ("ratio", "百分之二十", "FLD-008"),
        ("ratio", "21", "FLD-025"),
        ("count", "3.0", "FLD-009"),
        ("count", "10000000000", "FLD-009"),
        ("boolean", "有", "FLD-010"),
        ("boolean", "2", "FLD-010"),
        ("decimal", "1e3", "FLD-024"),
    ],
)
def test_unreadable_is_null_and_a_fault(kind: Kind, text: str, rule_id: str) -> None:
    assert read_one(kind, text) == (None, {rule_id})


def test_date_only_timestamp_is_midnight_in_shanghai_with_a_note() -> None:
    assert read_one("timestamp", "2026-11-20") == (dt.datetime(2026, 11, 19, 16, tzinfo=dt.UTC), {"FLD-005"})


@given(st.decimals(min_value=-(10**16) + 1, max_value=10**16 - 1, places=2))
def test_amounts_survive_exactly(amount: Decimal) -> None:
    assert read_one("amount", f"{amount:f}") == (amount, set())


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_dates_survive(day: dt.date) -> None:
    assert read_one("date", day.isoformat()) == (day, set())


NAIVE = st.datetimes(min_value=dt.datetime(1900, 1, 2), max_value=dt.datetime(2099, 12, 30))  # noqa: DTZ001 - an offset is drawn


@given(NAIVE, st.integers(-14, 14))
def test_instants_survive_whatever_their_offset(naive: dt.datetime, hours: int) -> None:
    instant = naive.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    assert read_one("timestamp", instant.isoformat())[0] == instant


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=8))
def test_any_text_is_read_or_reported(texts: list[str | None]) -> None:
    for kind in TYPES:
        reading = read(field_of(kind), pa.array(texts, pa.string()))
        reported = {int(p) for fault in reading.faults for p in fault.positions}
        unread = {n for n, text in enumerate(texts) if text is not None and not reading.values[n].is_valid}
        assert unread <= reported or kind == "list"


def test_identifiers_keep_leading_zeros_and_lose_full_width() -> None:
    row, _ = cast_one(POLICY, policy_no=" ００１２３ ")
    assert row["policy_no"] == "00123"


def test_label_becomes_code_and_unknown_code_is_refused_with_the_valid_ones() -> None:
    row, _ = cast_one(POLICY, policy_status_code="有效", risk_level_code="77")
    assert row["policy_status_code"] == "20"
    assert row["risk_level_code"] is None
    table = pa.table({"row_no": pa.array([1], pa.int64()), "risk_level_code": pa.array(["77"])})
    fault = next(f for f in cast(table, POLICY).faults if f.rule_id == "FLD-011")
    assert "10 高风险" in str(fault.expected[0])


def test_accident_codes_of_1986_are_read_in_every_printed_form() -> None:
    for text in ("9", "09", "高处坠落"):
        row, _ = cast_one(CLAIM, accident_type_code=text, accident_type_edition_code="1986")
        assert row["accident_type_code"] == "09"
    row, _ = cast_one(CLAIM, accident_type_code="020", accident_type_edition_code="1986")
    assert row["accident_type_code"] == "20"
    assert cast_one(CLAIM, accident_type_code="27", accident_type_edition_code="1986")[0]["accident_type_code"] is None


def test_credit_code_is_normalised_and_its_check_character_judged() -> None:
    for written in (
        "9152000071430580xt",
        "９１５２００００７１４３０５８０ＸＴ",
        " 91520000 71430580XT",
        "91520000-71430580XT",
    ):
        row, faults = cast_one(POLICY, holder_credit_code=written)
        assert row["holder_credit_code"] == "9152000071430580XT"
        assert {f for f in faults if f[1] == "holder_credit_code"} == {("FLD-026", "holder_credit_code")}
    row, faults = cast_one(POLICY, holder_credit_code=" 9152000071430580XT ")
    assert row["holder_credit_code"] == "9152000071430580XT"
    assert not {f for f in faults if f[1] == "holder_credit_code"}
    row, faults = cast_one(POLICY, holder_credit_code="9152000071430580XA")
    assert row["holder_credit_code"] is None
    assert ("FLD-015", "holder_credit_code") in faults


def test_abolished_region_is_plain_before_its_end_and_a_warning_after() -> None:
    assert ("FLD-014", "region_code") not in cast_one(POLICY, region_code="371202", issue_date="2018-06-01")[1]
    assert ("FLD-014", "region_code") in cast_one(POLICY, region_code="371202", issue_date="2026-06-01")[1]
    assert ("FLD-013", "region_code") in cast_one(POLICY, region_code="379999", issue_date="2026-06-01")[1]


def test_an_unreadable_cell_is_reported_once_and_not_as_missing() -> None:
    _, faults = cast_one(POLICY, issue_date="昨天")
    assert {rule for rule, field in faults if field == "issue_date"} == {"FLD-003"}


def test_withdrawal_needs_only_key_and_envelope() -> None:
    _, faults = cast_one(POLICY, operation_code="D", policy_no="P1")
    missing = {field for rule, field in faults if rule in ("FLD-001", "FLD-002")}
    assert missing == {"insurer_code", "branch_code", "source_record_no", "source_updated_at", "correction_reason_text"}


def test_empty_table_keeps_all_columns_typed() -> None:
    table = cast(pa.table({"row_no": pa.array([], pa.int64())}), POLICY).table
    assert table.num_rows == 0
    assert table.schema.field("written_premium_amount").type == pa.decimal128(18, 2)
