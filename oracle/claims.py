"""I2 and its variants: payments against premiums, open and closed claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from oracle.cells import EXACT_DIGITS, ONE, ZERO, Contribution, Period, half_up
from oracle.policies import Policy
from oracle.world import Record, World, day_of, of_policy

WITHOUT_EXPENSE = frozenset({"10", "20", "40", "50"})
WITH_EXPENSE = WITHOUT_EXPENSE | {"30"}
_OPEN = frozenset({"10", "20", "30", "70"})
_CLOSED = frozenset({"40", "50", "60"})


def loss_ratio_simple(world: World, period: Period) -> Iterator[Contribution]:
    yield from _payments(world, period, WITHOUT_EXPENSE)
    yield from _written(world, period)


def loss_ratio_received(world: World, period: Period) -> Iterator[Contribution]:
    yield from _payments(world, period, WITHOUT_EXPENSE)
    for insurer_id, receipt in world.all("premium_receipt"):
        day, policy = receipt["receipt_date"], world.policy(insurer_id, receipt["policy_no"])
        if day in period:
            yield _amounts(policy, insurer_id, receipt["receipt_no"], day, denominator=receipt["received_amount"])


def loss_ratio_with_expense(world: World, period: Period) -> Iterator[Contribution]:
    yield from _payments(world, period, WITH_EXPENSE)
    yield from _written(world, period)


def advance_payment_share(world: World, period: Period) -> Iterator[Contribution]:
    for payment in _payments(world, period, frozenset({"10"}), with_void=True):
        yield payment._replace(denominator=payment.numerator)
    for payment in _payments(world, period, frozenset({"20"}), with_void=True):
        yield payment._replace(numerator=ZERO, denominator=payment.numerator)


def claim_closing_ratio(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, claim in world.all("claim"):
        day, policy = day_of(claim["reported_at"]), world.policy(insurer_id, claim["policy_no"])
        if day is None or day not in period:
            continue
        closed_on = day_of(claim["closed_at"])
        is_closed = claim["claim_status_code"] in _CLOSED and not claim["is_reopened"]
        is_done = is_closed and closed_on is not None and closed_on <= world.as_of
        yield of_policy(
            policy,
            insurer_id,
            claim["report_no"],
            day,
            numerator=ONE if is_done else ZERO,
            denominator=ONE,
            lead_only=True,
        )


def _payments(
    world: World, period: Period, kinds: frozenset[str], *, with_void: bool = False
) -> Iterator[Contribution]:
    """Payments of the period; those of a policy that is void from the start are left out, unless asked for."""
    for insurer_id, payment in world.all("claim_payment"):
        day = day_of(payment["paid_at"])
        if payment["payment_kind_code"] in kinds and day is not None and day in period:
            policy = world.policy_of_claim(insurer_id, payment["report_no"])
            row = _amounts(policy, insurer_id, payment["payment_no"], day, numerator=payment["paid_amount"])
            yield row if with_void else _unless_void(row, policy)


def _unless_void(row: Contribution, policy: Policy | str) -> Contribution:
    return row if isinstance(policy, str) or not policy.is_void else row._replace(exclusion="policy_void")


def _written(world: World, period: Period) -> Iterator[Contribution]:
    for (insurer_id, policy_no), policy in world.policies.items():
        day = policy.own["issue_date"]
        if day in period:
            premium = policy.own["written_premium_amount"]
            yield _unless_void(_amounts(policy, insurer_id, str(policy_no), day, denominator=premium), policy)
    for insurer_id, change in world.all("endorsement"):
        day, of = change["issue_date"], world.policy(insurer_id, change["policy_no"])
        if day in period:
            row = _amounts(of, insurer_id, change["endorsement_no"], day, denominator=change["premium_change_amount"])
            yield _unless_void(row, of)


def _amounts(
    policy: Policy | str,
    insurer_id: str,
    unit: str,
    day: dt.date,
    *,
    numerator: Decimal = ZERO,
    denominator: Decimal = ZERO,
) -> Contribution:
    return of_policy(policy, insurer_id, unit, day, numerator=numerator, denominator=denominator)


def earned_loss_ratio(world: World, period: Period) -> Iterator[Contribution]:
    """Policies whose cover began in the period: what they cost until D against the premium earned until D."""
    cohort = {link: policy for link, policy in world.policies.items() if policy.own["cover_start_date"] in period}
    for policy, row in (*_earned(world, cohort), *_incurred(world, cohort)):
        yield _unless_void(row, policy)


Cohort = Mapping[tuple[str, str | None], Policy]


def _earned(world: World, cohort: Cohort) -> Iterator[tuple[Policy, Contribution]]:
    day = world.as_of
    for (insurer_id, policy_no), policy in cohort.items():
        premium = earned(policy.own["written_premium_amount"], policy.own["cover_start_date"], policy, day)
        yield policy, _amounts(policy, insurer_id, str(policy_no), day, denominator=premium)
    for insurer_id, change in world.all("endorsement"):
        changed = cohort.get((insurer_id, change["policy_no"]))
        if changed is not None and change["issue_date"] <= day:
            premium = earned(change["premium_change_amount"], change["effective_date"], changed, day)
            yield changed, _amounts(changed, insurer_id, change["endorsement_no"], day, denominator=premium)


def earned(premium: Decimal, effective: dt.date, policy: Policy, day: dt.date) -> Decimal:
    """What a movement of premium that takes effect on a date has earned by a day, to far more decimals than a cell keeps."""
    values = policy.on(day).values
    ended = values["termination_date"]
    if ended is not None and ended <= day:
        return premium
    first = max(effective, values["cover_start_date"])
    elapsed, span = (day - first).days + 1, (values["cover_end_date"] - first).days + 1
    if elapsed <= 0:
        return ZERO
    return premium if span <= elapsed else half_up(Fraction(premium) * Fraction(elapsed, span), EXACT_DIGITS // 2)


def _incurred(world: World, cohort: Cohort) -> Iterator[tuple[Policy, Contribution]]:
    day = world.as_of
    for insurer_id, payment in world.all("claim_payment"):
        claim = world.claims.get((insurer_id, payment["report_no"]))
        policy = cohort.get((insurer_id, claim["policy_no"])) if claim else None
        paid_on = day_of(payment["paid_at"])
        is_counted = payment["payment_kind_code"] in WITHOUT_EXPENSE and paid_on is not None and paid_on <= day
        if policy is not None and is_counted:
            yield policy, _amounts(policy, insurer_id, payment["payment_no"], day, numerator=payment["paid_amount"])
    for insurer_id, claim in world.all("claim"):
        policy = cohort.get((insurer_id, claim["policy_no"]))
        if policy is not None and _is_open(claim, day):
            reserve = claim["reserve_amount"] or ZERO
            yield policy, _amounts(policy, insurer_id, claim["report_no"], day, numerator=reserve)


def _is_open(claim: Record, day: dt.date) -> bool:
    reported_on, closed_on = day_of(claim["reported_at"]), day_of(claim["closed_at"])
    is_open = claim["claim_status_code"] in _OPEN or (closed_on is not None and closed_on > day)
    return is_open and reported_on is not None and reported_on <= day
