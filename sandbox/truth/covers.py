"""Which cover each enterprise buys over time: terms, renewals, gaps, second insurers, projects, coinsurance, early ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sandbox.cast import Insurer, cast, number
from sandbox.truth.chance import Random, Weighted, pick, whole
from sandbox.truth.clock import DAY, days
from sandbox.truth.enterprises import Enterprise, market
from sandbox.truth.geography import geography
from sandbox.truth.province import Version

STOCK_SHARE = 0.86
"""Enterprises that were covered before the first day; the others take out insurance for the first time."""
LAPSE_SHARE = 0.005
CHANGE_INSURER_SHARE = 0.08
LATE_RENEWAL_SHARE = 0.04
SECOND_INSURER_SHARE = 0.015
COINSURED_SHARE = 0.015
VOID_SHARE = 0.002
_PER_PERSON = {
    "11": 1020,
    "12": 790,
    "20": 475,
    "30": 910,
    "40": 340,
    "50": 405,
    "60": 790,
    "70": 545,
    "80": 590,
    "85": 245,
    "90": 195,
}
"""Mean yearly premium a person in yuan; an assumption that brings fees near the published 78 million yuan."""


@dataclass(frozen=True)
class Cover:
    """One policy as one insurer sees it; money in cents is the insurer's own share, limits are of the whole policy."""

    enterprise: Enterprise
    insurer: Insurer
    policy_no: str
    object_code: str
    region_code: str
    issue: dt.date
    start: dt.date
    end: dt.date
    premium_cents: int
    person_count: int
    employee_count: int
    limit_wan: int
    fee_ratio: Decimal
    previous_no: str | None = None
    gone_on: dt.date | None = None
    gone_status: str | None = None
    gone_reason: str | None = None
    share: Decimal | None = None
    lead: Insurer | None = None
    extended_to: dt.date | None = None
    version: Version | None = None

    @property
    def last_day(self) -> dt.date:
        """The last day with cover; before ``start`` for a policy that is void."""
        return self.end if self.gone_on is None else min(self.end, self.gone_on - DAY)

    @property
    def is_lead(self) -> bool:
        return self.lead is None or self.lead is self.insurer

    @property
    def branch_code(self) -> str:
        return f"{self.insurer.insurer_code}{self.region_code[:4]}"

    @property
    def sender(self) -> tuple[Insurer, str]:
        return self.insurer, self.branch_code

    @property
    def arrived(self) -> Version:
        """The first version of the policy record."""
        assert self.version is not None
        return self.version

    @property
    def limit_cents(self) -> int:
        return self.limit_wan * 1_000_000

    @property
    def victims_covered(self) -> int:
        return max(3, min(self.person_count, 10))


def policy_number(insurer: Insurer, region_code: str, issue: dt.date, serial: int) -> str:
    """A number as insurers print it: class, company, city, year, serial."""
    return f"AZ{number(insurer):02d}{region_code[:4]}{issue.year}{serial:08d}"


