"""Region codes of Shandong (GB/T 2260) and what each counts for, on a date.

16 cities and 136 counties as they are now, codes that were renamed, merged or abolished with their successors,
statistical zones (fifth digit 7) and placeholders. Source: ``schemas/regions/*.csv``.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import pathlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Literal

from schemas.code_lists import fold
from schemas.errors import DefinitionError

FOLDER = pathlib.Path(__file__).parent / "regions"

PROVINCE_CODE = "370000"
PROVINCE_NAME = "山东省"

#: "Always" of a table whose first day may not be null.
FIRST_DAY = dt.date(1900, 1, 1)

#: First two digits of the other provinces of GB/T 2260.
OTHER_PROVINCES = frozenset(
    f"{region}{province}"
    for region, provinces in (
        ("1", "12345"),
        ("2", "123"),
        ("3", "123456"),
        ("4", "123456"),
        ("5", "01234"),
        ("6", "12345"),
    )
    for province in provinces
) | {"71", "81", "82"}

NoteCode = Literal["city_level", "placeholder", "zone", "former", "other_province"]

#: What to tell the sender when a code resolves, but not to a county of the table.
NOTES: dict[NoteCode, str] = {
    "city_level": "代码只到市级,县级不详,只计入该市;请填写县(市、区)代码",
    "placeholder": "“市辖区”是统计用代码,县级不详,只计入该市;请填写县(市、区)代码",
    "zone": "功能区统计代码不是国家标准的县级代码,只计入所在市;请填写所在县(市、区)代码",
    "former": "该代码已撤销或更名,已按现行代码归属;请改用现行代码",
    "other_province": "外省代码,不计入本省指标",
}


@dataclass(frozen=True)
class Region:
    """One region with its name; both dates inclusive, ``valid_to`` None = still valid."""

    region_code: str
    region_name: str
    level: Literal["province", "city", "county"]
    parent_code: str | None
    valid_from: dt.date = FIRST_DAY
    valid_to: dt.date | None = None


@dataclass(frozen=True)
class RegionResolution:
    """What a code counts for today; ``note_code`` is the reason for a warning (``NOTES``), None = a plain county."""

    province_code: str
    city_code: str | None
    county_code: str | None
    note_code: NoteCode | None = None


@dataclass(frozen=True)
class _Former:
    """A code that another one succeeded: the successor is a county, or a city when the county is unknown."""

    region_code: str
    region_name: str
    change: str
    changed_on: dt.date
    successor_code: str


def resolve_region(code: str, on: dt.date | None) -> RegionResolution | None:
    """What a six-digit code counts for on a business date (None = now); None = no such code.

    A former code resolves to its successor always, and is noted from the day of the change on.
    """
    if code[:2] in OTHER_PROVINCES and len(code) == 6 and code.isascii() and code.isdigit():
        return RegionResolution(code[:2] + "0000", None, None, "other_province")
    for valid_from, valid_to, resolution in _resolutions().get(code, ()):
        if on is None and valid_to is None:
            return resolution
        if on is not None and valid_from <= on and (valid_to is None or on <= valid_to):
            return resolution
    return None


def region_name(code: str) -> str | None:
    """The name of a province, city, county, zone or former region; None for an unknown code."""
    return _names().get(code)


def full_region_name(code: str) -> str | None:
    """The name of a region, of a county with its city's before it: 市中区 is in 济南市 and in 枣庄市."""
    name = region_name(code)
    city = None if code.endswith("00") else region_name(f"{code[:4]}00")
    return f"{city}{name}" if name and city else name


