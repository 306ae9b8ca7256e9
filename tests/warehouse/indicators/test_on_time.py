"""On-time rates: every cut adds up to the records, verdict by verdict, for who sees all and for who sees a part."""

from __future__ import annotations

import datetime as dt
import itertools
import pathlib
from collections import Counter

import pytest
import sqlalchemy as sa

from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.regions import resolve_region
from tests.warehouse.building import put_rule_in_force, rows_of
from tests.warehouse.indicators.story import Hub, Story
from warehouse.publishing.on_time import CUTS, rates

AS_OF = dt.date(2026, 11, 30)


@pytest.fixture
def told(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    """Random deliveries under a rule that is in force all year."""
    put_rule_in_force(engine, tmp_path, dt.date(2026, 1, 1))
    hub = Hub(engine, tmp_path, calendar="", now=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC))
    hub.calendar = rows_of(engine, "select calendar_version from reference.calendar_day limit 1")[0][0]
    story = Story(hub, 7)
    story.begin()
    for _ in range(40):
        story.go_on()
    return hub


def _records(hub: Hub) -> Counter[tuple[object, ...]]:
    """(insurer, record type, city, month, verdict) -> records, from the readers' views of each record type."""
    values = {"known_at": hub.now}
    linked = {
        key: {(i, n): p for i, n, p in rows_of(hub.engine, f"select insurer_id, {key}, policy_no from report.{name}_known(:known_at)", **values)}
        for key, name in (("report_no", "claim"), ("service_no", "service_record"))
    }  # fmt: skip
    place = {(i, n): r for i, n, r in rows_of(hub.engine, "select insurer_id, policy_no, region_code from report.policy_known(:known_at)", **values)}  # fmt: skip
    found: Counter[tuple[object, ...]] = Counter()
    for record_type in INSURER_RECORD_TYPES:
        names = load_contract(record_type).by_name
        link = next((name for name in ("policy_no", "report_no", "service_no") if name in names), None)
        query = (
            f"select insurer_id, {link or 'null'}, deadline_on, timeliness from report.{record_type}_known(:known_at)"
        )
        for insurer_id, number, deadline_on, verdict in rows_of(hub.engine, query, **values):
            if verdict in ("on_time", "late") and dt.date(2026, 1, 1) <= deadline_on <= AS_OF:
                policy_no = linked[link].get((insurer_id, number)) if link in linked else number
                region = place.get((insurer_id, policy_no))
                resolved = resolve_region(region, None) if region else None
                city = resolved.city_code if resolved else None
                found[insurer_id, record_type, city, deadline_on.replace(day=1), verdict] += 1
    return found


def test_every_cut_adds_up_to_the_records(told: Hub) -> None:
    records = _records(told)
    assert len({key[-1] for key in records}) == 2
    assert len({key[2] for key in records}) > 2, "records of several cities, and of none"
    for size in range(len(CUTS) + 1):
        for by in itertools.combinations(CUTS, size):
            with told.engine.connect() as connection:
                shown = rates(connection, AS_OF, told.now, by)
            kept = [CUTS.index(cut) for cut in by]
            expected: Counter[tuple[object, ...]] = Counter()
            for key, count in records.items():
                expected[*(key[n] for n in kept), key[-1]] += count
            found = Counter(
                {
                    (*(getattr(each, cut) for cut in by), verdict): count
                    for each in shown
                    for verdict, count in (("on_time", each.on_time_count), ("late", each.late_count))
                    if count
                }
            )
            assert found == expected, by


def test_totals_are_those_of_the_publication(told: Hub) -> None:
    published = told.publish(AS_OF)
    query = """
        select insurer_id, record_type, on_time_count, late_count from mart.timeliness
        where publication_id = :id and insurer_id <> '*' and record_type <> '*'
    """
    with told.engine.connect() as connection:
        shown = rates(connection, AS_OF, published.known_at, ("insurer_id", "record_type"))
    assert sorted((e.insurer_id, e.record_type, e.on_time_count, e.late_count) for e in shown) == sorted(
        rows_of(told.engine, query, id=published.publication_id)
    )
