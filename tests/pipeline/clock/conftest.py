"""A hub with a plain calendar (weekdays of 2026) and rule R32 in force from 2026-11-11, whose clock a test sets."""

from __future__ import annotations

import datetime as dt
import pathlib
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.hub import Hub
from tests.pipeline.telling import hub_at
from tests.warehouse.building import SHANGHAI, fill_calendar, load_rows, policy, put_rule_in_force, rows_of

VERDICT = """
select m.event_on, m.deadline_on, m.timeliness from quality.milestone as m
where m.record_key = :key and m.milestone = 'issue_date'
"""
KNOWN = "select v.deadline_on, v.timeliness from core.policy_known(:known_at) as v where v.policy_no = :key"
#: Policies lie in Jinan unless they say otherwise.
JINAN, QINGDAO = "370102", "370202"


def moment(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> dt.datetime:
    """A moment of Shanghai."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


class Clocked:
    """The hub under test: policies are delivered into it, and its verdicts are asked for."""

    def __init__(self, engine: sa.Engine, folder: pathlib.Path) -> None:
        self.engine, self.folder = engine, folder

    def at(self, now: dt.datetime) -> Hub:
        """The hub when its clock shows ``now``."""
        return hub_at(now, self.engine, self.folder, {}, ())

    def deliver(self, key: str, event_on: dt.date, received_at: dt.datetime, **changes: Any) -> None:
        """Load one policy; ``channel`` and the policy's fields may be given."""
        channel = changes.pop("channel", "drop")
        row = policy(key, received_at, issue_date=event_on, **{"region_code": JINAN, **changes})
        load_rows(self.engine, self.folder, "policy", [row], received_at, channel=channel)

    def verdict(self, key: str) -> tuple[Any, ...]:
        """(event, deadline, verdict) that stand."""
        (found,) = rows_of(self.engine, VERDICT, key=key)
        return found

    def known(self, key: str, known_at: dt.datetime) -> tuple[Any, ...]:
        """(deadline, verdict) of the record as known at a moment."""
        (found,) = rows_of(self.engine, KNOWN, key=key, known_at=known_at)
        return found

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return rows_of(self.engine, query, **values)


@pytest.fixture
def clocked(engine: sa.Engine, tmp_path: pathlib.Path) -> Clocked:
    """The hub under test."""
    fill_calendar(engine)
    put_rule_in_force(engine, tmp_path)
    return Clocked(engine, tmp_path)
