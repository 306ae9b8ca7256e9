"""Region codes of China (GB/T 2260), valid in time, and what each counts for in the figures of a province.

``regions_of`` gives the regions of any province; the functions of the module speak of the province of this process.
Source: ``schemas/regions/*.csv``, told in ``schemas/regions/README.md``.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from schemas.code_lists import fold
from schemas.errors import DefinitionError, SetupError
from schemas.province import province

FOLDER = pathlib.Path(__file__).parent / "regions"

#: "Always" of a table whose first day may not be null.
FIRST_DAY = dt.date(1900, 1, 1)

Level = Literal["province", "city", "county"]
NoteCode = Literal["city_level", "placeholder", "grouping", "zone", "former", "other_province"]

#: What to tell the sender when a code resolves, but not to a county of the table.
NOTES: dict[NoteCode, str] = {
    "city_level": "代码只到市级,县级不详,只计入该市;请填写县(市、区)代码",
    "placeholder": "“市辖区”是统计用代码,县级不详,只计入该市;请填写县(市、区)代码",
    "grouping": "“县”“省直辖县级行政区划”是统计用代码,县级不详,只计入全省(市);请填写县(市、区)代码",
    "zone": "功能区统计代码不是国家标准的县级代码,只计入所在市;请填写所在县(市、区)代码",
    "former": "该代码已撤销或更名,已按现行代码归属;请改用现行代码",
    "other_province": "外省代码,不计入本省指标",
}


@dataclass(frozen=True)
class Region:
    """One region with its name; both dates inclusive, ``valid_to`` None = still valid."""

    region_code: str
    region_name: str
    level: Level
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


_Interval = tuple[dt.date, dt.date | None, RegionResolution]


@dataclass(frozen=True)
class Regions:
    """The regions of one province, present and past, in the order of their codes.

    ``successors``: the present region that each past one went into: the smallest one that is known to hold all of it.
    """

    code: str
    known: tuple[Region, ...]
    successors: Mapping[str, str]
    zones: Mapping[str, str]

    def resolve(self, code: str, on: dt.date | None) -> RegionResolution | None:
        """What a six-digit code counts for on a business date (None = now); None = no such code.

        A former code resolves to its successor always, and is noted from the day of the change on.
        """
        if self._is_elsewhere(code):
            return RegionResolution(code[:2] + "0000", None, None, "other_province")
        for valid_from, valid_to, resolution in self._resolutions.get(code, ()):
            if on is None and valid_to is None:
                return resolution
            if on is not None and valid_from <= on and (valid_to is None or on <= valid_to):
                return resolution
        return None

    def name(self, code: str) -> str | None:
        """The name of a province, city, county, zone or former region; None for an unknown code."""
        region = self._by_code.get(code)
        return region.region_name if region else self.zones.get(code)

    def full_name(self, code: str) -> str | None:
        """The name of a region, of a county with its parent's before it: 市中区 is in 济南市 and in 枣庄市."""
        name, region = self.name(code), self._by_code.get(code)
        parent = f"{code[:4]}00" if region is None else region.parent_code if region.level == "county" else None
        above = self.name(parent) if parent else None
        return f"{above}{name}" if name and above else name

    def near(self, text: str, limit: int = 3) -> list[tuple[str, str]]:
        """Counties and cities that an unknown code or name may mean, as (code, name), the nearest first."""
        wanted = fold(text)
        listed = {r.region_code: r.region_name for r in self.present if r.level != "province"}
        named = [code for code, name in listed.items() if len(wanted) > 1 and (wanted in name or name in wanted)]
        close = difflib.get_close_matches(wanted, [*listed, *listed.values()], n=max(len(listed), 1), cutoff=0.6)
        close.sort(key=lambda text: _same_beginning(text, wanted), reverse=True)
        codes = [code for text in close for code, name in listed.items() if text in (code, name)]
        return [(code, listed[code]) for code in dict.fromkeys(named + codes)][:limit]

    def cities(self) -> tuple[Region, ...]:
        """The present cities, prefectures and what the province itself administers."""
        return tuple(r for r in self.present if r.level == "city")

    def counties(self, parent_code: str | None = None) -> tuple[Region, ...]:
        """The present counties, or those of one city."""
        return tuple(r for r in self.present if r.level == "county" and parent_code in (None, r.parent_code))

    def region_rows(self) -> list[dict[str, object]]:
        """Rows of ``reference.region``: the province, its cities and counties, and former ones with their last day."""
        return [asdict(r) for r in self.known]

    def resolution_rows(self) -> list[dict[str, object]]:
        """Rows of ``reference.region_resolution``: every code that resolves, by validity (both dates inclusive).

        Codes of other provinces have no row: they count for no region of this one.
        """
        return [
            {"region_code": code, "valid_from": valid_from, "valid_to": valid_to, **asdict(resolution)}
            for code, intervals in sorted(self._resolutions.items())
            for valid_from, valid_to, resolution in intervals
        ]

    @functools.cached_property
    def present(self) -> tuple[Region, ...]:
        """The regions that are valid now."""
        return tuple(r for r in self.known if r.valid_to is None)

    @functools.cached_property
    def _by_code(self) -> dict[str, Region]:
        return {r.region_code: r for r in self.known}

    @functools.cached_property
    def _parents(self) -> frozenset[str | None]:
        return frozenset(r.parent_code for r in self.counties())

    @functools.cached_property
    def _resolutions(self) -> dict[str, tuple[_Interval, ...]]:
        found = {code: _always(resolution) for code, resolution in self._statistical()}
        for region in self.known:
            if region.level == "province":
                continue
            intervals = tuple(self._intervals(region))
            found[region.region_code] = intervals
            if region.level == "city" and region.valid_to:
                found.setdefault(f"{region.region_code[:4]}01", intervals)
        return found

    def _statistical(self) -> Iterator[tuple[str, RegionResolution]]:
        """Codes of statistics that are no region of the standard: placeholders, groupings and zones.

        A region of the standard goes before them: 652301 is the city 昌吉市, no placeholder.
        """
        whole, digits = RegionResolution(self.code, None, None), self.code[:2]
        if any(not city.region_code.endswith("00") for city in self.cities()):
            yield f"{digits}9000", replace(whole, note_code="grouping")
        above = {c.region_code[:4]: self._place(c) for c in self.cities() if c.region_code.endswith("00")}
        if self.code in self._parents:
            yield f"{digits}0100", replace(whole, note_code="placeholder")
            yield f"{digits}0200", replace(whole, note_code="grouping")
            above |= {f"{digits}01": whole, f"{digits}02": whole}
        for prefix, place in above.items():
            if place.city_code:
                yield f"{prefix}01", replace(place, note_code="placeholder")
            for last in "0123456789":
                yield f"{prefix}7{last}", replace(place, note_code="zone")
        for code in self.zones:
            yield code, replace(above.get(code[:4], whole), note_code="zone")

    def _intervals(self, region: Region) -> Iterator[_Interval]:
        if region.valid_to is None:
            yield FIRST_DAY, None, self._place(region)
            return
        resolution = self._place(self._by_code[self.successors[region.region_code]])
        yield FIRST_DAY, region.valid_to, resolution
        yield region.valid_to + dt.timedelta(days=1), None, replace(resolution, note_code="former")

    def _place(self, region: Region) -> RegionResolution:
        """What a present region counts for. A city without counties leaves nothing to be told more exactly."""
        if region.level == "province":
            return RegionResolution(self.code, None, None)
        if region.level == "city":
            note: NoteCode | None = "city_level" if region.region_code in self._parents else None
            return RegionResolution(self.code, region.region_code, None, note)
        city = None if region.parent_code == self.code else region.parent_code
        return RegionResolution(self.code, city, region.region_code)

    def _is_elsewhere(self, code: str) -> bool:
        is_code = len(code) == 6 and code.isascii() and code.isdigit()
        return is_code and code[:2] != self.code[:2] and f"{code[:2]}0000" in provinces()


