"""Where a region code counts, from the rows of ``schemas/regions/*.csv`` (domain: region code rule)."""

from __future__ import annotations

import csv
import functools
import pathlib
from dataclasses import dataclass

import schemas

FOLDER = pathlib.Path(schemas.__file__).parent / "regions"
PROVINCE = "370000"


@dataclass(frozen=True)
class Place:
    """County and city are None where a code does not tell them."""

    province_code: str
    city_code: str | None
    county_code: str | None


@functools.cache
def resolve(code: str) -> Place | None:
    """The place of a code, whatever the date: a former code counts for its successor. None = no such place here.

    Statistical zones (fifth digit 7), the placeholder ``xx01`` and city codes count for their city only.
    """
    code = _successors().get(code, code)
    city = f"{code[:4]}00"
    if code in _codes("counties.csv"):
        return Place(PROVINCE, city, code)
    if code == PROVINCE:
        return Place(PROVINCE, None, None)
    if len(code) == 6 and city in _codes("cities.csv") and (code[4:] in {"00", "01"} or code[4] == "7"):
        return Place(PROVINCE, city, None)
    return None


@functools.cache
def _codes(file: str) -> frozenset[str]:
    return frozenset(row["region_code"] for row in _rows(file))


@functools.cache
def _successors() -> dict[str, str]:
    return {row["region_code"]: row["successor_code"] for row in _rows("former.csv")}


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
