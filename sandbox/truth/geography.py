"""The 16 cities and 136 counties of the simulated province, with how much of the business lies where."""

from __future__ import annotations

import csv
import pathlib
from dataclasses import dataclass

from sandbox.truth.chance import Random, Weighted, stream

#: Share of the insured enterprises by city, per cent; an assumption in the order of the cities' economies.
CITY_SHARES = {
    "370100": 9.5, "370200": 6.0, "370300": 7.0, "370400": 4.0, "370500": 5.0, "370600": 10.0, "370700": 11.0,
    "370800": 8.0, "370900": 5.0, "371000": 5.0, "371100": 4.0, "371300": 10.0, "371400": 6.0, "371500": 5.0,
    "371600": 5.0, "371700": 6.0,
}  # fmt: skip
COAST = frozenset({"370200", "370500", "370600", "370700", "371000", "371100", "371600"})
#: Statistical zone codes that some systems send instead of a county (fifth digit 7).
ZONES = {"370100": "370171", "370200": "370271", "370600": "370671", "370800": "370871", "371000": "371071", "371300": "371371"}  # fmt: skip


@dataclass(frozen=True)
class County:
    """One county-level unit with its city."""

    code: str
    name: str
    city_code: str
    city_name: str

    @property
    def is_qingdao(self) -> bool:
        return self.city_code == "370200"


def _read() -> tuple[County, ...]:
    with pathlib.Path(__file__).with_name("counties.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(County(r["county_code"], r["county_name"], r["city_code"], r["city_name"]) for r in rows)


COUNTIES = _read()
BY_CITY = {city: tuple(c for c in COUNTIES if c.city_code == city) for city in CITY_SHARES}


def _weights(counties: tuple[County, ...]) -> list[tuple[County, float]]:
    rng: Random = stream(0, "county weights")
    part = {c.code: 0.5 + rng.random() for c in COUNTIES}
    total = {city: sum(part[c.code] for c in BY_CITY[city]) for city in BY_CITY}
    return [(c, CITY_SHARES[c.city_code] * part[c.code] / total[c.city_code]) for c in counties]


ANYWHERE = Weighted.of(_weights(COUNTIES))
ON_THE_COAST = Weighted.of(_weights(tuple(c for c in COUNTIES if c.city_code in COAST)))