def resolve_region(code: str, on: dt.date | None) -> RegionResolution | None:
    """What a code counts for in our province on a business date (None = now); None = no such code."""
    return own_regions().resolve(code, on)


def region_name(code: str) -> str | None:
    """The name of a region of our province, present or past; None for an unknown code."""
    return own_regions().name(code)


def full_region_name(code: str) -> str | None:
    """The name of a region of our province, of a county with its city's before it."""
    return own_regions().full_name(code)


def near_regions(text: str, limit: int = 3) -> list[tuple[str, str]]:
    """Regions of our province that an unknown code or name may mean, as (code, name), the nearest first."""
    return own_regions().near(text, limit)


def own_regions() -> Regions:
    """The regions of the province of this process."""
    return regions_of(province().code)


@functools.cache
def provinces() -> dict[str, str]:
    """The names of all provinces of GB/T 2260, by code."""
    return {row["region_code"]: row["region_name"] for _, row in _rows("regions.csv") if row["level"] == "province"}


@functools.cache
def regions_of(code: str) -> Regions:
    """The regions of a province. Raises SetupError for a code that is none, DefinitionError for a mistake in a table."""
    if code not in provinces():
        raise SetupError(f"{code!r} is no province of GB/T 2260: write its six digits, like 410000")
    known = tuple(_region(row) for row in _rows_of("regions.csv", code).values())
    successors = {past: row["successor_code"] for past, row in _rows_of("former.csv", code).items()}
    zones = {zone: row["region_name"] for zone, row in _rows_of("zones.csv", code).items()}
    regions = Regions(code, known, successors, zones)
    _require_whole(regions)
    return regions


