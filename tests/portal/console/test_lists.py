"""Work lists: complete, the same as the figures that they explain, nobody else's rows, pages that join."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.console import figures, publications
from portal.console.errors import BadCursor
from portal.console.lists import LISTS, Filters, work_list
from portal.console.scope import Place
from schemas.contract import load_contracts
from tests.portal.console.asking import Asker
from tests.warehouse.building import one
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import INSURERS, PLACES, Reader

NAMES = sorted(LISTS)
OF_CELLS = sorted(name for name, each in LISTS.items() if each.cell)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_shows_no_foreign_row(asker: Asker, reader: Reader, name: str) -> None:
    with asker(reader.name) as asking:
        for row in asking.list(name).page.rows:
            assert reader.foreign(str(row)) == []


@pytest.mark.parametrize("name", NAMES)
def test_there_is_something_in_every_list_of_the_province(asker: Asker, name: str) -> None:
    with asker("console_a_province") as asking:
        found = asking.list(name)
        assert found.is_shown
        assert found.page.total == len(found.page.rows) > 0


@pytest.mark.parametrize("name", NAMES)
def test_pages_join_without_a_gap_or_a_double(asker: Asker, name: str) -> None:
    with asker("console_a_province") as asking:
        whole = [row.row_key for row in asking.list(name).page.rows]
        assert [row.row_key for row in asking.pages(name, limit=3)] == whole
        assert len(set(whole)) == len(whole)
        assert {asking.list(name, limit=n).page.total for n in (1, 3)} == {len(whole)}


@pytest.mark.parametrize("name", NAMES)
def test_columns_of_a_list_are_columns_of_its_rows(asker: Asker, name: str) -> None:
    with asker("console_a_province") as asking:
        row = asking.list(name).page.rows[0]
        for column in LISTS[name].columns:
            assert column.name in row.values or hasattr(row, column.name), column.name
            assert (column.kind == "code") == (column.code_list is not None)


@pytest.mark.parametrize("name", OF_CELLS)
def test_a_list_of_a_cell_adds_up_to_what_the_cell_lacks(asker: Asker, reader: Reader, name: str) -> None:
    code, period_kind = LISTS[name].cell or ("", "")
    with asker(reader.name) as asking:
        for place in asking.places:
            found = asking.list(name, place=place)
            cells = figures.figures(asking.connection, asking.publication, place, [code])
            cell = next((c for c in cells if c.period_kind == period_kind), None)
            assert found.is_shown == (cell is not None)
            if cell:
                lacking = (cell.denominator or 0) - (cell.numerator or 0)
                assert sum(row.values.get("missing_count", 1) for row in found.page.rows) == lacking


def test_limits_below_the_minimum_name_the_minimum(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        for row in asking.list("low_limit").page.rows:
            assert row.values["per_person_limit_amount"] < row.values["minimum_amount"]


def test_hazards_overdue_are_those_of_an_independent_count(hub: Hub, asker: Asker) -> None:
    query = """
        select count(*) from core.hazard where hazard_level_code = '20' and superseded_at is null
        and hazard_status_code in ('10', '40') and rectify_deadline_date < '2026-11-09'
    """
    with asker("console_a_province") as asking:
        assert asking.list("hazards_overdue").page.total == one(hub.engine, query) == len(PLACES) * len(INSURERS)


def test_late_records_are_those_of_an_independent_count(hub: Hub, asker: Asker) -> None:
    types = [c.record_type for c in load_contracts().values() if not c.is_register and c.milestones]
    late = "select count(*) from core.{}_known('infinity') where timeliness = 'late'"
    with asker("console_a_province") as asking:
        assert asking.list("late").page.total == sum(one(hub.engine, late.format(name)) for name in types) > 0


def test_a_place_narrows_a_list_to_its_records(asker: Asker) -> None:
    """A former county is counted where it went."""
    with asker("console_a_province") as asking:
        for code, regions in {"370100": {"370102", "371202"}, "370202": {"370202"}, "370116": {"371202"}}.items():
            for name in ("ending", "commission", "hazards_overdue", "late"):
                found = asking.list(name, place=Place(code)).page
                assert {row.region_code for row in found.rows} == regions, (name, code)


def test_a_sector_of_mines_holds_both_kinds_of_mine(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        found = asking.list("ending", place=Place("370000", domain_code="10")).page
        assert {row.domain_code for row in found.rows} == {"11"}


def test_days_narrow_a_list_by_its_own_date(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        since = Filters(asking.place, since=dt.date(2026, 11, 20), until=dt.date(2026, 11, 20))
        after = Filters(asking.place, since=dt.date(2026, 11, 21))
        said = (asking.connection, LISTS["ending"], asking.publication, asking.scope)
        assert work_list(*said, since).page.total > 0
        assert work_list(*said, after).page.total == 0


def test_policies_end_soon_within_the_days_asked_for(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        said = (asking.connection, LISTS["ending"], asking.publication, asking.scope)
        assert work_list(*said, Filters(asking.place, days=10)).page.total == 0
        assert work_list(*said, Filters(asking.place, days=11)).page.total > 0


@pytest.mark.parametrize("name", ["held", "orphans"])
def test_what_has_no_area_is_said_to_be_not_shown_to_an_account_of_an_area(asker: Asker, name: str) -> None:
    with asker("console_a_city") as asking:
        assert not asking.list(name).is_shown
    with asker("console_a_company") as asking:
        assert asking.list(name).is_shown


def test_a_list_of_an_older_publication_stays_what_it_was(asker: Asker) -> None:
    """BARE370202 was covered and a limit corrected after the first publication."""
    first = publications.Moment(as_of=dt.date(2026, 10, 31))
    counts = {}
    for moment in (first, publications.NEWEST):
        with asker("console_a_province", moment) as asking:
            counts[moment] = [asking.list(name).page.total for name in ("uncovered", "low_limit", "held")]
    places = len(PLACES)
    assert counts[first][0] - counts[publications.NEWEST][0] == 1
    assert counts[first][0] == places + 1, "of every place one, and the one whose name is a formula"
    assert counts[publications.NEWEST][1] == counts[first][1] - 1
    assert counts[publications.NEWEST][2] == counts[first][2] + 1


@pytest.mark.parametrize("cursor", ["x", "!!", "W10", "WzEsMl0", "é", "IiI"])
def test_a_cursor_of_something_else_is_refused(asker: Asker, cursor: str) -> None:
    with asker("console_a_province") as asking, pytest.raises(BadCursor):
        asking.list("ending", after=cursor)


def test_an_injected_place_finds_nothing(asker: Asker) -> None:
    with asker("console_a_city") as asking:
        found = asking.list("ending", place=Place("370100' or true --"))
        assert found.page.total == 0


def test_every_statement_of_a_list_is_read_only(asker: Asker) -> None:
    with asker("console_a_city") as asking, pytest.raises(sa.exc.DBAPIError):
        asking.connection.exec_driver_sql("create temporary table t (x int)")
