"""The 86 technical service agencies and the experts; the same for one seed in every part of the province."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.truth import names
from sandbox.truth.chance import pick, stream, whole
from sandbox.truth.clock import SHANGHAI, days
from sandbox.truth.credit_code import credit_code
from sandbox.truth.geography import County, geography
from sandbox.truth.province import Record, blank
from sandbox.world import world

AGENCY_COUNT = 86
EXPERT_COUNT = 1600
"""More than are sent on the busiest day of a whole province: nobody is in two counties at one time."""


@dataclass(frozen=True)
class Agency:
    """One technical service agency."""

    credit_code: str
    name: str
    county: County


def agencies(seed: int) -> tuple[Agency, ...]:
    """All agencies of the committee."""
    rng = stream(seed, "agencies")
    found = []
    for n in range(AGENCY_COUNT):
        county = pick(rng, geography().counties)
        brand = "".join(pick(rng, names.BRANDS) for _ in range(3))
        name = f"{county.city_name.removesuffix('市')}{brand}安全技术服务有限公司(模拟)"
        found.append(Agency(credit_code(n + 1, county.code), name, county))
    return tuple(found)


def experts(seed: int) -> tuple[str, ...]:
    """Experts as ``name/certificate``."""
    rng = stream(seed, "experts")
    return tuple(f"{names.person(rng)}/ZJ{world().code[:2]}{n:06d}" for n in range(1, EXPERT_COUNT + 1))


def register(seed: int) -> list[Record]:
    """The regulators' register rows of the agencies."""
    rng = stream(seed, "agency register")
    return [
        blank("agency")
        | {
            "agency_credit_code": agency.credit_code,
            "agency_name": agency.name,
            "region_code": agency.county.code,
            "qualification_list": f"安全评价/APJ-({world().said.abbreviation})-{n + 1:03d}/{dt.date(2027, 6, 30) + days(whole(rng, 0, 700))}",
            "is_committee_member": True,
            "expert_count": whole(rng, 3, 25),
            "operation_code": "I",
            "source_updated_at": dt.datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI),
        }
        for n, agency in enumerate(agencies(seed))
    ]
