"""Regions: those of Shandong, every case of the region code rule, and what is special in other provinces."""

import datetime as dt
import hashlib
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SetupError
from schemas.regions import (
    FIRST_DAY,
    NOTES,
    near_regions,
    own_regions,
    provinces,
    region_name,
    regions_of,
    resolve_region,
)

SHANDONG, BEIJING, HENAN, HAINAN, CHONGQING, XINJIANG = "370000", "110000", "410000", "460000", "500000", "650000"
TODAY = dt.date(2026, 11, 20)

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
    shandong = regions_of(SHANDONG)
    assert [len(shandong.counties(city.region_code)) for city in shandong.cities()] == COUNTS
    assert Counter(county.region_name[-1] for county in shandong.counties()) == {"区": 58, "市": 26, "县": 52}
    assert (region_name("370116"), region_name("371326"), region_name("371471")) == (
        "莱芜区",
        "平邑县",
        "德州经开(天衢新区)",
    )
    assert not any(county.region_code[4] == "7" for county in regions_of(SHANDONG).counties())


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


@given(
    st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2100, 1, 1)),
    st.sampled_from(own_regions().resolution_rows()),
)
def test_rows_for_the_warehouse_say_what_the_function_says(on: dt.date, row: dict[str, object]) -> None:
    valid_from, valid_to = row["valid_from"], row["valid_to"]
    assert isinstance(valid_from, dt.date)
    found = resolve_region(str(row["region_code"]), on)
    assert found is not None
    if valid_from <= on and (valid_to is None or (isinstance(valid_to, dt.date) and on <= valid_to)):
        assert found.note_code == row["note_code"]
    assert (found.province_code, found.city_code, found.county_code) == (
        SHANDONG,
        row["city_code"],
        row["county_code"],
    )


@pytest.mark.parametrize("code", provinces())
def test_resolution_rows_leave_no_gap_and_no_overlap(code: str) -> None:
    by_code: dict[object, list[dict[str, object]]] = {}
    for row in regions_of(code).resolution_rows():
        by_code.setdefault(row["region_code"], []).append(row)
    for rows in by_code.values():
        assert rows[-1]["valid_to"] is None
        for earlier, later in pairwise(rows):
            assert earlier["valid_to"] == later["valid_from"] - dt.timedelta(days=1)  # type: ignore[operator]


def test_region_rows_form_a_tree() -> None:
    rows = regions_of(SHANDONG).region_rows()
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
    assert set(NOTES) == {"city_level", "placeholder", "grouping", "zone", "former", "other_province"}


@pytest.mark.parametrize("code", provinces())
def test_a_region_counts_in_its_own_province_and_in_no_other(code: str) -> None:
    regions, elsewhere = regions_of(code), regions_of(HENAN if code != HENAN else SHANDONG)
    for region in (*regions.cities(), *regions.counties()):
        found = regions.resolve(region.region_code, TODAY)
        assert found is not None
        assert (found.province_code, found.county_code or found.city_code) == (code, region.region_code)
        away = elsewhere.resolve(region.region_code, TODAY)
        assert away is not None
        assert (away.province_code, away.city_code, away.note_code) == (code, None, "other_province")


@pytest.mark.parametrize("code", provinces())
def test_the_regions_of_every_province_form_a_tree(code: str) -> None:
    rows = regions_of(code).region_rows()
    by_code = {row["region_code"]: row for row in rows}
    assert [row["region_code"] for row in rows if row["level"] == "province"] == [code]
    assert all(row["parent_code"] in by_code for row in rows if row["level"] != "province")
    assert all(str(row["region_code"])[:2] == code[:2] for row in rows)


@pytest.mark.parametrize(
    ("province_code", "code", "on", "city", "county", "note"),
    [
        (HENAN, "410102", "2026-01-01", "410100", "410102", None),
        (HENAN, "419001", "2026-01-01", "419001", None, None),  # administered by the province: a city without counties
        (HENAN, "419000", "2026-01-01", None, None, "grouping"),
        (HENAN, "410306", "2020-12-31", "410300", None, "city_level"),  # merged, no source says into which district
        (HENAN, "410306", "2026-01-01", "410300", None, "former"),
        (BEIJING, "110105", "2026-01-01", None, "110105", None),
        (BEIJING, "110100", "2026-01-01", None, None, "placeholder"),
        (BEIJING, "110228", "2015-01-01", None, "110118", None),
        (BEIJING, "110228", "2016-01-01", None, "110118", "former"),
        (CHONGQING, "500105", "2024-12-31", None, "500157", None),
        (CHONGQING, "500105", "2026-01-01", None, "500157", "former"),
        (CHONGQING, "500112", "2026-01-01", None, None, "former"),  # divided between two districts
        (HAINAN, "469005", "2026-01-01", "469005", None, None),
        (HAINAN, "460400", "2026-01-01", "460400", None, None),
        (HAINAN, "469003", "2026-01-01", "460400", None, "former"),
        (HAINAN, "460101", "2026-01-01", "460100", None, "placeholder"),
        (XINJIANG, "659001", "2026-01-01", "659001", None, None),
        (XINJIANG, "652301", "2026-01-01", "652300", "652301", None),  # 昌吉市, no placeholder
        (XINJIANG, "652122", "2014-01-01", "650400", "650421", None),
        (XINJIANG, "652122", "2026-01-01", "650400", "650421", "former"),
        ("220000", "220381", "2019-12-31", "220100", "220184", None),  # 公主岭 went from 四平 to 长春
        ("220000", "220381", "2021-01-01", "220100", "220184", "former"),
        ("440000", "441900", "2026-01-01", "441900", None, None),
        ("440000", "440171", "2026-01-01", "440100", None, "zone"),
    ],
)
def test_what_a_code_of_another_province_counts_for(
    province_code: str, code: str, on: str, city: str | None, county: str | None, note: str | None
) -> None:
    found = regions_of(province_code).resolve(code, dt.date.fromisoformat(on))
    assert found is not None
    assert (found.province_code, found.city_code, found.county_code, found.note_code) == (
        province_code,
        city,
        county,
        note,
    )


def test_henan_has_eighteen_cities_with_jiyuan_among_them() -> None:
    cities = regions_of(HENAN).cities()
    assert len(cities) == 18
    assert cities[-1].region_name == "济源市"


@pytest.mark.parametrize(
    ("province_code", "code", "name"),
    [(BEIJING, "110105", "北京市朝阳区"), (HENAN, "419001", "济源市"), (SHANDONG, "370402", "枣庄市市中区")],
)
def test_a_full_name_tells_where_a_region_is(province_code: str, code: str, name: str) -> None:
    assert regions_of(province_code).full_name(code) == name


def test_what_is_no_province_is_refused() -> None:
    with pytest.raises(SetupError, match="990000"):
        regions_of("990000")


def test_shandong_resolves_as_before_it_was_one_of_many() -> None:
    """Every code of every turning day, by digest: a change of the tables of Shandong is meant, or a mistake."""
    shandong = regions_of(SHANDONG)
    days = [FIRST_DAY, *sorted({r.valid_to for r in shandong.known if r.valid_to}), None]
    told = [(n, str(day), shandong.resolve(str(n), day)) for n in range(370000, 380000) for day in days]
    rows = [sorted(row.items()) for row in (*shandong.region_rows(), *shandong.resolution_rows())]
    digest = hashlib.sha256(repr((told, rows)).encode()).hexdigest()
    assert digest == "0269cb42f25254585d0e1789ea21ad2dedf5d4efcd9bdb09419d68964d5906c7"
