"""The sandbox's truth: the same for a seed, shaped like the published province, and free of broken rules."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.cast import cast
from sandbox.truth import Province, build
from sandbox.truth.clock import at
from sandbox.truth.credit_code import credit_code, is_valid
from schemas.contract import INSURER_RECORD_TYPES
from tests.sandbox import invariants

HISTORY = at(dt.date(2026, 11, 18), 90)
NIGHT = at(dt.date(2026, 11, 21), 90)
SCALE = 0.05


@pytest.fixture(scope="module")
def province() -> Province:
    return build(7, SCALE)


def digest(province: Province) -> str:
    text = hashlib.sha256()
    for version in province.versions:
        text.update(repr(version).encode())
    text.update(repr(province.registers).encode())
    return text.hexdigest()


def test_a_seed_fixes_everything() -> None:
    assert digest(build(3, 0.005)) == digest(build(3, 0.005))
    assert digest(build(3, 0.005)) != digest(build(4, 0.005))


def summary(faults: Iterator[tuple[str, Any]]) -> tuple[dict[str, int], Any]:
    rules: Counter[str] = Counter()
    first = None
    for rule, record in faults:
        first = first or (rule, record)
        rules[rule] += 1
    return dict(rules), first


def test_no_record_breaks_a_rule(province: Province) -> None:
    rules, first = summary(invariants.record_faults(province))
    assert rules == {}, first


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10**9))
def test_no_seed_breaks_a_rule(seed: int) -> None:
    small = build(seed, 0.002)
    rules, first = summary(invariants.record_faults(small))
    assert rules == {}, first
    rules, first = summary(invariants.relation_faults(small, NIGHT))
    assert rules == {}, first


@pytest.mark.parametrize("moment", [HISTORY, NIGHT])
def test_records_fit_together(province: Province, moment: dt.datetime) -> None:
    rules, first = summary(invariants.relation_faults(province, moment))
    assert rules == {}, first


def test_versions_of_a_record_follow_each_other(province: Province) -> None:
    before: dict[Any, Any] = {}
    for v in province.versions:
        key = (v.insurer_id, v.record_type, v.key)
        if key in before:
            old = before[key]
            assert old.record["source_updated_at"] < v.record["source_updated_at"]
            assert v.record["operation_code"] in ("U", "D")
            assert v.record["correction_reason_text"]
        else:
            assert v.record["operation_code"] == "I"
        before[key] = v


def test_proportions_are_near_the_published_ones(province: Province) -> None:
    year = 365 / 355
    rows = {t: [r for _, r in province.current(t, NIGHT)] for t in INSURER_RECORD_TYPES}
    services = [r for r in rows["service_record"] if r["service_status_code"] in ("40", "50")]
    assert len(services) / SCALE * year == pytest.approx(79_000, rel=0.1)
    assert len(rows["hazard"]) / SCALE * year == pytest.approx(200_000, rel=0.2)
    majors = sum(r["hazard_level_code"] == "20" for r in rows["hazard"])
    assert majors / len(rows["hazard"]) == pytest.approx(0.0922, abs=0.015)
    fees = sum(float(r["expense_amount"]) for r in rows["fee_expense"] if r["expense_status_code"] == "20")
    assert fees / SCALE * year == pytest.approx(78e6, rel=0.15)
    assert sum(r["service_form_code"] != "10" for r in services) / len(services) == pytest.approx(0.48, abs=0.06)
    assert sum(bool(r["report_no"]) for r in services) / len(services) == pytest.approx(0.19, abs=0.03)
    insured = {r["insured_credit_code"] for r in rows["policy"]}
    assert len(insured) / SCALE == pytest.approx(56_000, rel=0.02)


def test_most_who_must_are_insured_and_some_are_not(province: Province) -> None:
    day = province.last_day
    must = {
        e["credit_code"]
        for e in province.registers["enterprise"]
        if e["is_must_insure"]
        and e["must_insure_from_date"] <= day <= (e["must_insure_to_date"] or day)
        and e["operation_status_code"] in ("10", "20")
    }
    covered = {
        r["insured_credit_code"]
        for _, r in province.current("policy", NIGHT)
        if r["insured_object_code"] == "10"
        and r["policy_status_code"] != "60"
        and r["cover_start_date"] <= day <= r["cover_end_date"]
        and (r["termination_date"] is None or day < r["termination_date"])
    }
    assert 0.96 < len(must & covered) / len(must) < 0.995


def test_every_kind_of_thing_happens(province: Province) -> None:
    seen: dict[str, set[Any]] = defaultdict(set)
    for v in province.versions:
        for name, value in v.record.items():
            if name.endswith("_code") and len(str(value)) <= 4:
                seen[f"{v.record_type}.{name}"].add(value)
    assert seen["policy.operation_code"] == {"I", "U"}
    assert seen["premium_receipt.operation_code"] == {"I", "U", "D"}
    assert seen["policy.policy_status_code"] == {"10", "20", "30", "40", "50", "60"}
    assert seen["policy.insured_object_code"] == {"10", "20", "30"}
    assert {"11", "12", "20", "30", "40", "50", "60", "70", "80", "90"} <= seen["policy.high_risk_domain_code"]
    assert seen["endorsement.endorsement_type_code"] == {"10", "20", "30", "40", "50", "60", "70", "90"}
    assert seen["premium_receipt.receipt_type_code"] == {"10", "20", "30"}
    assert seen["claim.claim_status_code"] == {"10", "20", "30", "40", "50", "60", "70"}
    assert seen["claim_payment.payment_kind_code"] == {"10", "20", "30", "40", "50"}
    assert seen["service_record.service_status_code"] >= {"20", "30", "40", "50", "60"}
    assert seen["hazard.hazard_status_code"] == {"10", "20", "30", "40"}
    assert seen["fee_expense.expense_status_code"] == {"10", "20", "30"}
    assert any(r["is_coinsured"] for _, r in province.current("policy", NIGHT))


def test_all_insurers_have_something_to_say_in_the_night(province: Province) -> None:
    for insurer in cast():
        assert any(province.feed(insurer.insurer_id, t, HISTORY, NIGHT) for t in INSURER_RECORD_TYPES)


def test_two_feeds_give_what_is_current(province: Province) -> None:
    for record_type in INSURER_RECORD_TYPES:
        merged = {}
        for insurer in cast():
            for since, until in ((None, HISTORY), (HISTORY, NIGHT)):
                for record in province.feed(insurer.insurer_id, record_type, since, until):
                    merged[insurer.insurer_id, invariants._key(record_type, record)] = record
        current = {(i, invariants._key(record_type, r)): r for i, r in province.current(record_type, NIGHT)}
        assert {k: r for k, r in merged.items() if r["operation_code"] != "D"} == current


def test_some_children_come_before_their_parents_and_all_heal(province: Province) -> None:
    def orphans(moment: dt.datetime) -> int:
        known = {(i, r["policy_no"]) for i, r in province.current("policy", moment)}
        return sum((i, r["policy_no"]) not in known for i, r in province.current("premium_receipt", moment))

    assert any(orphans(at(dt.date(2026, 11, day), 90)) for day in (14, 16, 17, 18))
    assert orphans(NIGHT) == 0


def test_some_records_are_late_in_the_night(province: Province) -> None:
    late = [
        v for v in province.versions
        if v.record_type == "service_record" and v.available_at > HISTORY and v.record["operation_code"] == "I"
        and v.record["service_end_at"] and dt.date(2026, 11, 11) <= v.record["service_end_at"].date() <= dt.date(2026, 11, 13)
    ]  # fmt: skip
    assert late


@pytest.mark.parametrize("kind", ["91", "92"])
def test_credit_codes_are_valid_and_differ(kind: str) -> None:
    codes = [credit_code(n, "370102", kind) for n in range(3_000)]
    assert len(set(codes)) == len(codes)
    assert all(map(is_valid, codes))
    assert is_valid("9152000071430580XT")
    assert not is_valid("9152000071430580XU")
