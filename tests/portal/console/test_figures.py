"""Figures of a place: report's own, every part where it belongs, an address that goes on meaning the same."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.console import figures, publications
from portal.console.errors import NotPublished
from portal.console.publications import Moment
from portal.console.scope import Place
from tests.portal.console.asking import Asker
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader

PROVINCE = Place("370000")


def test_every_account_begins_at_its_own_place(asker: Asker) -> None:
    expected = {
        "console_a_province": {PROVINCE},
        "console_a_city": {Place("370100")},
        "console_a_county": {Place("370202")},
        "console_an_industry": {Place("370000", domain_code="20")},
        "console_a_company": {Place("370000", insurer_id="lichun")},
        "console_an_auditor": {PROVINCE},
    }
    for name, places in expected.items():
        with asker(name) as asking:
            assert set(asking.places) == places, name


def test_figures_of_a_place_are_those_of_the_report(hub: Hub, asker: Asker, reader: Reader) -> None:
    query = """
        select d.code, v.period_kind, v.numerator, v.denominator, v.value
        from mart.indicator_value as v inner join report.indicator_definition as d using (indicator)
        where publication_id = :publication_id and region_code = :region and domain_code = :domain and insurer_id = :insurer
    """
    with asker(reader.name) as asking:
        place = asking.place
        wanted = {"region": place.region_code, "domain": place.domain_code, "insurer": place.insurer_id}
        stored = rows_of(hub.engine, query, publication_id=asking.publication.publication_id, **wanted)
        found = figures.figures(asking.connection, asking.publication, place)
        told = {(f.indicator_code, f.period_kind, f.numerator, f.denominator, f.value) for f in found}
        assert told == {tuple(row) for row in stored}
        assert len(found) == len(told) > 5


def test_a_foreign_place_has_no_figure(asker: Asker) -> None:
    with asker("console_a_city") as asking:
        for place in (PROVINCE, Place("370200"), Place("370202")):
            assert figures.figures(asking.connection, asking.publication, place) == ()
        below = figures.parts_below(asking.connection, asking.publication, PROVINCE, "I1", "as_of")
        assert {f.region_code for f in below if f.value is not None} == {"370100"}
        assert len(below) > 10


def test_parts_add_up_to_the_place(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        said = (asking.connection, asking.publication)
        whole = next(f for f in figures.figures(*said, PROVINCE, ["I4"]) if f.period_kind == "ytd")
        by_area = figures.parts_below(*said, PROVINCE, "I4", "ytd")
        by_insurer = figures.parts_by_insurer(*said, PROVINCE, "I4", "ytd")
        by_domain = [
            f for f in figures.parts_by_domain(*said, PROVINCE, "I4", "ytd") if f.domain_code not in ("11", "12")
        ]
        for parts in (by_area, by_insurer, by_domain):
            assert sum(f.denominator or 0 for f in parts) == whole.denominator
            assert sum(f.numerator or 0 for f in parts) == whole.numerator


def test_a_county_belongs_to_the_city_of_that_day(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        counties = figures.parts_below(asking.connection, asking.publication, Place("370100"), "I1", "as_of")
        codes = {f.region_code for f in counties}
        assert "370116" in codes
        assert "371202" not in codes


def test_a_small_sample_may_not_be_ranked(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        found = figures.parts_below(asking.connection, asking.publication, PROVINCE, "I1", "as_of")
        small = [f for f in found if f.value is not None]
        floors = {d.code: d.min_denominator for d in figures.definitions(asking.connection, asking.publication)}
        for figure in small:
            assert figure.is_small_sample == (figure.denominator < floors["I1"])
            assert (figure.comparable_value is None) == figure.is_small_sample


def test_a_trend_has_the_month_that_runs_and_those_before(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        found = figures.trend(asking.connection, PROVINCE, "I1", "as_of")
        assert [m.month for m in found] == sorted(m.month for m in found)
        assert [m.is_complete for m in found] == [*[True] * (len(found) - 1), False]
        newest = figures.figures(asking.connection, asking.publication, PROVINCE, ["I1"])[0]
        assert (found[-1].numerator, found[-1].denominator) == (newest.numerator, newest.denominator)
        assert figures.trend(asking.connection, PROVINCE, "I1", "as_of", months=1)[0].month == dt.date(2026, 10, 1)


def test_an_address_goes_on_meaning_the_same_publication(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        first = publications.chosen(asking.connection, Moment(as_of=dt.date(2026, 10, 31)))
        by_number = publications.chosen(asking.connection, Moment(publication_id=first.publication_id))
        by_moment = publications.chosen(asking.connection, Moment(known_at=first.known_at))
        assert first == by_number == by_moment != asking.publication
        assert publications.before(asking.connection, asking.publication) == first
        assert publications.before(asking.connection, first) is None
        old, new = (figures.figures(asking.connection, p, PROVINCE, ["I1"])[0] for p in (first, asking.publication))
        assert new.numerator == old.numerator + 1  # type: ignore[operator]


def test_a_publication_that_is_none_is_refused(asker: Asker) -> None:
    with asker("console_a_city") as asking:
        for moment in (Moment(publication_id=0), Moment(as_of=dt.date(2020, 1, 1))):
            with pytest.raises(NotPublished):
                publications.chosen(asking.connection, moment)
