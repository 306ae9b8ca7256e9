"""Bounds of figures that lack deliveries: the oracle's figure of everything lies inside, and what is not known is told."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bench.soak import hidden
from bench.soak.hidden import Case, CellKey, Tally
from pipeline.services.postgres import Cluster
from sandbox.truth import Province, build
from tests.conftest import fresh_database
from tests.oracle.truth import expected_cells
from warehouse.indicators.bounds import read_bounds

AS_OF = dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def province() -> Province:
    return build(7, 0.004)


@pytest.fixture(scope="module")
def filled(cluster: Cluster, template: str, province: Province) -> Iterator[sa.Engine]:
    """A database in which the province stands as it was told."""
    with fresh_database(cluster, template) as url:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            hidden.fill(connection, province)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(filled: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that ends as it began."""
    with filled.connect() as opened:
        opened.execute(sa.text("set session_replication_role = replica"))
        yield opened
        opened.rollback()


@pytest.fixture(scope="module")
def truth(province: Province) -> dict[CellKey, object]:
    """The oracle's figures of everything that was told by then."""
    cells = expected_cells(province, AS_OF, hidden.known_at(AS_OF)).cells
    return {
        (key.indicator, key.period_kind, key.region_code, key.insurer_id): cell.value
        for key, cell in cells.items()
        if key.domain_code == "*"
    }


def test_what_the_oracle_says_of_everything_lies_inside(
    connection: sa.Connection, province: Province, truth: dict[CellKey, object]
) -> None:
    rng, feeds, tally = random.Random(11), hidden.feeds_of(province), Tally()
    cases = [
        Case(AS_OF, case.insurer_id, case.record_type, case.gap_days)
        for case in hidden.draw(rng, province, feeds, 20, 1)
    ]
    for group in hidden.together(rng, cases):
        hidden.try_cases(connection, group, feeds, truth, tally)
    assert tally.outside == []
    assert {case.record_type for case in cases} > {"policy"}
    widths = [width for (_, kind), found in tally.widths.items() if kind == "province, 1 hidden" for width in found]
    assert min(widths) < 20
    assert tally.cases > 10


def told(connection: sa.Connection, case: Case, feeds: list[hidden.Feed]) -> list[tuple[object, ...]]:
    """Every bound of a publication that lacks one delivery."""
    with connection.begin_nested() as attempt:
        hidden.hide(connection, case)
        hidden.receive(connection, set(feeds) - {(case.insurer_id, case.record_type)}, case.until)
        publication_id = hidden.publish_day(connection, case.as_of, hidden.bounded(), feeds)
        found = read_bounds(connection, publication_id, list(hidden.bounded()))
        attempt.rollback()
    return sorted((*place, *vars(bound).values()) for place, bound in found.items())


def test_equal_inputs_give_equal_bounds(connection: sa.Connection, province: Province) -> None:
    case = Case(AS_OF, hidden.feeds_of(province)[0][0], "hazard", 10)
    first = told(connection, case, hidden.feeds_of(province))
    assert first
    assert told(connection, case, hidden.feeds_of(province)) == first


@pytest.mark.parametrize(("gap_days", "reason"), [(200, "long_gap"), (None, "no_history")])
def test_what_lacks_too_long_or_never_came_is_told_as_unbounded(
    connection: sa.Connection, province: Province, gap_days: int | None, reason: str
) -> None:
    feeds = hidden.feeds_of(province)
    late = (feeds[0][0], "hazard")
    with connection.begin_nested() as attempt:
        if gap_days is None:
            connection.execute(
                sa.text("delete from landing.batch where insurer_id = :i and record_type = :t"),
                dict(zip("it", late, strict=True)),
            )
        else:
            hidden.hide(connection, Case(AS_OF, *late, gap_days))
        hidden.receive(connection, set(feeds) - {late}, hidden.known_at(AS_OF))
        publication_id = hidden.publish_day(connection, AS_OF, hidden.bounded(), feeds)
        found = read_bounds(connection, publication_id, ["hazard_rectification_ratio"])
        attempt.rollback()
    assert {bound.unbounded_reason for bound in found.values()} <= {reason, "no_value"}
    assert reason in {bound.unbounded_reason for bound in found.values()}
    assert all(bound.low is None and bound.high is None for bound in found.values())


def test_nothing_is_bounded_that_lacks_nothing(connection: sa.Connection, province: Province) -> None:
    hidden.receive(connection, hidden.feeds_of(province), hidden.known_at(AS_OF))
    publication_id = hidden.publish_day(connection, AS_OF, hidden.bounded(), hidden.feeds_of(province))
    assert read_bounds(connection, publication_id, list(hidden.bounded())) == {}
