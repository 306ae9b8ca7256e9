"""A feed is fresh by what is new in it, not by bytes that say what is known."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from schemas.delivery import Channel, Control
from tests.warehouse.building import at, fault, land_rows, load_rows, policy
from warehouse.landing import feeds


def fresh(engine: sa.Engine) -> tuple[dt.datetime | None, dt.datetime | None]:
    """(last delivery, last news) of the one feed, as both lists tell it."""
    [state] = feeds.states(engine, "lichun")
    [sender] = feeds.senders(engine, [("lichun", "policy")], at(1))
    assert (state.last_received_at, state.last_fresh_at) == (sender.last_received_at, sender.oldest_fresh_at)
    return state.last_received_at, state.last_fresh_at


def test_known_rows_in_new_bytes_make_no_feed_fresh(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(15)), policy("P2", at(15))], at(16))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(15))], at(19))
    assert fresh(engine) == (at(19), at(16))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(15)), policy("P3", at(19))], at(20))
    assert fresh(engine) == (at(20), at(20))


def test_a_change_is_news_and_so_is_an_older_version_that_was_not_known(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(15))], at(16))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(17), employee_count=9)], at(18))
    assert fresh(engine)[1] == at(18)
    load_rows(engine, tmp_path, "policy", [policy("P1", at(14), employee_count=7)], at(19))
    assert fresh(engine)[1] == at(19)


@pytest.mark.parametrize("channel", ["api", "drop"])
def test_an_empty_answer_is_a_delivery_and_no_news(engine: sa.Engine, tmp_path: pathlib.Path, channel: Channel) -> None:
    load_rows(engine, tmp_path, "policy", [], at(16), channel=channel)
    assert fresh(engine) == (at(16), None)


def test_what_is_held_rejected_waiting_or_short_of_its_rows_is_no_news(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    load_rows(engine, tmp_path, "policy", [policy("P1", at(15))], at(16), findings=[fault(1)])
    load_rows(engine, tmp_path, "policy", [], at(17), control=Control(row_count=3))
    land_rows(engine, tmp_path, "policy", [policy("P2", at(15))], at(18))
    assert fresh(engine) == (at(18), None)
