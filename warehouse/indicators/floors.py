"""Floors: the denominator below which a figure is compared with no other, by the last day of its period.

A definition says the shipped one; a province's own, ``indicators.yml`` of its folder, lie over it from their first day on.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from schemas.mistakes import Mistakes, nearest
from schemas.yaml_files import Told, read_yaml
from warehouse.indicators.measures import MinDenominator

FILE = "indicators.yml"


class OwnFloor(MinDenominator):
    """What a province says of one indicator. Days of validity include both ends."""

    indicator: str
    valid_from: dt.date
    valid_to: dt.date | None = None

    def mistakes(self) -> Iterator[Told]:
        """It ends no earlier than it begins."""
        if self.valid_to and self.valid_to < self.valid_from:
            yield "valid_to", f"{self.valid_to} is before valid_from", "write the last day"


@dataclass(frozen=True)
class Floor:
    """The floor of the figures whose period ends within these days, both ends included."""

    least: MinDenominator
    valid_from: dt.date = dt.date.min
    valid_to: dt.date = dt.date.max


def laid_over(shipped: MinDenominator, own: Iterable[OwnFloor]) -> tuple[Floor, ...]:
    """The floors of an indicator: each holds until its last day, or the day before the next one's first."""
    found = [Floor(shipped)]
    for floor in sorted(own, key=lambda floor: floor.valid_from):
        *kept, last = found
        if last.valid_from < floor.valid_from:
            day_before = floor.valid_from - dt.timedelta(days=1)
            kept.append(Floor(last.least, last.valid_from, min(last.valid_to, day_before)))
        found = [*kept, Floor(floor, floor.valid_from, floor.valid_to or dt.date.max)]
    return tuple(found)


def own_floors(folder: pathlib.Path, indicators: Collection[str]) -> tuple[OwnFloor, ...]:
    """The floors that a province says. Raises DefinitionError with every mistake."""
    path = folder / FILE
    if not path.exists():
        return ()
    file = read_yaml(f"{folder.name}/{FILE}", path.read_bytes(), list, names=("indicator",))
    found: dict[tuple[str, dt.date], OwnFloor] = {}
    with Mistakes() as mistakes:
        for number in file.numbers:
            floor = mistakes.attempt(file.part, OwnFloor, number)
            if floor is None:
                continue
            if floor.indicator not in indicators:
                problem = f"{floor.indicator} has no denominator or is no indicator"
                mistakes.add(file.error((number, "indicator"), problem, nearest(floor.indicator, indicators)))
            if (floor.indicator, floor.valid_from) in found:
                problem = f"{floor.valid_from} begins another floor of it, too"
                mistakes.add(file.error((number, "valid_from"), problem, "keep one of them"))
            found.setdefault((floor.indicator, floor.valid_from), floor)
    return tuple(found.values())
