"""T1 after verdicts were judged again: at an earlier moment, and in a frozen month, what it was."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from pipeline import freezing
from pipeline.clock import extensions
from tests.pipeline.clock.conftest import Clocked, moment
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of
from warehouse.landing.extensions import Grant

EVENT, NOVEMBER, LAST = dt.date(2026, 11, 13), dt.date(2026, 11, 1), dt.date(2026, 11, 30)
GRANT = Grant("lichun", "policy", "台风停工", "李伟", extra_days=2, record_keys=("P1",))
FROZEN, GRANTED = moment(12, 1), moment(12, 2)
OF_NOVEMBER = """
select f.revision_no, v.numerator, v.denominator from mart.frozen as f
inner join mart.indicator_value as v on f.publication_id = v.publication_id
where v.indicator = 'timeliness_ratio' and v.period_kind = 'month' and v.insurer_id = '*' order by f.revision_no
"""


def test_an_earlier_moment_and_a_frozen_month_stay_what_they_were(
    clocked: Clocked, installed: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset = moment(12, 3) - dt.datetime.now(dt.UTC)
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str(offset.total_seconds()))

    def known_at(known: dt.datetime) -> list[tuple[str, str]]:
        asked = ("--as-of", LAST, "--known-at", known.isoformat(), "--period", "month", "--json")
        return [(cell["numerator"], cell["denominator"]) for cell in anze("indicator", "at", "T1", *asked).json]

    clocked.deliver("P1", EVENT, moment(11, 23))
    clocked.deliver("P2", EVENT, moment(11, 20))
    before = known_at(moment(12, 1, 12))
    freezing.freeze(clocked.at(FROZEN), NOVEMBER, "李伟")
    frozen = rows_of(clocked.engine, OF_NOVEMBER)
    assert [tuple(map(float, pair)) for pair in before] == [(1, 2)]
    extensions.grant(clocked.at(GRANTED), GRANT, GRANTED)
    assert known_at(moment(12, 1, 12)) == before
    assert [tuple(map(float, pair)) for pair in known_at(moment(12, 2, 12))] == [(2, 2)]
    assert rows_of(clocked.engine, OF_NOVEMBER) == frozen
    freezing.revise(clocked.at(moment(12, 3)), "李伟")
    revised = rows_of(clocked.engine, OF_NOVEMBER)
    assert revised[: len(frozen)] == frozen
    assert [tuple(row) for row in revised[len(frozen) :]] == [(frozen[-1].revision_no + 1, 2, 2)]
