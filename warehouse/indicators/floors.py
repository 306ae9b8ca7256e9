"""A province's own floors, ``indicators.yml`` of its folder: the denominator below which a figure is compared with no other."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Mapping
from decimal import Decimal

from schemas.lined import Lined
from warehouse.indicators.measures import MinDenominator

FILE = "indicators.yml"
_KEYS = {"value", "label", "source"}


def own_floors(folder: pathlib.Path, indicators: Collection[str]) -> dict[str, MinDenominator]:
    """The floors of a province by indicator; shipped ones count for the others. Raises DefinitionError."""
    path = folder / FILE
    if not path.exists():
        return {}
    said = Lined(path, required=(), optional=sorted(indicators))
    return {indicator: _floor(said, indicator) for indicator in said.values}


def _floor(said: Lined, indicator: str) -> MinDenominator:
    body = said.values[indicator]
    entry = body.get("min_denominator") if isinstance(body, Mapping) and set(body) == {"min_denominator"} else None
    if not isinstance(entry, Mapping) or set(entry) != _KEYS or type(entry["value"]) is not int or entry["value"] < 0:
        raise said.refuse(indicator, "says no floor", "{min_denominator: {value: 30, label: ..., source: ...}}")
    return MinDenominator(Decimal(entry["value"]), str(entry["label"]), str(entry["source"]))
