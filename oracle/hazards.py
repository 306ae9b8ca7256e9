"""I4 and its variants: hazards found, rectified and verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

from oracle.cells import ONE, ZERO, Contribution, Period
from oracle.world import Record, World, day_of, of_policy

_RECTIFIED = frozenset({"20", "30"})
_VERIFIED = "30"
SECONDS_PER_DAY = Decimal(86_400)
Test = Callable[[Record, dt.date], bool]


def is_verified(hazard: Record, as_of: dt.date) -> bool:
    day = day_of(hazard["verified_at"])
    return hazard["hazard_status_code"] == _VERIFIED and day is not None and day <= as_of


def is_rectified(hazard: Record, until: dt.date) -> bool:
    day = day_of(hazard["rectified_at"])
    return hazard["hazard_status_code"] in _RECTIFIED and day is not None and day <= until


def is_punctual(hazard: Record, _as_of: dt.date) -> bool:
    return is_rectified(hazard, hazard["rectify_deadline_date"])


def hazard_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _found(world, period, is_verified, {"10", "20"})


def general_hazard_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _found(world, period, is_verified, {"10"})


def major_hazard_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _found(world, period, is_verified, {"20"})


def guided_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _found(world, period, is_rectified, {"10", "20"})


def due_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _due(world, period, is_verified)


def punctual_rectification_ratio(world: World, period: Period) -> Iterator[Contribution]:
    return _due(world, period, is_punctual)


def mean_rectification_days(world: World, period: Period) -> Iterator[Contribution]:
    for insurer_id, hazard in world.all("hazard"):
        day = day_of(hazard["found_at"])
        if day is None or day not in period:
            continue
        if is_verified(hazard, world.as_of):
            seconds = _seconds(hazard["verified_at"] - hazard["found_at"])
            yield _row(world, insurer_id, hazard, day, numerator=seconds, denominator=SECONDS_PER_DAY)
        else:
            yield _row(world, insurer_id, hazard, day, numerator=ZERO, denominator=ZERO, reason="still_open")


def _seconds(span: dt.timedelta) -> Decimal:
    return Decimal(span // dt.timedelta(microseconds=1)) / 1_000_000


def _found(world: World, period: Period, test: Test, levels: set[str]) -> Iterator[Contribution]:
    for insurer_id, hazard in world.all("hazard"):
        day = day_of(hazard["found_at"])
        if day is not None and day in period and hazard["hazard_level_code"] in levels:
            numerator = ONE if test(hazard, world.as_of) else ZERO
            yield _row(world, insurer_id, hazard, day, numerator=numerator, denominator=ONE)


def _due(world: World, period: Period, test: Test) -> Iterator[Contribution]:
    for insurer_id, hazard in world.all("hazard"):
        day = hazard["rectify_deadline_date"]
        if day in period:
            numerator = ONE if test(hazard, world.as_of) else ZERO
            yield _row(world, insurer_id, hazard, day, numerator=numerator, denominator=ONE)


def _row(
    world: World,
    insurer_id: str,
    hazard: Record,
    day: dt.date,
    *,
    numerator: Decimal,
    denominator: Decimal,
    reason: str | None = None,
) -> Contribution:
    policy = world.policy_of_service(insurer_id, hazard["service_no"])
    return of_policy(
        policy,
        insurer_id,
        hazard["hazard_no"],
        day,
        numerator=numerator,
        denominator=denominator,
        reason=reason,
        lead_only=True,
    )
