"""A definition that says that its periods are nested is published by cutting: to the same records as computing each."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from schemas.contract import RECORD_TYPES
from tests.warehouse.indicators.test_cases import CASES, KNOWN_AT, rows_of
from warehouse.indicators.catalogue import load_definitions
from warehouse.indicators.rollup import contribute, contribute_by_period, snapshot

STORIES = (
    "claims_reopened_and_orphans",
    "hazards",
    "obligations_leap_day_move_and_renewal",
    "periods_end_inclusive",
    "premium_and_fee_over_new_year",
    "services_extra_missing_cancelled",
    "timeliness",
)


def contributions(connection: sa.Connection) -> list[str]:
    rows = connection.execute(sa.text("select cast(c as text) from contribution as c order by 1"))
    return list(rows.scalars())


@pytest.mark.parametrize("story", STORIES)
def test_what_is_cut_is_what_is_computed(story: str, connection: sa.Connection, load) -> None:
    for record_type in RECORD_TYPES:
        if (CASES / story / f"{record_type}.csv").exists():
            load(record_type, rows_of(CASES / story / f"{record_type}.csv"))
    as_of = dt.date.fromisoformat(rows_of(CASES / story / "expected.csv")[0]["as_of"])
    snapshot(connection, KNOWN_AT)
    for definition in (d for d in load_definitions().values() if d.is_nested):
        spans = contribute_by_period(connection, definition, as_of, KNOWN_AT)
        cut = [(span, contributions(connection)) for span in spans]
        assert len(cut) == len(definition.periods) > 1
        for span, found in cut:
            contribute(connection, definition, span, KNOWN_AT)
            assert contributions(connection) == found, (definition.indicator, span)


def test_what_moves_with_the_period_is_computed_for_each() -> None:
    apart = {d.code for d in load_definitions().values() if len(d.periods) > 1 and not d.is_nested}
    assert apart == {"I1g", "I2c", "I3d"}
