"""A month that is frozen keeps its first figures; what is known later stands beside them."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from warehouse.publishing import frozen
from warehouse.publishing.frozen import Frozen, MonthOpen

OCTOBER = dt.date(2026, 10, 1)
FEED = ("lichun", "policy")


@pytest.fixture
def hub(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    """A warehouse with one enterprise, not insured, in November."""
    hub = Hub(engine, tmp_path)
    hub.deliver("enterprise", [{"credit_code": "E1"}, {"credit_code": "E2"}])
    hub.now = building.at(2)
    return hub


def freeze(hub: Hub, by: str = "周敏", month: dt.date = OCTOBER) -> Frozen:
    hub.pass_time(minutes=1)
    since = building.at(31, 18, month=10)
    with hub.engine.begin() as connection:
        return frozen.freeze(connection, month, hub.now, by, expected=[FEED], delivered_since=since)


def insure(hub: Hub, number: int, **changes: object) -> None:
    row = {"policy_no": f"P{number}", "insured_credit_code": f"E{number}", **changes}
    hub.deliver("policy", [row])


def coverage(hub: Hub, **wanted: object) -> list[tuple[str, str, int, bool]]:
    with hub.engine.connect() as connection:
        cells = frozen.figures(connection, OCTOBER, indicators=["I1"], region_code="370000", **wanted)
    return [(c.first_text, c.latest_text, c.revision_count, c.is_revised) for c in cells]


def test_a_correction_becomes_a_revision_and_the_first_figure_stays(hub: Hub) -> None:
    insure(hub, 1)
    first = freeze(hub)
    assert (first.revision_no, first.publication.as_of, first.is_new) == (0, dt.date(2026, 10, 31), True)
    assert coverage(hub) == []
    assert coverage(hub, only_revised=False) == [("50.00%", "50.00%", 0, False)]
    insure(hub, 2)
    second = freeze(hub, by="李强")
    assert (second.revision_no, second.frozen_by, second.is_new) == (1, "李强", True)
    assert coverage(hub) == [("50.00%", "100.00%", 1, True)]
    insure(hub, 1, operation_code="D")
    insure(hub, 2, operation_code="D")
    assert freeze(hub).revision_no == 2
    assert coverage(hub) == [("50.00%", "0.00%", 2, True)]
    with hub.engine.connect() as connection:
        kept = [frozen.find_frozen(connection, OCTOBER, number) for number in (0, 1)]
        names = [frozen.resolve_publication(connection, name) for name in ("2026-10", "2026-10@1", "latest")]
    assert [each.frozen_by for each in kept if each] == ["周敏", "李强"]
    assert names[:2] == [first.publication, second.publication]
    assert names[2].publication_id == 3


def test_freezing_again_without_any_change_answers_what_is_frozen(hub: Hub) -> None:
    insure(hub, 1)
    first = freeze(hub)
    again = freeze(hub)
    assert (again.revision_no, again.publication, again.is_new) == (0, first.publication, False)
    insure(hub, 7, cover_start_date="2027-01-01", cover_end_date="2027-12-31", issue_date="2027-01-01")
    unchanged = freeze(hub)
    assert (unchanged.revision_no, unchanged.is_new) == (0, False)
    assert building.one(hub.engine, "select count(*) from mart.publication") == 1


def test_the_delivery_that_was_missing_ends_what_was_provisional(hub: Hub) -> None:
    assert freeze(hub).publication.missing_feeds == ("lichun/policy",)
    insure(hub, 7, cover_start_date="2027-01-01", cover_end_date="2027-12-31", issue_date="2027-01-01")
    later = freeze(hub)
    assert (later.revision_no, later.publication.missing_feeds) == (1, ())


def test_a_month_that_is_not_over_is_refused(hub: Hub) -> None:
    for moment in ("2026-10-31T23:59:59+08:00", "2026-10-05T09:00:00+08:00", "2026-10-31T15:59:59Z"):
        hub.now = dt.datetime.fromisoformat(moment) - dt.timedelta(minutes=1)
        with pytest.raises(MonthOpen, match="2026-10 is not over: it can be frozen from 2026-11-01 on"):
            freeze(hub)
    hub.now = dt.datetime.fromisoformat("2026-10-31T23:59:00+08:00")
    assert freeze(hub).is_new


def test_what_is_needed_to_compute_it_again_is_kept(hub: Hub) -> None:
    insure(hub, 1)
    publication = hub.publish()
    row = building.rows_of(
        hub.engine,
        "select ruleset_version, calendar_version, last_load_no, length(region_digest) from mart.publication",
    )
    last = building.one(hub.engine, "select max(load_no) from landing.load")
    assert row == [("rules-1", building.VERSIONS.calendar, last, 32)]
    used = building.rows_of(
        hub.engine,
        "select p.indicator, d.contributions_sql <> '' from mart.publication_definition as p"
        " join mart.indicator_definition as d using (indicator, definition_version, digest)"
        " where p.publication_id = :p order by 1",
        p=publication.publication_id,
    )
    assert used == [("coverage_ratio", True), ("loss_ratio_simple", True)]
    freeze(hub)
    feeds = "select f.insurer_id, f.record_type, f.is_delivered from mart.publication_feed as f"
    assert building.rows_of(hub.engine, feeds) == [(*FEED, True)]


REWRITING = (
    "update mart.frozen set frozen_by = 'x'",
    "delete from mart.frozen",
    "truncate mart.frozen",
    "delete from mart.publication_definition",
    "update mart.publication_feed set is_delivered = true",
)


def test_nobody_rewrites_a_frozen_figure(hub: Hub) -> None:
    freeze(hub)
    for statement in REWRITING:
        for role in ("anze_loader", "postgres"):
            with pytest.raises(DBAPIError, match=r"never rewritten|permission denied"):
                run_as(hub, role, statement)


def run_as(hub: Hub, role: str, statement: str) -> None:
    with hub.engine.begin() as connection:
        connection.exec_driver_sql(f"set local role {role}")
        connection.exec_driver_sql(statement)


def test_a_regulator_reads_first_and_latest(hub: Hub) -> None:
    insure(hub, 1)
    freeze(hub)
    insure(hub, 2)
    freeze(hub)
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("set local role anze_regulator")
        query = (
            "select first_text, latest_text, revision_count from report.frozen_figure"
            " where month = '2026-10-01' and indicator_code = 'I1' and region_code = '370000' and domain_code = '*'"
        )
        assert [tuple(row) for row in connection.exec_driver_sql(query)] == [("50.00%", "100.00%", 1)]
        numbers = connection.exec_driver_sql("select revision_no from report.frozen_month order by 1").scalars().all()
    assert numbers == [0, 1]


def test_a_publication_that_does_not_exist_is_named(hub: Hub) -> None:
    with hub.engine.connect() as connection:
        for name in ("7", "2026-10", "2026-13", "yesterday", "2026-10@1", "latest"):
            with pytest.raises(LookupError, match=name):
                frozen.resolve_publication(connection, name)
