"""The cities and counties of the simulated province, how much of the business lies where, and on which terms."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.truth.chance import Random, Weighted, stream
from sandbox.world import World, of_world

_TERMS = {"per_person_limits", "fee_per_mille", "services_a_year"}
_MORE_TERMS = {"cities", "subsidy_pct", "rhythm", "rhythm_rule_no"}


@dataclass(frozen=True)
class Terms:
    """What covers promise in a city: limits in 10,000 yuan a person, the prevention fee in per mille of the premium.

    ``rhythm`` holds (item, share of the year at which the window begins and ends) of each service that a rule names.
    """

    per_person_limits: Weighted[int]
    fee_per_mille: tuple[int, int]
    services_a_year: int
    subsidy_pct: int = 0
    rhythm: tuple[tuple[str, float, float], ...] = ()
    rhythm_rule_no: str | None = None


@dataclass(frozen=True)
class County:
    """One county-level unit with its city."""

    code: str
    name: str
    city_code: str
    city_name: str
    terms: Terms = field(repr=False)


@dataclass(frozen=True)
class Geography:
    """Where the business lies. ``zones`` are statistical zone codes that some systems send instead of a county."""

    counties: tuple[County, ...]
    by_city: Mapping[str, tuple[County, ...]]
    anywhere: Weighted[County]
    on_the_coast: Weighted[County]
    zones: Mapping[str, str]


@of_world
def geography(world: World) -> Geography:
    """The geography of the present province. Raises DefinitionError."""
    shares: Mapping[str, float] = world.values["city_shares"]
    counties = _counties(world, shares)
    by_city = {city: tuple(c for c in counties if c.city_code == city) for city in shares}
    weights = _weights(by_city, counties, shares)
    coast = [(county, weight) for county, weight in weights if county.city_code in world.values["coast"]]
    return Geography(counties, by_city, Weighted.of(weights), Weighted.of(coast or weights), world.values["zones"])


def _counties(world: World, shares: Mapping[str, float]) -> tuple[County, ...]:
    plain = _terms(world, "terms")
    strict = _terms(world, "strict_terms") if "strict_terms" in world.values else plain
    cities = world.values.get("strict_terms", {}).get("cities", ())
    with (world.folder / "counties.csv").open(encoding="utf-8", newline="") as file:
        found = tuple(
            County(r["county_code"], r["county_name"], r["city_code"], r["city_name"], strict if r["city_code"] in cities else plain)
            for r in csv.DictReader(file)
        )  # fmt: skip
    if odd := sorted({county.city_code for county in found} ^ set(shares)):
        raise world.refuse("city_shares", f"counties.csv and city_shares differ: {odd}", "name each city in both")
    return found


def _weights(
    by_city: Mapping[str, tuple[County, ...]], counties: tuple[County, ...], shares: Mapping[str, float]
) -> list[tuple[County, float]]:
    rng: Random = stream(0, "county weights")
    part = {c.code: 0.5 + rng.random() for c in counties}
    total = {city: sum(part[c.code] for c in by_city[city]) for city in by_city}
    return [(c, shares[c.city_code] * part[c.code] / total[c.city_code]) for c in counties]


def _terms(world: World, key: str) -> Terms:
    said: dict[str, Any] = world.values[key]
    if not isinstance(said, dict) or not _TERMS <= set(said) <= _TERMS | _MORE_TERMS:
        raise world.refuse(key, "are no terms", f"write {', '.join(sorted(_TERMS))}")
    low, high = said["fee_per_mille"]
    return Terms(
        Weighted.of(list(said["per_person_limits"].items())),
        (low, high),
        said["services_a_year"],
        said.get("subsidy_pct", 0),
        tuple((item, begin, end) for item, begin, end in said.get("rhythm", ())),
        said.get("rhythm_rule_no"),
    )
