"""Coverage and continuity against a brute force that asks every day of the year."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from tests.oracle.asking import AS_OF, province


@pytest.mark.parametrize("seed", range(12))
def test_coverage_and_continuity_agree_with_asking_day_by_day(worlds: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    policies = [_random_policy(worlds, rng, n) for n in range(12)]
    changes = [_random_change(worlds, rng, n) for n in range(14)]
    codes = ["E0", "E1", "E2", "E3"]
    records = {
        "enterprise": [worlds.enterprise(code) for code in codes],
        "policy": policies,
        "endorsement": changes,
    }
    days = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range((AS_OF - dt.date(2026, 1, 1)).days + 1)]
    covered = {(code, day) for code in codes for day in days if _is_covered(policies, changes, code, day)}
    assert province(records, "coverage_ratio", "as_of").numerator == sum((c, AS_OF) in covered for c in codes)
    assert province(records, "cover_continuity_ratio", "ytd").numerator == len(covered)
    assert province(records, "cover_continuity_ratio", "ytd").denominator == len(days) * len(codes)


def _day(rng: random.Random) -> dt.date:
    return dt.date(2025, 10, 1) + dt.timedelta(rng.randrange(430))


def _random_policy(worlds: ModuleType, rng: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    start = _day(rng)
    return worlds.policy(  # type: ignore[no-any-return]
        f"P{number}",
        f"E{rng.randrange(4)}",
        rng.choice(["lichun", "yushui"]),
        cover_start_date=start,
        cover_end_date=start + dt.timedelta(rng.randrange(1, 200)),
        termination_date=start + dt.timedelta(rng.randrange(90)) if rng.random() < 0.2 else None,
        policy_status_code=rng.choice(["20", "20", "30", "60"]),
        insured_object_code=rng.choice(["10", "10", "10", "20"]),
    )


def _random_change(worlds: ModuleType, rng: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    kind = rng.choice(["10", "40", "50", "60"])
    return worlds.sent(  # type: ignore[no-any-return]
        "endorsement",
        rng.choice(["lichun", "yushui"]),
        endorsement_no=f"N{number}",
        policy_no=f"P{rng.randrange(12)}",
        endorsement_type_code=kind,
        issue_date=AS_OF,
        premium_change_amount=Decimal(0),
        effective_date=_day(rng),
        cover_end_date=_day(rng),
        insured_credit_code=f"E{rng.randrange(4)}",
    )


def _is_covered(policies: list[Any], changes: list[Any], code: str, day: dt.date) -> bool:
    return any(_covers(insurer, policy, changes, code, day) for insurer, policy in policies)


def _covers(insurer: str, policy: dict[str, Any], changes: list[Any], code: str, day: dt.date) -> bool:
    insured, end, ended_on = policy["insured_credit_code"], policy["cover_end_date"], policy["termination_date"]
    own_end = ended_on
    for sender, change in sorted(changes, key=lambda c: (c[1]["effective_date"], c[1]["endorsement_no"])):
        if (sender, change["policy_no"]) != (insurer, policy["policy_no"]) or change["effective_date"] > day:
            continue
        if change["endorsement_type_code"] == "40":
            end = change["cover_end_date"]
        if change["endorsement_type_code"] == "50":
            insured = change["insured_credit_code"]
        if change["endorsement_type_code"] == "60" and own_end is None and ended_on is None:
            ended_on = change["effective_date"]
    is_in_time = policy["cover_start_date"] <= day <= end and (ended_on is None or day < ended_on)
    is_right = policy["insured_object_code"] == "10" and policy["policy_status_code"] != "60"
    return is_in_time and is_right and insured == code