@dataclass
class Underwriting:
    """Draws covers; state: the serial number of policies."""

    rng: Random
    first_day: dt.date
    last_day: dt.date
    serial: int = 0

    def covers(self, enterprise: Enterprise) -> Iterator[Cover]:
        """All covers of one insured enterprise, oldest first, each with its coinsurer."""
        if enterprise.insurer is None:
            return
        for cover in self._terms(enterprise, enterprise.insurer):
            yield from self._shared(cover)

    def _terms(self, e: Enterprise, insurer: Insurer) -> Iterator[Cover]:
        rng = self.rng
        start = self.first_day + days(whole(rng, 0, 364))
        if e.serial < len(cast()):  # every insurer has something to say in the last nights
            start = self.last_day - DAY + days(e.serial % 2)
        before = None
        if e.serial < len(cast()) or rng.random() < STOCK_SHARE:
            before = self._cover(e, insurer, start - days(365), whole(rng, 1, 20))
            yield before
        if e.serial >= len(cast()) and ((before and before.gone_on) or rng.random() < LAPSE_SHARE):
            return
        renewed = self._renewal(e, insurer, start, before)
        if renewed.issue <= self.last_day:
            yield renewed
        yield from self._extra(e, insurer, start)

    def _renewal(self, e: Enterprise, insurer: Insurer, start: dt.date, before: Cover | None) -> Cover:
        rng = self.rng
        if e.serial < len(cast()):
            return replace(self._cover(e, insurer, start, 1), previous_no=before.policy_no if before else None)
        if before and rng.random() < LATE_RENEWAL_SHARE:
            start += days(whole(rng, 2, 40))
        if rng.random() < CHANGE_INSURER_SHARE:
            return self._cover(e, market().draw(rng), start, whole(rng, 1, 20))
        return replace(
            self._cover(e, insurer, start, whole(rng, 0, 20)), previous_no=before.policy_no if before else None
        )

    def _extra(self, e: Enterprise, insurer: Insurer, start: dt.date) -> Iterator[Cover]:
        """A second insurer, and covers of projects, vehicles and vessels."""
        rng = self.rng
        if rng.random() < SECOND_INSURER_SHARE:
            yield self._cover(e, market().draw(rng), start + days(whole(rng, -60, 20)), whole(rng, 1, 10))
        if e.domain_code == "50" and rng.random() < 0.25:
            yield self._cover(e, insurer, self._some_day(), whole(rng, 1, 15), "20", whole(rng, 120, 600))
        if e.domain_code in ("40", "80") and rng.random() < 0.06:
            yield self._cover(e, insurer, self._some_day(), whole(rng, 1, 10), "30")

    def _some_day(self) -> dt.date:
        return self.first_day + days(whole(self.rng, 16, (self.last_day - self.first_day).days))

    def _cover(
        self, e: Enterprise, insurer: Insurer, start: dt.date, lead_days: int, object_code: str = "10", term: int = 365
    ) -> Cover:
        rng = self.rng
        self.serial += 1
        region, issue = self._region(e, object_code), start - days(lead_days)
        employees = e.employee_count if object_code == "10" else max(3, e.employee_count // 3)
        persons = (
            employees if employees < 3 or rng.random() > 0.02 else employees - whole(rng, 1, max(1, employees // 5))
        )
        limit = Weighted.of(list(e.county.terms.per_person_limits.items())).draw(rng)
        rate = _PER_PERSON[e.domain_code] * (0.6 + 0.8 * rng.random()) * (0.5 + limit / 100) * term / 365
        cover = Cover(
            enterprise=e,
            insurer=insurer,
            policy_no=policy_number(insurer, region, issue, self.serial),
            object_code=object_code,
            region_code=region,
            issue=issue,
            start=start,
            end=start + days(term - 1),
            premium_cents=max(50_000, int(persons * rate) // 10 * 1_000),
            person_count=persons,
            employee_count=employees,
            limit_wan=limit,
            fee_ratio=self._fee_ratio(e),
        )
        return self._ending(cover)

    def _fee_ratio(self, e: Enterprise) -> Decimal:
        return Decimal(whole(self.rng, *e.county.terms.fee_per_mille)).scaleb(-3)

    def _region(self, e: Enterprise, object_code: str) -> str:
        draw, city = self.rng.random(), e.county.city_code
        if draw < 0.003:
            return geography().zones.get(city, city)
        if object_code == "20" and draw < 0.3:
            return pick(self.rng, geography().by_city[city]).code
        return e.county.code

    def _ending(self, cover: Cover) -> Cover:
        """Early ends: the enterprise closed, the project was finished, or the premium was never paid."""
        e, rng = cover.enterprise, self.rng
        if e.is_closed and cover.start < e.status_date <= cover.end - days(10) and cover.issue < e.status_date:
            reason = "10" if e.status_code == "40" else "20"
            return replace(cover, gone_on=e.status_date + days(whole(rng, 1, 9)), gone_status="40", gone_reason=reason)
        if cover.object_code == "20" and rng.random() < 0.15:
            ended = cover.start + (cover.end - cover.start) * 2 // 3
            return replace(cover, gone_on=ended, gone_status="50", gone_reason="50")
        if cover.object_code == "20" and rng.random() < 0.1:
            return replace(cover, extended_to=cover.end + days(whole(rng, 30, 120)))
        is_voidable = cover.issue >= self.first_day and cover.start - cover.issue > days(5) and e.serial >= len(cast())
        if is_voidable and rng.random() < VOID_SHARE:
            return replace(cover, gone_on=cover.start, gone_status="60", gone_reason="40")
        return cover

    def _shared(self, cover: Cover) -> Iterator[Cover]:
        other = market().draw(self.rng)
        if cover.previous_no or other is cover.insurer or cover.gone_on or self.rng.random() > COINSURED_SHARE:
            yield cover
            return
        follower = Decimal(whole(self.rng, 4, 9) * 5).scaleb(-2)
        part = int(cover.premium_cents * follower)
        yield replace(cover, share=1 - follower, lead=cover.insurer, premium_cents=cover.premium_cents - part)
        yield replace(cover, insurer=other, share=follower, lead=cover.insurer, premium_cents=part)
