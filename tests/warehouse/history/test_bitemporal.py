"""Any table and any figure as of a day, as known at a moment: as a brute-force replay of the landed bytes says."""

from __future__ import annotations

import datetime as dt
import pathlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bench.soak import bitemporal as soak
from bench.soak import history, world
from pipeline.services.postgres import Cluster
from schemas.contract import RECORD_TYPES, load_contract
from tests.conftest import fresh_database
from tests.warehouse.building import at, rows_of
from warehouse.database import ddl
from warehouse.history.bitemporal import TABLES, Found, is_settled, read_at, refuse_future
from warehouse.indicators.at import EVERY_CELL, Expected, Wanted, indicator_at, indicators_at
from warehouse.indicators.catalogue import load_definitions
from warehouse.publishing.publish import publish

PAIRS, FIGURES, NIGHTS, INSURER = 60, 10, 2, "tianji"
TICK = dt.timedelta(microseconds=1)
DAY = dt.date(2026, 11, 20)


@dataclass(frozen=True)
class Lived:
    """A played history: its database and its folder."""

    engine: sa.Engine
    folder: pathlib.Path
    hub: world.SoakHub


@pytest.fixture(scope="module")
def lived(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Two nights of one insurer: increments, corrections, withdrawals, older versions, late files."""
    folder = tmp_path_factory.mktemp("history")
    with fresh_database(cluster, template) as url:
        history.play(url, folder, 3, NIGHTS, [INSURER])
        hub = history.hub_after(NIGHTS, url, folder)
        yield Lived(hub.engine, folder, hub)
        hub.engine.dispose()


def test_every_table_and_figure_equals_a_brute_force_replay(lived: Lived) -> None:
    chance, report = random.Random(11), soak.replayed(lived.hub)
    with lived.engine.connect() as connection:
        pairs = list(soak.pairs(connection, chance, PAIRS))
    outcome = soak.check(lived.engine, report, pairs, chance, FIGURES)
    assert outcome.violations == ()
    assert outcome.pairs == PAIRS
    assert outcome.rows > 5000
    assert outcome.cells > 40


def test_the_history_has_corrections_and_withdrawals(lived: Lived) -> None:
    """Without them the comparison above would say little."""
    counts = [
        rows_of(
            lived.engine,
            f"select count(*) filter (where superseded_at is not null), count(*) filter (where is_withdrawn) from core.{name}",
        )[0]
        for name in RECORD_TYPES
    ]
    assert sum(superseded for superseded, _ in counts) >= 5
    assert sum(withdrawn for _, withdrawn in counts) >= 1


def test_the_brute_force_notices_what_is_not_as_delivered(lived: Lived) -> None:
    """A verdict of no difference is worth something only if a difference is found."""
    report = soak.replayed(lived.hub)
    known_at = history.FIRST + (NIGHTS + 1) * history.STEP
    records = report.at(known_at)
    insurer_id, first = records["policy"][0]
    records["policy"][0] = insurer_id, {**first, "cover_start_date": dt.date(2026, 1, 1)}
    with lived.engine.connect() as connection:
        compared = soak.timeline.compare(connection, records, dt.date(2026, 2, 1), known_at)
    key = str(records["policy"][0][1]["policy_no"])
    assert [line for line in compared.differing if line.startswith("policy as of 2026-02-01") and key in line]


def test_figures_of_any_pair_are_those_that_publishing_would_store(lived: Lived) -> None:
    as_of, known_at = dt.date(2026, 5, 31), history.FIRST + 2 * history.STEP
    expected = Expected(((INSURER, "policy"), ("youlan", "policy")), history.FIRST)
    everything = [(d.indicator, kind) for d in load_definitions().values() for kind in d.periods]
    names = (
        "indicator", "definition_version", "period_kind", "period_start", "period_end", "region_code", "domain_code",
        "insurer_id", "numerator", "denominator", "value", "shown_value", "shown_pct", "null_reason", "completeness",
        "is_provisional",
    )  # fmt: skip
    with lived.engine.connect() as connection:
        connection.exec_driver_sql("set local role anze_loader")
        cells = indicators_at(connection, everything, as_of, known_at, wanted=EVERY_CELL, expected=expected)
        published = publish(
            connection, as_of, known_at, known_at, expected=expected.feeds, delivered_since=expected.delivered_since
        )
        query = f"select {', '.join(names)} from mart.indicator_value where publication_id = {published.publication_id}"
        stored = {tuple(row) for row in connection.exec_driver_sql(query)}
        connection.rollback()
    computed = {tuple(getattr(cell, name) for name in names) for cell in cells}
    assert len(computed) > 300
    assert any(cell.is_provisional for cell in cells)
    assert computed == stored


def test_computing_stores_nothing(lived: Lived) -> None:
    count = "select (select count(*) from mart.publication) + (select count(*) from mart.indicator_value)"
    before = rows_of(lived.engine, count)
    with lived.engine.begin() as connection:
        (cell,) = indicator_at(connection, "I1", "as_of", DAY, history.FIRST)
        assert cell.region_code == "370000"
        assert indicator_at(connection, "I1", "as_of", DAY, history.FIRST, wanted=Wanted(insurer_id="nobody")) == []
    assert rows_of(lived.engine, count) == before


def test_a_period_that_an_indicator_does_not_have_is_named(lived: Lived) -> None:
    with (
        lived.engine.begin() as connection,
        pytest.raises(ValueError, match="coverage_ratio has no period ytd: one of as_of"),
    ):
        indicator_at(connection, "coverage_ratio", "ytd", DAY, history.FIRST)


def _policies(engine: sa.Engine, day: dt.date, known_at: dt.datetime) -> list[tuple[object, ...]]:
    query = "select policy_no, termination_date is not null from core.policy_at(:day, :known_at) order by 1"
    return rows_of(engine, query, day=day, known_at=known_at)


def test_a_version_is_known_from_the_microsecond_it_was_recorded(small: sa.Engine) -> None:
    assert _policies(small, DAY, at(18) - TICK) == []
    assert _policies(small, DAY, at(18)) == [("P1", False)]
    assert _policies(small, DAY, at(19) - TICK) == [("P1", False)]
    assert _policies(small, DAY, at(19)) == [("P1", True), ("P2", False)]


def test_a_policy_speaks_of_its_first_and_last_day_and_not_of_the_day_it_ends(small: sa.Engine) -> None:
    known = {"P1": (dt.date(2026, 11, 18), dt.date(2026, 11, 30)), "P2": (dt.date(2026, 11, 18), dt.date(2027, 11, 17))}
    step = dt.timedelta(days=1)
    for policy_no, (first, last) in known.items():
        told = [
            policy_no in {number for number, _ in _policies(small, day, at(20))}
            for day in (first - step, first, last, last + step)
        ]
        assert told == [False, True, True, False], policy_no


def test_held_rows_findings_and_batches_are_told_as_they_stood(small: sa.Engine) -> None:
    def told(table: str, known_at: dt.datetime) -> Found:
        with small.connect() as connection:
            return read_at(connection, table, DAY, known_at)

    assert [row["record_key"] for row in told("quarantine", at(18)).rows] == ["P2"]
    assert told("quarantine", at(19)).rows == ()
    assert [row["rule_id"] for row in told("finding", at(18)).rows] == ["POL-001"]
    assert told("finding", at(18) - TICK).rows == told("finding", at(19)).rows == ()
    assert [(row["state"], row["accepted_count"]) for row in told("batch", at(18)).rows] == [("partly_loaded", 1)]
    assert [row["state"] for row in told("batch", at(19)).rows] == ["partly_loaded", "loaded"]


def test_a_batch_that_was_loaded_later_is_told_as_received(lived: Lived) -> None:
    query = """
        select b.batch_id, k.state, k.received_count
        from landing.batch as b
        inner join lateral landing.batch_known(b.received_at) as k on b.batch_id = k.batch_id
        where b.loaded_at > b.received_at
    """
    found = rows_of(lived.engine, query)
    assert len(found) > 10
    assert {(state, count) for _, state, count in found} == {("received", None)}


def test_records_come_with_version_batch_and_file_and_without_personal_columns(small: sa.Engine) -> None:
    with small.connect() as connection:
        found = read_at(connection, "policy", DAY, at(20), insurer_id="lichun", key="P1", limit=1)
        everything = read_at(connection, "policy", DAY, at(20), limit=1)
    assert (found.total_count, everything.total_count, len(everything.rows)) == (1, 2, 1)
    (row,) = found.rows
    assert (row["record_key"], row["batch_id"], row["row_no"], row["files"]) == ("P1", 2, 1, ["rows.json"])
    assert tuple(row) == found.columns
    assert not {"contact_name", "contact_phone"} & set(found.columns)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_asked(small: sa.Engine, table: str) -> None:
    with small.connect() as connection:
        connection.exec_driver_sql("set local role anze_loader")
        assert read_at(connection, table, DAY, at(20)).table == table


def test_an_unknown_table_names_the_nearest(small: sa.Engine) -> None:
    with small.connect() as connection, pytest.raises(LookupError, match="no table policys; nearest: policy"):
        read_at(connection, "policys", DAY, at(20))


def test_what_will_be_known_is_not_known(small: sa.Engine) -> None:
    with pytest.raises(ValueError, match="what will be known is not known"):
        refuse_future(at(20) + TICK, at(20))
    refuse_future(at(20), at(20))
    with small.connect() as connection, pytest.raises(ValueError, match="no time zone"):
        read_at(connection, "policy", DAY, at(20).replace(tzinfo=None))


def test_a_running_load_leaves_the_moment_unsettled(small: sa.Engine) -> None:
    with small.connect() as load, small.connect() as asking:
        assert is_settled(asking)
        load.exec_driver_sql("select pg_advisory_xact_lock_shared(7420003)")
        assert not is_settled(asking)
        load.rollback()
        assert is_settled(asking)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_functions_say_what_the_contract_says(small: sa.Engine, record_type: str) -> None:
    """The days for which a record speaks, and the columns that are shown of it, are those of the contract today."""
    contract, told = load_contract(record_type), ddl.reported_as(record_type)
    ((body,),) = rows_of(
        small,
        "select prosrc from pg_proc where pronamespace = 'core'::regnamespace and proname = :name",
        name=f"{record_type}_at",
    )
    assert _squeezed(body).endswith(f"where {_squeezed(ddl.valid_on(contract, 'v', '$1'))}")
    returned = rows_of(
        small,
        "select array(select n from unnest(proargnames, proargmodes) as a (n, mode) where mode = 't') from pg_proc"
        " where pronamespace = 'report'::regnamespace and proname in (:told || '_at', :told || '_known')",
        told=told,
    )
    fields = [field.name for field in ddl.reported_fields(contract)]
    assert returned == [(["insurer_id", *fields, *ddl.REPORTED_HUB_COLUMNS],)] * 2


def _squeezed(text: str) -> str:
    return " ".join(text.split())
