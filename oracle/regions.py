"""Where a region code counts, from the rows of ``schemas/regions/*.csv`` (domain: region code rule)."""

from __future__ import annotations

import csv
import functools
import pathlib
from dataclasses import dataclass

import schemas
from oracle import province

FOLDER = pathlib.Path(schemas.__file__).parent / "regions"


@dataclass(frozen=True)
class Place:
    """County and city are None where a code does not tell them."""

    province_code: str
    city_code: str | None
    county_code: str | None


def resolve(code: str) -> Place | None:
    """The place of a code in our province, whatever the date; None = no such place here."""
    return _resolve(province.code(), code)


@functools.cache
def _resolve(whole: str, code: str) -> Place | None:
    """A former code counts for its successor, a placeholder, a zone or a city code for its city only.

    Without a city above it (a district of a municipality), what does not tell the county counts for the whole.
    """
    code = _successor(code) or (code[4:] == "01" and _successor(f"{code[:4]}00")) or code
    level, parent = _present().get(code, ("", ""))
    if code[:2] != whole[:2] or len(code) != 6:
        return None
    if level == "county":
        return Place(whole, parent if parent != whole else None, code)
    if level:
        return Place(whole, code if level == "city" else None, None)
    return _statistical(whole, code)


def _statistical(whole: str, code: str) -> Place | None:
    """Codes of statistics: zones (fifth digit 7, or listed), the placeholder ``xx01``, groupings of counties."""
    city, is_zone = f"{code[:4]}00", code[4] == "7" or code in _codes("zones.csv")
    if _present().get(city, ("", ""))[0] == "city" and (is_zone or code[4:] == "01"):
        return Place(whole, city, None)
    has_no_cities = code[2:4] in {"01", "02"} and ("county", whole) in _present().values()
    has_direct = any(region[:4] == f"{whole[:2]}90" for region in _present())
    if (has_no_cities and (is_zone or code == city)) or (has_direct and code == f"{whole[:2]}9000"):
        return Place(whole, None, None)
    return None


@functools.cache
def _present() -> dict[str, tuple[str, str]]:
    """Level and parent of each region that is no past one."""
    return {
        row["region_code"]: (row["level"], row["parent_code"]) for row in _rows("regions.csv") if not row["valid_to"]
    }


def _successor(code: str) -> str | None:
    return _successors().get(code)


@functools.cache
def _codes(file: str) -> frozenset[str]:
    return frozenset(row["region_code"] for row in _rows(file))


@functools.cache
def _successors() -> dict[str, str]:
    return {row["region_code"]: row["successor_code"] for row in _rows("former.csv")}


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
