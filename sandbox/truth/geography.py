"""The cities and counties of the simulated province, how much of the business lies where, and on which terms."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.truth.chance import Random, Weighted, stream
from sandbox.world import Terms, World, of_world


@dataclass(frozen=True)
class County:
    """One county-level unit with its city."""

    code: str
    name: str
    city_code: str
    city_name: str
    terms: Terms = field(repr=False, compare=False)


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
    shares = world.said.city_shares
    counties = _counties(world, shares)
    by_city = {city: tuple(c for c in counties if c.city_code == city) for city in shares}
    weights = _weights(by_city, counties, shares)
    coast = [(county, weight) for county, weight in weights if county.city_code in world.said.coast]
    return Geography(counties, by_city, Weighted.of(weights), Weighted.of(coast or weights), world.said.zones)


def _counties(world: World, shares: Mapping[str, float]) -> tuple[County, ...]:
    plain, strict = world.said.terms, world.said.strict_terms
    with (world.folder / "counties.csv").open(encoding="utf-8", newline="") as file:
        found = tuple(
            County(
                row["county_code"],
                row["county_name"],
                row["city_code"],
                row["city_name"],
                strict if strict and row["city_code"] in strict.cities else plain,
            )
            for row in csv.DictReader(file)
        )
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
