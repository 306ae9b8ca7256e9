"""I5 and its variants: what was paid for prevention against what the premium obliges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from oracle import regions
from oracle.cells import ONE, ZERO, Contribution, Period
from oracle.policies import Policy
from oracle.services import confirmed_on
from oracle.world import Record, World, of_policy, place_of

_ACCRUED, _PAID, _TAKEN_BACK = "10", "20", "30"


def fee_payment_ratio(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, expense in _paid(world, period):
        row = _expense_row(world, insurer_id, expense, expense["paid_date"])
        policy = world.policy(insurer_id, expense["policy_no"])
        has_ratio = (
            expense["is_pooled"] or isinstance(policy, str) or _ratio(world, policy, expense["paid_date"]) is not None
        )
        yield row if has_ratio else row._replace(exclusion=row.exclusion or "no_ratio")
    for insurer_id, receipt in world.all("premium_receipt"):
        if receipt["receipt_date"] in period:
            yield _due_row(world, insurer_id, receipt)


def _due_row(world: World, insurer_id: str, receipt: Record) -> Contribution:
    """What a receipt obliges to spend: its amount times the ratio of its policy on that day."""
    policy, day = world.policy(insurer_id, receipt["policy_no"]), receipt["receipt_date"]
    ratio = None if isinstance(policy, str) else _ratio(world, policy, day)
    due = receipt["received_amount"] * ratio if ratio is not None else ZERO
    reason = None if ratio is not None else "no_ratio"
    return of_policy(policy, insurer_id, receipt["receipt_no"], day, numerator=ZERO, denominator=due, reason=reason)


def _ratio(world: World, policy: Policy, day: dt.date) -> Decimal | None:
    agreed: Decimal | None = policy.on(day).values["service_fee_ratio"]
    if agreed is not None:
        return agreed
    domain = policy.own["high_risk_domain_code"]
    return world.required_fee_ratios.largest(place_of(policy, day), domain, day)


def fee_input_ratio(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, expense in _paid(world, period):
        yield _expense_row(world, insurer_id, expense, expense["paid_date"])
    for insurer_id, receipt in world.all("premium_receipt"):
        policy, day = world.policy(insurer_id, receipt["policy_no"]), receipt["receipt_date"]
        if day in period:
            amount = receipt["received_amount"]
            yield of_policy(policy, insurer_id, receipt["receipt_no"], day, numerator=ZERO, denominator=amount)


def fee_per_service(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, expense in _paid(world, period):
        if not expense["is_pooled"]:
            yield _expense_row(world, insurer_id, expense, expense["paid_date"])
    for insurer_id, service in world.all("service_record"):
        day = confirmed_on(service)
        if day is not None and day in period:
            policy = world.policy(insurer_id, service["policy_no"])
            number = service["service_no"]
            yield of_policy(policy, insurer_id, number, day, numerator=ZERO, denominator=ONE, lead_only=True)


def accrued_unpaid_ratio(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, expense in world.all("fee_expense"):
        day, status, amount = expense["accrued_date"], expense["expense_status_code"], expense["expense_amount"]
        if day in period and status in {_ACCRUED, _PAID}:
            paid_on = expense["paid_date"]
            is_paid = status == _PAID and paid_on is not None and paid_on <= world.as_of
            row = _expense_row(world, insurer_id, expense, day)
            yield row._replace(numerator=ZERO if is_paid else amount, denominator=amount)


def _paid(world: World, period: Period) -> Iterator[tuple[str, Record]]:
    for insurer_id, expense in world.all("fee_expense"):
        day = expense["paid_date"]
        if expense["expense_status_code"] in {_PAID, _TAKEN_BACK} and day is not None and day in period:
            yield insurer_id, expense


def _expense_row(world: World, insurer_id: str, expense: Record, day: dt.date) -> Contribution:
    amount, number = expense["expense_amount"], expense["expense_no"]
    if expense["is_pooled"]:
        place = regions.resolve(expense["pool_region_code"])
        return Contribution(number, insurer_id, place, None, amount, ZERO)
    policy = world.policy(insurer_id, expense["policy_no"])
    return of_policy(policy, insurer_id, number, day, numerator=amount, denominator=ZERO)
