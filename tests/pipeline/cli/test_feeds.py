"""``anze feed``: where each feed stands, and collecting a span again without ever leaving a gap."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from tests.pipeline.conftest import Anze
from warehouse.landing import feeds

MOVED = dt.datetime(2026, 11, 18, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def collected(installed: pathlib.Path, engine: sa.Engine) -> sa.Engine:
    """A feed that was collected up to a night."""
    feeds.reset_cursor(engine, "lichun", "policy", MOVED, MOVED)
    return engine


def test_a_feed_tells_where_it_stands(collected: sa.Engine, anze: Anze) -> None:
    [state] = anze("feed", "list", "--insurer", "lichun", "--json").json
    assert (state["record_type"], state["pending_count"]) == ("policy", 0)
    assert dt.datetime.fromisoformat(state["collected_until"]) == MOVED
    assert "2026-11-18 01:30" in anze("feed", "list").out


def test_a_feed_can_be_collected_again_from_an_earlier_moment(collected: sa.Engine, anze: Anze) -> None:
    assert anze("feed", "rewind", "lichun", "policy", "--to", "2026-11-01").code == 0
    assert feeds.cursor(collected, "lichun", "policy") == dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    assert anze("feed", "rewind", "lichun", "policy", "--everything").code == 0
    assert feeds.cursor(collected, "lichun", "policy") is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("lichun", "policy", "--to", "2026-11-19"),
        ("lichun", "policy"),
        ("lichun", "policy", "--everything", "--to", "2026-11-01"),
        ("lichun", "claim", "--to", "2026-11-01"),
        ("lichun", "policies", "--everything"),
    ],
    ids=["forward, which would leave a gap", "nowhere", "twice", "never collected", "no such records"],
)
def test_a_rewind_that_would_lose_or_guess_something_is_refused(
    collected: sa.Engine, anze: Anze, arguments: tuple[str, ...]
) -> None:
    assert anze("feed", "rewind", *arguments).code in (2, 4)
    assert feeds.cursor(collected, "lichun", "policy") == MOVED
