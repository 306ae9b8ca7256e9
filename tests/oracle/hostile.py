"""Records as nobody should send them, for a day: dates on every edge, loose links, overlapping covers, moved regions.

Endorsements crowd on few days, with numbers that order one way as text and another as numbers, and take effect on the
edges of covers: before, on and after their first and last days and their terminations. Every sixth policy is void.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from oracle.world import Records
from schemas.contract import load_contract

Row = dict[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
INSURERS = ("lichun", "yushui")
#: Counties, a city, a placeholder, a zone, codes of former days and their successors, other provinces, none at all.
REGIONS = (
    "370102", "370102", "370202", "370202", "370285", "370100", "370171", "371202", "370101", "320214", "379999",
    "370181", "370116",
)  # fmt: skip
DOMAINS = ("10", "11", "12", "20", "20", "30")
ENTERPRISES = tuple(f"E{n}" for n in range(8))
POLICIES = tuple(f"P{n}" for n in range(12))
HOURS = (dt.time(0), dt.time(7, 59, 59), dt.time(8), dt.time(12, 30), dt.time(23, 59, 59, 999999))


@dataclass(frozen=True)
class Dice:
    """Random values around one as-of day."""

    rng: random.Random
    as_of: dt.date
    edges: list[dt.date] = field(default_factory=list)
    """First and last days of the covers that were made, their terminations, and the days beside them."""

    def one(self, *values: Any) -> Any:
        return self.rng.choice(values)

    def day(self) -> dt.date:
        """An edge of a period and its neighbours, or any day of the fourteen months before."""
        year, month = self.as_of.replace(month=1, day=1), self.as_of.replace(day=1)
        edges = [start + n * DAY for start in (self.as_of, year, month) for n in (-1, 0, 1)]
        edges += [self.as_of - n * DAY for n in (364, 365, 366)]
        return self.rng.choice(edges) if self.rng.random() < 0.5 else self.as_of - self.rng.randint(-60, 430) * DAY

    def change_day(self) -> dt.date:
        """A day on which a policy changes: the edge of some cover, one of two crowded days, or any day."""
        crowded = (self.as_of, self.as_of - 30 * DAY)
        return self.rng.choice((self.rng.choice(self.edges), self.rng.choice(crowded), self.day()))

    def moment(self) -> dt.datetime:
        return dt.datetime.combine(self.day(), self.rng.choice(HOURS), SHANGHAI)

    def amount(self, least: int = -500) -> Decimal:
        return Decimal(self.rng.randint(least * 100, 300_000)) / 100

    def count(self) -> int:
        return self.rng.randint(0, 30)

    def insurer(self) -> str:
        return self.rng.choice(INSURERS)

    def link(self, prefix: str) -> str:
        """The number of a parent that is most likely there."""
        return f"{prefix}{self.rng.randint(0, 16)}"

    def policy_no(self) -> str:
        return self.rng.choice((*POLICIES, "unknown"))


def province(seed: int, as_of: dt.date) -> Records:
    """Records of every type as they may be known on a day, the same for the same seed."""
    dice = Dice(random.Random(seed), as_of)
    sent = {
        "enterprise": [("regulator", _enterprise(dice, code)) for code in ENTERPRISES],
        "rule_threshold": [("regulator", _threshold(dice, n)) for n in range(8)],
        "policy": [(insurer, _policy(dice, insurer, no)) for insurer in INSURERS for no in POLICIES],
    }
    makers = {
        "endorsement": _endorsement, "premium_receipt": _receipt, "claim_payment": _payment, "service_plan": _plan,
        "hazard": _hazard, "fee_expense": _expense,
    }  # fmt: skip
    parents = {"claim": _claim, "service_record": _service}
    sent |= {name: [(who, make(dice, n)) for who in INSURERS for n in range(15)] for name, make in parents.items()}
    counts = {"endorsement": 80}
    sent |= {
        name: [(dice.insurer(), make(dice, n)) for n in range(counts.get(name, 25))] for name, make in makers.items()
    }
    return {name: [(insurer, _complete(name, row)) for insurer, row in rows] for name, rows in sent.items()}


def _complete(record_type: str, row: Row) -> Row:
    unsaid = dict.fromkeys(load_contract(record_type).by_name)
    assert row.keys() <= unsaid.keys()
    return {**unsaid, "operation_code": "I", "source_updated_at": dt.datetime(2018, 1, 1, tzinfo=SHANGHAI), **row}


def _enterprise(dice: Dice, code: str) -> Row:
    long_ago = dice.as_of - 800 * DAY
    return {
        "credit_code": code, "region_code": dice.one(*REGIONS), "high_risk_domain_code": dice.one(*DOMAINS),
        "is_must_insure": dice.one(True, True, True, False), "must_insure_from_date": dice.one(dice.day(), long_ago),
        "must_insure_to_date": dice.one(None, None, dice.day()), "employee_count": dice.count(),
        "operation_status_code": dice.one("10", "10", "20", "30"), "employee_count_date": dice.day(),
        "operation_status_date": dice.one(dice.day(), long_ago),
    }  # fmt: skip


def _threshold(dice: Dice, number: int) -> Row:
    kinds = [("per_person", "yuan", "300000", "400000", "800000"), ("premium_received", "ratio", "0.15", "0.2", "0.21")]
    basis, unit, *values = kinds[number % 2]
    return {
        "rule_no": f"T{number}", "version_no": "1", "basis_code": basis, "unit_code": unit,
        "region_code": dice.one("*", "37", "3702", "370102", "370200", "370000"),
        "high_risk_domain_code": dice.one("*", "10", "11", "20"), "threshold_value": Decimal(dice.one(*values)),
        "operator_code": dice.one(">=", ">=", "=", "<="), "valid_to_date": dice.one(None, None, dice.day()),
        "valid_from_date": dice.one(dice.day(), dice.as_of - 900 * DAY),
    }  # fmt: skip


def _policy(dice: Dice, insurer: str, policy_no: str) -> Row:
    start, is_coinsured = dice.day(), dice.one(True, False, False)
    end = dice.one(dice.as_of, start + dice.one(-1, 0, 10, 364, 365, 400) * DAY)
    termination = dice.one(None, None, None, start, dice.day())
    dice.edges.extend(day + n * DAY for day in (start, end, termination or end) for n in (-1, 0, 1))
    return {
        "insurer_code": insurer.upper(), "policy_no": policy_no, "insured_credit_code": dice.one(*ENTERPRISES),
        "policy_status_code": dice.one("10", "20", "20", "30", "40", "60"), "region_code": dice.one(*REGIONS),
        "insured_object_code": dice.one("10", "10", "10", "20"), "high_risk_domain_code": dice.one(*DOMAINS),
        "issue_date": dice.one(start, dice.day()), "cover_start_date": start, "is_coinsured": is_coinsured,
        "cover_end_date": end, "termination_date": termination, "employee_count": dice.count(),
        "written_premium_amount": dice.amount(0), "insured_person_count": dice.count(),
        "per_person_limit_amount": Decimal(dice.one("300000", "399999.99", "400000", "800000")),
        "lead_insurer_code": dice.one(*map(str.upper, INSURERS)) if is_coinsured else None,
        "service_fee_ratio": dice.one(None, None, Decimal(0), Decimal("0.2"), Decimal("0.123456")),
    }  # fmt: skip


def _tricky_number(number: int) -> str:
    """One of seven ways to write a number, each number once."""
    n = number // 7
    styles = (f"E{n}", f"E0{n}", f"E-{n}", f"{n}E", f"批{n}", f"E9{'9' * 40}{n}", f"a{n}.{n % 3}")
    return styles[number % 7]


def _endorsement(dice: Dice, number: int) -> Row:
    effective = dice.change_day()
    return {
        "endorsement_no": _tricky_number(number), "policy_no": dice.policy_no(), "effective_date": effective,
        "endorsement_type_code": dice.one("10", "20", "30", "40", "50", "60", "70", "90"),
        "issue_date": dice.one(effective, effective, dice.day()), "premium_change_amount": dice.amount(),
        "source_updated_at": dt.datetime(2018, 1, dice.one(1, 1, 2), tzinfo=SHANGHAI),
        "insured_person_count": dice.one(None, dice.count()), "employee_count": dice.one(None, dice.count()),
        "per_person_limit_amount": dice.one(None, Decimal(300_000)), "region_code": dice.one(None, None, *REGIONS[:4]),
        "insured_credit_code": dice.one(None, *ENTERPRISES), "service_fee_ratio": dice.one(None, Decimal("0.18")),
        "cover_end_date": dice.one(None, dice.change_day(), dice.day()),
    }  # fmt: skip


def _receipt(dice: Dice, number: int) -> Row:
    amount = dice.amount(-1500)
    return {
        "receipt_no": f"R{number}",
        "policy_no": dice.policy_no(),
        "receipt_date": dice.day(),
        "received_amount": amount,
    }


def _claim(dice: Dice, number: int) -> Row:
    return {
        "report_no": f"C{number}", "policy_no": dice.policy_no(), "is_reopened": dice.one(True, False, False),
        "claim_status_code": dice.one("10", "20", "30", "40", "50", "60", "70"), "reported_at": dice.moment(),
        "closed_at": dice.one(None, dice.moment()), "reserve_amount": dice.one(None, dice.amount(0)),
    }  # fmt: skip


def _payment(dice: Dice, number: int) -> Row:
    return {
        "payment_no": f"Y{number}", "report_no": dice.link("C"), "paid_at": dice.moment(),
        "payment_kind_code": dice.one("10", "20", "30", "40", "50"), "paid_amount": dice.amount(),
    }  # fmt: skip


def _plan(dice: Dice, number: int) -> Row:
    return {
        "plan_no": f"S{number // 2}", "plan_line_no": str(number % 2), "policy_no": dice.policy_no(),
        "plan_status_code": dice.one("10", "20", "30", "40"), "planned_count": dice.one(0, 1, 2, 4),
        "window_end_date": dice.day(),
    }  # fmt: skip


def _service(dice: Dice, number: int) -> Row:
    plan = dice.one(*range(12))
    return {
        "service_no": f"V{number}", "policy_no": dice.policy_no(), "insured_credit_code": dice.one(*ENTERPRISES),
        "plan_no": dice.one(None, f"S{plan}"), "plan_line_no": dice.one("0", "1"), "service_end_at": dice.moment(),
        "service_status_code": dice.one("10", "40", "50", "50", "50", "60"),
    }  # fmt: skip


def _hazard(dice: Dice, number: int) -> Row:
    return {
        "hazard_no": f"H{number}", "service_no": dice.link("V"), "hazard_level_code": dice.one("10", "10", "20"),
        "hazard_status_code": dice.one("10", "20", "30", "30", "40"), "found_at": dice.moment(),
        "rectified_at": dice.one(None, dice.moment()), "verified_at": dice.one(None, dice.moment(), dice.moment()),
        "rectify_deadline_date": dice.day(),
    }  # fmt: skip


def _expense(dice: Dice, number: int) -> Row:
    is_pooled = dice.one(True, False, False)
    return {
        "expense_no": f"F{number}", "is_pooled": is_pooled, "policy_no": None if is_pooled else dice.policy_no(),
        "pool_region_code": dice.one("370000", *REGIONS) if is_pooled else None, "expense_amount": dice.amount(),
        "expense_status_code": dice.one("10", "20", "20", "30"), "accrued_date": dice.one(None, dice.day()),
        "paid_date": dice.one(None, dice.day(), dice.day()),
    }  # fmt: skip
