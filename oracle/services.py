"""I3 and its variants: services planned and done."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from oracle.cells import ONE, ZERO, Contribution, Period
from oracle.coverage import ENTERPRISE_OBJECT
from oracle.world import Record, World, day_of, of_policy

CONFIRMED = "50"
COUNTED_PLANS = frozenset({"20", "30"})
Line = tuple[str, str | None, str | None]
"""(insurer_id, plan_no, plan_line_no)."""


def service_completion_ratio(world: World, period: Period) -> Iterator[Contribution]:
    done = done_days(world)
    for line, plan, row in _lines(world, period):
        yield row._replace(numerator=Decimal(min(len(done[line]), plan["planned_count"])))


def service_on_time_ratio(world: World, period: Period) -> Iterator[Contribution]:
    done = done_days(world)
    for line, plan, row in _lines(world, period):
        in_time = sum(day <= plan["window_end_date"] for day in done[line])
        yield row._replace(numerator=Decimal(min(in_time, plan["planned_count"])))


def service_completion_uncapped_ratio(world: World, period: Period) -> Iterator[Contribution]:
    done = done_days(world)
    return (row._replace(numerator=Decimal(len(done[line]))) for line, _, row in _lines(world, period))


def _lines(world: World, period: Period) -> Iterator[tuple[Line, Record, Contribution]]:
    for insurer_id, plan in world.all("service_plan"):
        due = plan["window_end_date"]
        if plan["plan_status_code"] not in COUNTED_PLANS or due not in period:
            continue
        line = (insurer_id, plan["plan_no"], plan["plan_line_no"])
        policy = world.policy(insurer_id, plan["policy_no"])
        is_out = not isinstance(policy, str) and not policy.is_in_force(due)
        row = of_policy(
            policy,
            insurer_id,
            "/".join(map(str, line)),
            due,
            numerator=ZERO,
            denominator=Decimal(plan["planned_count"]),
            reason="policy_not_in_force" if is_out else None,
            lead_only=True,
        )
        yield line, plan, row


def done_days(world: World) -> dict[Line, list[dt.date]]:
    """Days on which confirmed services of a plan line ended, until the as-of day."""
    days: dict[Line, list[dt.date]] = defaultdict(list)
    for insurer_id, service in world.all("service_record"):
        day = confirmed_on(service)
        if day is not None and day <= world.as_of and service["plan_no"] and service["plan_line_no"]:
            days[insurer_id, service["plan_no"], service["plan_line_no"]].append(day)
    return days


def confirmed_on(service: Record) -> dt.date | None:
    """The day on which a service ended that both sides confirmed; None for every other service."""
    return day_of(service["service_end_at"]) if service["service_status_code"] == CONFIRMED else None


def service_breadth_ratio(world: World, period: Period) -> Iterator[Contribution]:
    served = {
        (insurer_id, service["insured_credit_code"])
        for insurer_id, service in world.all("service_record")
        if confirmed_on(service) in period
    }
    for (insurer_id, _), policy in world.policies.items():
        if policy.own["insured_object_code"] != ENTERPRISE_OBJECT:
            continue
        for stretch in policy.stretches:
            days = stretch.in_force_days(period.start, period.end)
            if days is not None:
                code = stretch.values["insured_credit_code"]
                is_served = (insurer_id, code) in served
                yield of_policy(
                    policy,
                    insurer_id,
                    code,
                    days[1],
                    numerator=ONE if is_served else ZERO,
                    denominator=ONE,
                    lead_only=True,
                )
