"""Figures that a second session computes are those of one session, and are stored with the others or not at all."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.warehouse.indicators.conftest import loader
from warehouse.indicators.catalogue import Definition, find_definitions
from warehouse.publishing import beside
from warehouse.publishing import publish as publishing
from warehouse.publishing.publish import find_publication, gaps, publish

AS_OF = dt.date(2026, 11, 20)
NIGHT = dt.datetime(2026, 11, 20, 17, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FEEDS = [(insurer_id, "policy") for insurer_id in ("lichun", "yushui")]
STORED = ("indicator_value", "indicator_exclusion", "indicator_bound", "publication_definition")


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    with engine.begin() as connection:
        load = loader(connection)
        load("enterprise", [{"credit_code": f"E{n}"} for n in range(4)])
        load("policy", [{"policy_no": f"P{n}", "insured_credit_code": f"E{n}"} for n in range(3)])
        load("policy", [{"policy_no": "P1", "insurer_id": "yushui", "region_code": "320214"}])
        load("premium_receipt", [{"receipt_no": "R1", "policy_no": "P1", "received_amount": "100.10"}])
        load("service_record", [{"service_no": "V1"}])
        load("hazard", [{"hazard_no": "H1"}])
    return engine


def published(
    engine: sa.Engine,
    known_at: dt.datetime,
    second: sa.Engine | None = None,
    definitions: Mapping[str, Definition] | None = None,
) -> int:
    """Publish; with a second session, which does all: of so few records the first would be over before it begins."""
    with engine.begin() as connection, pytest.MonkeyPatch.context() as patch:
        if second is not None:
            patch.setattr(publishing, "taken", lambda take: iter(()))
        return publish(
            connection,
            AS_OF,
            known_at,
            known_at,
            expected=FEEDS,
            delivered_since=NIGHT,
            beside=second,
            definitions=definitions,
        ).publication_id


def stored(engine: sa.Engine, publication_id: int) -> dict[str, list[dict[str, object]]]:
    query = "select to_jsonb(t) - 'publication_id' from mart.{} as t where publication_id = :p order by 1"
    with engine.connect() as connection:
        return {
            name: list(connection.execute(sa.text(query.format(name)), {"p": publication_id}).scalars())
            for name in STORED
        }


def test_two_sessions_publish_what_one_does(filled: sa.Engine) -> None:
    alone = stored(filled, published(filled, NIGHT))
    assert alone["indicator_value"]
    assert alone["indicator_exclusion"]
    assert alone["indicator_bound"]
    assert stored(filled, published(filled, NIGHT + HOUR, filled)) == alone


def test_a_definition_that_the_second_session_cannot_compute_is_a_gap_and_the_others_are_published(
    filled: sa.Engine,
) -> None:
    known = dict(find_definitions().usable)
    last = list(known)[-1]
    broken = known[last].contributions_sql.replace("select", "select 1 / 0,", 1)
    known[last] = known[last].model_copy(update={"contributions_sql": broken})
    publication_id = published(filled, NIGHT, filled, known)
    with filled.begin() as connection:
        assert [gap.indicator for gap in gaps(connection, publication_id)] == [last]
        assert find_publication(connection, publication_id).missing_indicators == (last,)
    cells = stored(filled, publication_id)["indicator_value"]
    assert {row["indicator"] for row in cells} == {*known} - {last}


def test_a_second_session_that_dies_leaves_nothing(filled: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = beside._computed

    def die(own: sa.Connection, definition: Definition, compute: beside.Compute) -> beside.Computed:
        own.exec_driver_sql("select pg_terminate_backend(pg_backend_pid())")
        return computed(own, definition, compute)

    monkeypatch.setattr(beside, "_computed", die)
    with pytest.raises(DBAPIError):
        published(filled, NIGHT, filled)
    with filled.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from mart.publication").scalar_one() == 0
    monkeypatch.setattr(beside, "_computed", computed)
    assert stored(filled, published(filled, NIGHT, filled))["indicator_value"]


def test_what_fails_in_the_publication_ends_the_second_session(filled: sa.Engine) -> None:
    waiting = deque(find_definitions().usable.values())
    with (
        filled.begin() as connection,
        pytest.raises(RuntimeError, match="of the publication"),
        beside.computing(connection, filled, waiting, lambda own: None, lambda own, definition, *, schema: None),
    ):
        raise RuntimeError("of the publication")
    assert not waiting
