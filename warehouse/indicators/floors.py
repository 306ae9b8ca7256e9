"""A province's own floors, ``indicators.yml`` of its folder: the denominator below which a figure is compared with no other."""

from __future__ import annotations

import pathlib
from collections.abc import Collection

from schemas.mistakes import Mistakes, nearest
from schemas.yaml_files import Entry, read_yaml
from warehouse.indicators.measures import MinDenominator

FILE = "indicators.yml"


class Floor(Entry):
    """What a province says of one indicator."""

    min_denominator: MinDenominator


def own_floors(folder: pathlib.Path, indicators: Collection[str]) -> dict[str, MinDenominator]:
    """The floors of a province by indicator; shipped ones count for the others. Raises DefinitionError with every mistake."""
    path = folder / FILE
    if not path.exists():
        return {}
    file = read_yaml(f"{folder.name}/{FILE}", path.read_bytes(), dict)
    found = dict[str, MinDenominator]()
    with Mistakes() as mistakes:
        for indicator in file.values:
            if indicator not in indicators:
                mistakes.add(
                    file.error((indicator,), "has no denominator or is no indicator", nearest(indicator, indicators))
                )
            elif floor := mistakes.attempt(file.part, Floor, indicator):
                found[indicator] = floor.min_denominator
    return found
