"""Regions: the 136 counties, and every case of the region code rule."""

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.regions import (
    NOTES,
    PROVINCE_CODE,
    cities,
    counties,
    near_regions,
    region_name,
    region_rows,
    resolution_rows,
    resolve_region,
)

ZONES = [
    "370171", "370176", "370271", "370571", "370572", "370671", "370672", "370676", "370772", "370871",
    "371071", "371072", "371073", "371171", "371371", "371471", "371472", "371771", "371772",
]  # fmt: skip

FORMER = {
    "371202": "370116", "371203": "370117", "370181": "370114", "370125": "370115", "370282": "370215",
    "370521": "370505", "370882": "370812", "371081": "371003", "371421": "371403", "371523": "371503",
    "371624": "371603", "371626": "371681", "371727": "371703", "370205": "370203", "370284": "370211",
    "370634": "370614", "370684": "370614", "370802": "370811",
}  # fmt: skip

COUNTS = [12, 10, 8, 6, 5, 11, 12, 11, 6, 4, 4, 12, 11, 8, 7, 9]


def test_sixteen_cities_and_their_counties() -> None:
    assert [len(counties(city.region_code)) for city in cities()] == COUNTS
    assert Counter(county.region_name[-1] for county in counties()) == {"区": 58, "市": 26, "县": 52}
    assert (region_name("370116"), region_name("371326"), region_name("371471")) == (
        "莱芜区",
        "平邑县",
        "德州经开(天衢新区)",
    )
    assert not any(county.region_code[4] == "7" for county in counties())


@pytest.mark.parametrize(
    ("code", "on", "city", "county", "note"),
    [
        ("370102", "2026-01-01", "370100", "370102", None),
        ("370100", "2026-01-01", "370100", None, "city_level"),
        ("370201", "2026-01-01", "370200", None, "placeholder"),
        ("371202", "2018-12-31", "370100", "370116", None),
        ("371202", "2019-01-01", "370100", "370116", "former"),
        ("371203", "2026-01-01", "370100", "370117", "former"),
        ("371200", "2018-12-31", "370100", None, "city_level"),
        ("371200", "2019-01-01", "370100", None, "former"),
        ("371201", "2026-01-01", "370100", None, "former"),
        ("371324", "2026-01-01", "371300", "371324", None),  # 苍山县 became 兰陵县 under the same code
        ("370279", "2026-01-01", "370200", None, "zone"),  # no named zone, but a zone of a city that exists
    ],
)
def test_what_a_code_counts_for(code: str, on: str, city: str, county: str | None, note: str | None) -> None:
    found = resolve_region(code, dt.date.fromisoformat(on))
    assert found is not None
    assert (found.province_code, found.city_code, found.county_code, found.note_code) == ("370000", city, county, note)


@pytest.mark.parametrize("code", ZONES)
def test_a_zone_counts_for_its_city(code: str) -> None:
    found = resolve_region(code, dt.date(2026, 11, 20))
    assert found is not None
    assert (found.city_code, found.county_code, found.note_code) == (code[:4] + "00", None, "zone")
    assert region_name(code)


@pytest.mark.parametrize(("code", "successor"), FORMER.items())
def test_a_former_county_counts_for_its_successor(code: str, successor: str) -> None:
    found = resolve_region(code, None)
    assert found is not None
    assert (found.city_code, found.county_code, found.note_code) == (successor[:4] + "00", successor, "former")


@pytest.mark.parametrize(
    "code", ["379999", "370000", "371299", "371271", "37010", "", "3701022", "370199", "99 100", "abcdef"]
)
def test_an_unknown_code_resolves_to_nothing(code: str) -> None:
    assert resolve_region(code, None) is None


def test_another_province_is_known_and_counts_for_no_city() -> None:
    found = resolve_region("320214", dt.date(2026, 1, 1))
    assert found is not None
    assert (found.province_code, found.city_code, found.note_code) == ("320000", None, "other_province")


@given(st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2100, 1, 1)), st.sampled_from(resolution_rows()))
def test_rows_for_the_warehouse_say_what_the_function_says(on: dt.date, row: dict[str, object]) -> None:
    valid_from, valid_to = row["valid_from"], row["valid_to"]
    assert isinstance(valid_from, dt.date)
    found = resolve_region(str(row["region_code"]), on)
    assert found is not None
    if valid_from <= on and (valid_to is None or (isinstance(valid_to, dt.date) and on <= valid_to)):
        assert found.note_code == row["note_code"]
    assert (found.province_code, found.city_code, found.county_code) == (
        PROVINCE_CODE,
        row["city_code"],
        row["county_code"],
    )


def test_resolution_rows_leave_no_gap_and_no_overlap() -> None:
    by_code: dict[object, list[dict[str, object]]] = {}
    for row in resolution_rows():
        by_code.setdefault(row["region_code"], []).append(row)
    for rows in by_code.values():
        assert rows[-1]["valid_to"] is None
        for earlier, later in pairwise(rows):
            assert earlier["valid_to"] == later["valid_from"] - dt.timedelta(days=1)  # type: ignore[operator]


def test_region_rows_form_a_tree() -> None:
    rows = region_rows()
    now = {row["region_code"]: row for row in rows if row["valid_to"] is None}
    assert Counter(row["level"] for row in now.values()) == {"province": 1, "city": 16, "county": 136}
    known = {row["region_code"] for row in rows}
    assert all(row["parent_code"] in known for row in rows if row["level"] != "province")
    assert now["370116"]["valid_from"] == dt.date(2019, 1, 1)


def test_near_matches_and_notes_help_the_sender() -> None:
    assert ("370102", "历下区") in near_regions("历下")
    assert near_regions("市中区")[:2] == [("370103", "市中区"), ("370402", "市中区")]
    assert near_regions("乐陵")[0] == ("371481", "乐陵市")
    assert near_regions("379999") == []
    assert {code[:4] for code, _ in near_regions("370199")} == {"3701"}
    assert set(NOTES) == {"city_level", "placeholder", "zone", "former", "other_province"}
