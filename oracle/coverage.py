"""I1 and its variants: who must be insured on the as-of day, and who is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from oracle import regions
from oracle.cells import ONE, ZERO, Contribution, Period, year_before
from oracle.policies import Policy
from oracle.world import Record, World, of_policy, place_of

_DAY = dt.timedelta(days=1)
ENTERPRISE_OBJECT = "10"


class Insured(NamedTuple):
    """One must-insure enterprise with its policies in force on the as-of day; ``counted`` are the lead ones."""

    enterprise: Record
    reason: str | None
    policies: list[Policy]

    @property
    def counted(self) -> list[Policy]:
        return [policy for policy in self.policies if policy.is_lead]


def population(world: World) -> Iterator[Insured]:
    """The denominator of I1: E(D), and with a reason those whose status on D is not known, whatever it is now."""
    day = world.as_of
    for _, enterprise in world.all("enterprise"):
        last = enterprise["must_insure_to_date"]
        is_due = enterprise["must_insure_from_date"] <= day and (last is None or day <= last)
        reason = _unknown_status(enterprise, day)
        if enterprise["is_must_insure"] and is_due and (reason or _is_operating(enterprise)):
            yield Insured(enterprise, reason, _policies(world, enterprise["credit_code"]))


def _is_operating(enterprise: Record) -> bool:
    return enterprise["operation_status_code"] in {"10", "20"}


def _unknown_status(enterprise: Record, day: dt.date) -> str | None:
    return "status_after_as_of" if enterprise["operation_status_date"] > day else None


def _policies(world: World, credit_code: str) -> list[Policy]:
    return [
        policy
        for policy in world.policies_of.get(credit_code, ())
        if policy.own["insured_object_code"] == ENTERPRISE_OBJECT
        and policy.on(world.as_of).values["insured_credit_code"] == credit_code
        and policy.is_in_force(world.as_of)
    ]


def _row(insured: Insured, numerator: int | Decimal, denominator: int | Decimal = 1) -> Contribution:
    return _of_register(insured.enterprise, Decimal(numerator), Decimal(denominator), insured.reason)


def _of_register(enterprise: Record, numerator: Decimal, denominator: Decimal, reason: str | None) -> Contribution:
    place = regions.resolve(enterprise["region_code"])
    code, domain = enterprise["credit_code"], enterprise["high_risk_domain_code"]
    return Contribution(code, None, place, domain, numerator, denominator, reason)


def coverage_ratio(world: World, _period: Period) -> Iterator[Contribution]:
    return (_row(insured, 1 if insured.policies else 0) for insured in population(world))


def insured_enterprise_count(world: World, _period: Period) -> Iterator[Contribution]:
    for insured in population(world):
        for policy in insured.policies:
            yield _row(insured, 1, 0)._replace(insurer_id=policy.insurer_id)


def full_staff_ratio(world: World, _period: Period) -> Iterator[Contribution]:
    for insured in population(world):
        if insured.policies:
            persons, employees = _staff(insured, world.as_of)
            yield _row(insured, min(persons, employees), employees)


def _staff(insured: Insured, day: dt.date) -> tuple[int, int]:
    """(persons insured over counted policies, employees by the register or else by the largest policy figure)."""
    persons = sum(policy.on(day).values["insured_person_count"] for policy in insured.counted)
    enterprise = insured.enterprise
    if year_before(day) <= enterprise["employee_count_date"] <= day:
        return persons, enterprise["employee_count"]
    return persons, max((policy.on(day).values["employee_count"] for policy in insured.policies), default=0)


def adequate_limit_ratio(world: World, _period: Period) -> Iterator[Contribution]:
    for insured in population(world):
        for policy in insured.policies:
            minimum = _minimum(world, policy)
            is_enough = minimum is not None and _limit(policy, world.as_of) >= minimum
            yield of_policy(
                policy,
                policy.insurer_id,
                policy.policy_no,
                world.as_of,
                numerator=ONE if is_enough else ZERO,
                denominator=ONE,
                reason=insured.reason or (None if minimum is not None else "no_threshold"),
                lead_only=True,
            )


def _minimum(world: World, policy: Policy) -> Decimal | None:
    place = place_of(policy, world.as_of)
    return world.minimum_limits.largest(place, policy.own["high_risk_domain_code"], policy.own["issue_date"])


def _limit(policy: Policy, day: dt.date) -> Decimal:
    limit: Decimal = policy.on(day).values["per_person_limit_amount"]
    return limit


def compliant_coverage_ratio(world: World, _period: Period) -> Iterator[Contribution]:
    return (_row(insured, 1 if _is_compliant(world, insured) else 0) for insured in population(world))


def _is_compliant(world: World, insured: Insured) -> bool:
    persons, employees = _staff(insured, world.as_of)
    minima = [(_minimum(world, policy), _limit(policy, world.as_of)) for policy in insured.counted]
    return bool(minima) and persons >= employees and all(m is None or limit >= m for m, limit in minima)


def paid_coverage_ratio(world: World, _period: Period) -> Iterator[Contribution]:
    received: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for insurer_id, receipt in world.all("premium_receipt"):
        if receipt["receipt_date"] <= world.as_of:
            received[insurer_id, receipt["policy_no"]] += receipt["received_amount"]
    for insured in population(world):
        is_paid = any(received.get((p.insurer_id, p.policy_no), ZERO) > 0 for p in insured.policies)
        yield _row(insured, 1 if is_paid else 0)


def cover_continuity_ratio(world: World, period: Period) -> Iterator[Contribution]:
    for _, enterprise in world.all("enterprise"):
        reason = _unknown_status(enterprise, world.as_of)
        if not (enterprise["is_must_insure"] and (reason or _is_operating(enterprise))):
            continue
        first = max(period.start, enterprise["must_insure_from_date"])
        last = min(period.end, enterprise["must_insure_to_date"] or period.end)
        if first <= last:
            covered = 0 if reason else _covered_days(world, enterprise["credit_code"], first, last)
            yield _of_register(enterprise, Decimal(covered), Decimal((last - first).days + 1), reason)


def _covered_days(world: World, credit_code: str, first: dt.date, last: dt.date) -> int:
    """Days of [first, last] with cover for that enterprise, each day once."""
    spans = [
        days
        for policy in world.policies_of.get(credit_code, ())
        if policy.own["insured_object_code"] == ENTERPRISE_OBJECT
        for stretch in policy.stretches
        if stretch.values["insured_credit_code"] == credit_code
        if (days := stretch.in_force_days(first, last)) is not None
    ]
    covered, free_from = 0, first
    for start, end in sorted(spans):
        begin = max(start, free_from)
        covered += max(0, (end - begin).days + 1)
        free_from = max(free_from, end + _DAY)
    return covered
