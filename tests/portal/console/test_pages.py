"""The first page, an enterprise, an insurer, an agency, search: complete for its reader and nobody else's."""

from __future__ import annotations

import pytest

from portal.console import bodies, enterprises, names, overview, search
from portal.console.errors import NotShown
from portal.console.lists import LISTS
from tests.portal.console.asking import Asker
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader


def test_the_first_page_holds_nothing_foreign(asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        found = overview.overview(asking.connection, asking.publication, asking.scope, asking.place)
        assert reader.foreign(str(found)) == []
        assert [h.definition.code for h in found.headlines] == sorted(h.definition.code for h in found.headlines)
        assert {"I1", "I2", "I3", "I4", "I5"} <= {h.definition.code for h in found.headlines}
        assert {h.definition.variant_of for h in found.headlines} == {None}
        if reader.insurer:
            assert {t.insurer_id for t in found.timeliness} <= {reader.insurer}


def test_what_needs_somebody_is_counted_as_its_list_counts(asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        for need in overview.needs(asking.connection, asking.publication, asking.scope, asking.place):
            assert need.has_list == (need.code in LISTS)
            if need.has_list:
                found = asking.list(need.code)
                assert need.count == (found.page.total if found.is_shown else None), need.code


def test_a_change_is_told_against_the_month_before(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        heads = {h.definition.code: h for h in overview.headlines(asking.connection, asking.publication, asking.place)}
        cover = heads["I1"]
        assert cover.month_before is not None
        assert cover.month_before.month.month == 10
        assert cover.change is not None
        assert cover.change > 0
        assert cover.is_better is True
        assert heads["I2"].is_better is None


def test_an_enterprise_shows_all_that_its_reader_may_see(hub: Hub, asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        for code in ("C370102", "C370202", "C371202"):
            try:
                found = enterprises.enterprise(asking.connection, code)
            except NotShown:
                query = "select policy_no from core.policy where insured_credit_code = :code"
                numbers = [row[0] for row in rows_of(hub.engine, query, code=code)]
                assert all(reader.foreign(number) for number in numbers)
                continue
            events = enterprises.timeline(asking.connection, code, limit=1000)
            assert reader.foreign(str((found, events))) == []
            counted: dict[str, int] = {}
            for row in events.page.rows:
                counted[row.record_type or ""] = counted.get(row.record_type or "", 0) + 1
            assert counted == events.counts
            days = [row.values["event_date"] for row in events.page.rows if row.values["event_date"]]
            assert days == sorted(days, reverse=True)


def test_an_enterprise_has_everything_on_its_timeline(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        found = enterprises.enterprise(asking.connection, "C370202")
        assert found.registered is not None
        hazards = enterprises.timeline(asking.connection, "C370202", record_type="hazard")
        assert {"policy", "endorsement", "claim", "claim_payment", "service_plan", "hazard"} <= hazards.counts.keys()
        assert hazards.page.total == hazards.counts["hazard"]
        assert {row.values["code_list"] for row in hazards.page.rows} == {"CL-HAZARD-STATUS"}
        assert names.codes(asking.connection, "CL-HAZARD-STATUS")["10"][0] == "待整改"


def test_nobody_is_told_whether_what_it_may_not_see_exists(asker: Asker) -> None:
    with asker("console_a_city") as asking:
        said = []
        for code in ("C370202", "NONE"):
            with pytest.raises(NotShown) as refused:
                enterprises.enterprise(asking.connection, code)
            said.append(str(refused.value))
        assert len(set(said)) == 1


def test_search_finds_beginnings_of_what_its_reader_may_see(hub: Hub, asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        for text in ("R3702", "R37", "C370", "c370202"):
            found = search.search(asking.connection, text, limit=1000)
            assert reader.foreign(str(found)) == []
            for hit in found.hits:
                told = (hit.key.upper(), hit.title.upper())
                assert any(each.startswith(text.upper()) for each in told)
        policies = {h.key for h in search.search(asking.connection, "R37", limit=1000).hits if h.kind == "policy"}
        shown = asking.connection.exec_driver_sql("select policy_no from report.policy").scalars()
        assert policies == {number for number in shown if number.startswith("R37")}


@pytest.mark.parametrize("text", ["", " ", "R", "%", "\0R370202", "' or 1=1 --", "R%", "\U0010ffff\U0010ffff"])
def test_search_takes_a_text_for_what_it_is(asker: Asker, text: str) -> None:
    with asker("console_a_province") as asking:
        assert search.search(asking.connection, text).hits == ()


def test_search_says_that_there_is_more(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        found = search.search(asking.connection, "R37", limit=3)
        assert (len(found.hits), found.is_cut) == (3, True)


def test_an_insurer_of_no_register_is_not_shown(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        with pytest.raises(NotShown):
            bodies.insurer(asking.connection, asking.publication, "nobody", "370000")
        with pytest.raises(NotShown):
            bodies.agency(asking.connection, "nobody")


def test_an_insurer_shows_its_own_deliveries_only(asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        for insurer_id in ("lichun", "yushui"):
            found = bodies.insurer(asking.connection, asking.publication, insurer_id, asking.place.region_code)
            is_foreign = reader.insurer is not None and reader.insurer != insurer_id
            assert not (is_foreign and (found.deliveries or found.figures or found.feeds))
            assert bool(found.deliveries) == (asking.scope.sees_all_areas and not is_foreign)


def test_an_agency_shows_its_services_by_insurer(asker: Asker, reader: Reader) -> None:
    with asker(reader.name) as asking:
        found = bodies.agency(asking.connection, "AGENCY")
        seen = asking.connection.exec_driver_sql(
            "select count(*) from report.service_record where agency_credit_code = 'AGENCY'"
        ).scalar_one()
        assert sum(each.service_count for each in found.work) == seen
