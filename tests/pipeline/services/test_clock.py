"""A jump of the hub's clock is noticed by what people run, before anything is stamped with it."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from pipeline.services.installation import NIGHT
from tests.pipeline.conftest import Anze


def test_nothing_is_submitted_or_published_by_a_clock_that_jumped(
    installed: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch, engine: sa.Engine
) -> None:
    file = installed / "policy_20261121.csv"
    file.write_text("policy_no\nP1\n", encoding="utf-8")
    assert anze("publish").code == 0
    ahead = NIGHT + dt.timedelta(days=365) - dt.datetime.now(dt.UTC)
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str(ahead.total_seconds()))
    for command in (
        ("publish",),
        ("submit", "tianji", "policy", file),
        ("publish", "--freeze", "2026-10"),
        ("intake",),
    ):
        refused = anze(*command)
        assert refused.code == 4
        assert "2027-11-21" in refused.err
        assert "2026-11-21" in refused.err
    with engine.connect() as connection:
        counted = "select (select count(*) from mart.publication), (select count(*) from landing.batch)"
        assert tuple(connection.exec_driver_sql(counted).one()) == (1, 0)
    monkeypatch.setenv("ANZE_CLOCK_CONFIRMED", "2027-11-21")
    assert anze("publish").code == 0
