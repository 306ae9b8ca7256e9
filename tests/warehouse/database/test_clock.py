"""A clock that jumped stamps nothing: it is compared with the database's, and with what was received before."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from schemas.errors import SetupError
from tests.warehouse.building import land_rows, policy
from warehouse.database.clock import require_believable

NO_OFFSET, YEAR, DAY = dt.timedelta(0), dt.timedelta(days=365), dt.timedelta(days=1)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def receive(engine: sa.Engine, folder: pathlib.Path, received_at: dt.datetime) -> None:
    land_rows(engine, folder, "policy", [policy("P1", received_at)], received_at)


@pytest.mark.parametrize("jump", [YEAR, -YEAR, dt.timedelta(minutes=11), dt.timedelta(minutes=-11)])
def test_a_clock_far_from_the_databases_is_refused_with_both_times(engine: sa.Engine, jump: dt.timedelta) -> None:
    moment = now() + jump
    with pytest.raises(SetupError, match="数据库时钟") as told:
        require_believable(engine, moment, NO_OFFSET)
    for shown in (moment, now()):
        assert f"{shown.astimezone(dt.timezone(dt.timedelta(hours=8))):%Y-%m-%d %H}" in str(told.value)


def test_an_offset_on_purpose_is_taken_off_before_clocks_are_compared(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    require_believable(engine, now() - YEAR, -YEAR)
    receive(engine, tmp_path, now() - YEAR)
    require_believable(engine, now() - YEAR + DAY, -YEAR + DAY)
    with pytest.raises(SetupError, match="最近一次接收"):
        require_believable(engine, now(), NO_OFFSET)


@pytest.mark.parametrize(
    ("last", "is_believed"),
    [
        (dt.timedelta(0), True),
        (-dt.timedelta(days=60), True),
        (dt.timedelta(hours=20), True),
        (-YEAR, False),
        (YEAR, False),
        (dt.timedelta(days=2), False),
    ],
)
def test_a_clock_far_from_the_last_receipt_is_refused_unless_a_person_confirms_the_day(
    engine: sa.Engine, tmp_path: pathlib.Path, last: dt.timedelta, is_believed: bool
) -> None:
    """Both clocks of one machine jump together: what was received before is the witness then."""
    receive(engine, tmp_path, now() + last)
    if is_believed:
        require_believable(engine, now(), NO_OFFSET)
        return
    with pytest.raises(SetupError, match="ANZE_CLOCK_CONFIRMED="):
        require_believable(engine, now(), NO_OFFSET)
    today = now().astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    require_believable(engine, now(), NO_OFFSET, today)
    with pytest.raises(SetupError):
        require_believable(engine, now(), NO_OFFSET, today - DAY)