def _same_beginning(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning: a code's first four name its city."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def near_regions(text: str, limit: int = 3) -> list[tuple[str, str]]:
    """Counties and cities that an unknown code or name may mean, as (code, name), the nearest first."""
    wanted = fold(text)
    listed = {r.region_code: r.region_name for r in _current() if r.level != "province"}
    named = [code for code, name in listed.items() if len(wanted) > 1 and (wanted in name or name in wanted)]
    close = difflib.get_close_matches(wanted, [*listed, *listed.values()], n=len(listed), cutoff=0.6)
    close.sort(key=lambda text: _same_beginning(text, wanted), reverse=True)
    codes = [code for text in close for code, name in listed.items() if text in (code, name)]
    return [(code, listed[code]) for code in dict.fromkeys(named + codes)][:limit]


def cities() -> tuple[Region, ...]:
    """The 16 cities in the order of their codes."""
    return tuple(r for r in _current() if r.level == "city")


def counties(city_code: str | None = None) -> tuple[Region, ...]:
    """The 136 counties in the order of their codes, or those of one city."""
    return tuple(r for r in _current() if r.level == "county" and city_code in (None, r.parent_code))


def region_rows() -> list[dict[str, object]]:
    """Rows of ``reference.region``: the province, its cities and counties, and former ones with their last day."""
    since = {f.successor_code: f.changed_on for f in _former() if f.change != "merged"}
    rows = [replace(r, valid_from=since.get(r.region_code, FIRST_DAY)) for r in _current() if r.level == "county"]
    rows += [r for r in _current() if r.level != "county"]
    rows += [_former_region(f) for f in _former() if not f.region_code.endswith("01")]
    return [asdict(r) for r in sorted(rows, key=lambda r: (r.region_code, r.valid_from))]


def resolution_rows() -> list[dict[str, object]]:
    """Rows of ``reference.region_resolution``: every code that resolves, by validity (both dates inclusive).

    Codes of other provinces have no row: they count for no region of Shandong.
    """
    return [
        {"region_code": code, "valid_from": valid_from, "valid_to": valid_to, **asdict(resolution)}
        for code, intervals in sorted(_resolutions().items())
        for valid_from, valid_to, resolution in intervals
    ]


_Interval = tuple[dt.date, dt.date | None, RegionResolution]


@functools.cache
def _resolutions() -> dict[str, tuple[_Interval, ...]]:
    found: dict[str, tuple[_Interval, ...]] = {}
    for county in counties():
        found[county.region_code] = _always(RegionResolution(PROVINCE_CODE, county.parent_code, county.region_code))
    for city in cities():
        code = city.region_code
        found[code] = _always(RegionResolution(PROVINCE_CODE, code, None, "city_level"))
        found[f"{code[:4]}01"] = _always(RegionResolution(PROVINCE_CODE, code, None, "placeholder"))
        for last in "0123456789":
            found[f"{code[:4]}7{last}"] = _always(RegionResolution(PROVINCE_CODE, code, None, "zone"))
    for former in _former():
        found[former.region_code] = tuple(_former_intervals(former))
    return found


def _always(resolution: RegionResolution) -> tuple[_Interval, ...]:
    return ((FIRST_DAY, None, resolution),)


def _former_intervals(former: _Former) -> Iterator[_Interval]:
    successor = former.successor_code
    county = None if successor.endswith("00") else successor
    resolution = RegionResolution(PROVINCE_CODE, successor[:4] + "00", county, None if county else "city_level")
    yield FIRST_DAY, former.changed_on - dt.timedelta(days=1), resolution
    yield former.changed_on, None, replace(resolution, note_code="former")


def _former_region(former: _Former) -> Region:
    is_city = former.region_code.endswith("00")
    parent = PROVINCE_CODE if is_city else former.region_code[:4] + "00"
    last_day = former.changed_on - dt.timedelta(days=1)
    return Region(former.region_code, former.region_name, "city" if is_city else "county", parent, FIRST_DAY, last_day)


@functools.cache
def _current() -> tuple[Region, ...]:
    rows = [Region(PROVINCE_CODE, PROVINCE_NAME, "province", None)]
    rows += [Region(code, name, "city", PROVINCE_CODE) for code, name in _pairs("cities.csv")]
    rows += [Region(code, name, "county", f"{code[:4]}00") for code, name in _pairs("counties.csv")]
    known = {r.region_code for r in rows}
    for region in rows:
        if region.parent_code is not None and region.parent_code not in known:
            raise DefinitionError("counties.csv", region.region_code, "belongs to no city of cities.csv")
    return tuple(sorted(rows, key=lambda r: r.region_code))


@functools.cache
def _former() -> tuple[_Former, ...]:
    known = {r.region_code for r in _current()}
    rows = [
        _Former(
            r["region_code"], r["region_name"], r["change"], dt.date.fromisoformat(r["changed_on"]), r["successor_code"]
        )
        for r in _rows("former.csv")
    ]
    for row in rows:
        if row.successor_code not in known or row.region_code in known:
            raise DefinitionError("former.csv", row.region_code, "the successor must be a present code, the former not")
    return tuple(rows)


@functools.cache
def _names() -> dict[str, str]:
    named = {f.region_code: f.region_name for f in _former()} | dict(_pairs("zones.csv"))
    return named | {r.region_code: r.region_name for r in _current()}


def _pairs(file: str) -> list[tuple[str, str]]:
    return [(row["region_code"], row["region_name"]) for row in _rows(file)]


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
