"""Enterprises of the province: who must be insured, in which state they are, and who covers them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.cast import Insurer, cast
from sandbox.truth import names
from sandbox.truth.chance import Random, Weighted, pick, stream, whole
from sandbox.truth.clock import SHANGHAI, days
from sandbox.truth.credit_code import credit_code
from sandbox.truth.geography import County, geography
from sandbox.truth.province import Record, blank
from sandbox.world import World, of_world, world

INSURED_AT_SCALE_1 = 56_000
NEVER_INSURED_SHARE = 0.011
"""Must-insure enterprises without any policy, as a share of those that have one; lapses come on top."""
VOLUNTARY = "90"
DOMAINS = Weighted.of(
    [("20", 16.0), ("12", 2.0), ("11", 0.8), ("30", 1.0), ("40", 18.0), ("50", 16.0), ("60", 0.6), ("70", 3.5), ("80", 7.0), ("85", 0.6), (VOLUNTARY, 34.5)]
)  # fmt: skip
INDUSTRIES = {
    "11": ("0610", "0620"), "12": ("1011", "1019", "0810"), "20": ("2611", "2651", "5162"), "30": ("2672",), "40": ("5431", "5521"),
    "50": ("4710", "4813"), "60": ("2671",), "70": ("3110", "3252"), "80": ("0411",), "85": ("3434",), "90": ("1751", "3311", "1399"),
}  # fmt: skip
DEPARTMENTS = {"11": "20", "12": "10", "20": "10", "30": "10", "40": "50", "50": "40", "60": "30", "70": "10", "80": "60", "85": "70", "90": "10"}  # fmt: skip
_STATUS = Weighted.of([("10", 95.0), ("20", 3.0), ("30", 0.8), ("40", 0.6), ("50", 0.6)])
_REGISTERED_AT = dt.datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Enterprise:
    """One enterprise of the register; ``insurer`` is None for a must-insure unit that nobody covers."""

    serial: int
    credit_code: str
    name: str
    county: County
    domain_code: str
    industry_code: str
    employee_count: int
    must_from: dt.date
    must_to: dt.date | None
    status_code: str
    status_date: dt.date
    insurer: Insurer | None

    @property
    def is_must_insure(self) -> bool:
        return self.domain_code not in (VOLUNTARY, "85")

    @property
    def is_closed(self) -> bool:
        return self.status_code in ("30", "40")


def population(seed: int, scale: float, first_day: dt.date, last_day: dt.date) -> tuple[Enterprise, ...]:
    """All enterprises of the register: the insured first, then must-insure units without cover."""
    rng = stream(seed, "enterprises")
    insured = max(len(cast()) * 2, round(INSURED_AT_SCALE_1 * scale))
    alone = max(1, round(insured * 0.65 * NEVER_INSURED_SHARE))
    span = (last_day - first_day).days
    return tuple(_enterprise(rng, n, first_day, span, n < insured) for n in range(insured + alone))


@of_world
def market(_: World) -> Weighted[Insurer]:
    """How the insurers share the business."""
    return Weighted.of([(insurer, 1 / (rank + 4)) for rank, insurer in enumerate(cast())])


def _insurer(rng: Random, serial: int) -> Insurer:
    return cast()[serial] if serial < len(cast()) else market().draw(rng)


def _domain(rng: Random, is_insured: bool) -> str:
    domain = DOMAINS.draw(rng)
    while not is_insured and domain in (VOLUNTARY, "85"):
        domain = DOMAINS.draw(rng)
    return domain


def _enterprise(rng: Random, serial: int, first_day: dt.date, span: int, is_insured: bool) -> Enterprise:
    domain, where = _domain(rng, is_insured), geography()
    county = (where.on_the_coast if domain == "80" else where.anywhere).draw(rng)
    status = "10" if serial < len(cast()) else _STATUS.draw(rng)
    is_small = rng.random() < 0.15
    must_from = (
        dt.date(2025, 3, 29) - days(whole(rng, 0, 1500))
        if rng.random() < 0.8
        else first_day + days(whole(rng, 0, span))
    )
    return Enterprise(
        serial=serial,
        credit_code=credit_code(serial + 1_000, county.code, "92" if is_small else "91"),
        name=names.company(rng, county.city_name, domain),
        county=county,
        domain_code=domain,
        industry_code=pick(rng, INDUSTRIES[domain]),
        employee_count=max(1, min(3_000, int(rng.lognormvariate(2.0 if is_small else 2.75, 1.0)))),
        must_from=must_from,
        must_to=first_day + days(whole(rng, 30, span)) if must_from < first_day and rng.random() < 0.012 else None,
        status_code=status,
        status_date=first_day + days(whole(rng, 20, span - 5)) if status != "10" else must_from,
        insurer=_insurer(rng, serial) if is_insured else None,
    )


def register(seed: int, enterprises: tuple[Enterprise, ...]) -> list[Record]:
    """The regulators' register rows of all enterprises."""
    rng = stream(seed, "enterprise register")
    return [_row(rng, e) for e in enterprises]


def _size(employees: int) -> str:
    return "10" if employees >= 1_000 else "20" if employees >= 300 else "30" if employees >= 20 else "40"


def _row(rng: Random, e: Enterprise) -> Record:
    basis = "安全生产许可或行业名录" if e.is_must_insure else "自愿投保"
    return blank("enterprise") | {
        "credit_code": e.credit_code,
        "enterprise_name": e.name,
        "region_code": e.county.code,
        "address_text": f"{e.county.city_name}{e.county.name}{whole(rng, 1, 300)}号",
        "high_risk_domain_code": e.domain_code,
        "industry_code": e.industry_code,
        "is_must_insure": e.is_must_insure,
        "must_insure_basis_text": basis,
        "must_insure_from_date": e.must_from,
        "must_insure_to_date": e.must_to,
        "operation_status_code": e.status_code,
        "operation_status_date": e.status_date,
        "employee_count": max(1, e.employee_count + (whole(rng, -2, 2) if rng.random() < 0.1 else 0)),
        "employee_count_date": dt.date(2026, 6, 30),
        "size_code": _size(e.employee_count),
        "safety_level_code": pick(rng, ("1", "2", "3", "3", "3", "none")),
        "risk_level_code": pick(rng, ("10", "20", "20", "30", "30")),
        "licence_no": f"({world().said.abbreviation})安许证字[{whole(rng, 2021, 2026)}]{e.serial:06d}"
        if e.is_must_insure
        else None,
        "regulator_dept_code": DEPARTMENTS[e.domain_code],
        "contact_name": names.person(rng),
        "contact_phone": names.phone(rng),
        "operation_code": "I",
        "source_updated_at": _REGISTERED_AT,
    }