def _require_whole(regions: Regions) -> None:
    """Raise DefinitionError for a region without parent, and for a past one without a present successor."""
    codes, present = {r.region_code for r in regions.known}, {r.region_code for r in regions.present}
    for r in regions.known:
        if r.level != "province" and r.parent_code not in codes:
            raise _mistake("regions.csv", r.region_code, "its parent is not listed", "list the parent, too")
        if r.valid_to and regions.successors.get(r.region_code) not in present:
            fix = "name a present region that holds all of it; the province where no other is known"
            raise _mistake("former.csv", r.region_code, "it has no present successor", fix)
    for code in regions.successors:
        if code in present or code not in codes:
            problem = "it is no past region of regions.csv"
            raise _mistake("former.csv", code, problem, "give it a last day there, or take it out here")


def _mistake(file: str, code: str, problem: str, fix: str) -> DefinitionError:
    line = next((line for line, row in _rows(file) if row["region_code"] == code), None)
    return DefinitionError(f"regions/{file}", code, problem, line, fix)


def _always(resolution: RegionResolution) -> tuple[_Interval, ...]:
    return ((FIRST_DAY, None, resolution),)


def _same_beginning(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning: a code's first four name its city."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _region(row: Mapping[str, str]) -> Region:
    level: Level = "province" if row["level"] == "province" else "city" if row["level"] == "city" else "county"
    first, last = row["valid_from"], row["valid_to"]
    return Region(
        row["region_code"],
        row["region_name"],
        level,
        row["parent_code"] or None,
        dt.date.fromisoformat(first) if first else FIRST_DAY,
        dt.date.fromisoformat(last) if last else None,
    )


def _rows_of(file: str, province_code: str) -> dict[str, dict[str, str]]:
    return {row["region_code"]: row for _, row in _rows(file) if row["region_code"][:2] == province_code[:2]}


@functools.cache
def _rows(file: str) -> list[tuple[int, dict[str, str]]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(enumerate(csv.DictReader(stream), start=2))
