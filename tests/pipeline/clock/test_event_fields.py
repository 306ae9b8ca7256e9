"""The field that holds a milestone's event, as the province says it: for records of some days, known from a moment on."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from pipeline import calendars
from quality.clock_rules import clock_rules
from schemas.errors import DefinitionError
from schemas.province import DEFAULT, VARIABLE
from tests.pipeline.clock.conftest import Clocked, moment
from tests.pipeline.conftest import Anze

SAID = "record_type: policy, milestone: issue_date, valid_from: 2026-11-16, source: 省厅通知, confidence: confirmed"
COVER = "field: cover_start_date"
BEFORE, SINCE, LATER = dt.date(2026, 11, 13), dt.date(2026, 11, 16), dt.date(2026, 11, 19)


def say(folder: pathlib.Path, *entries: str) -> None:
    """What the province says of events; a folder is read once, so before anything of the clock is asked for."""
    text = "".join(f"- {{{each}}}\n" for each in entries)
    (folder / "clock.yml").write_text(f"events:\n{text}", encoding="utf-8")


@pytest.fixture
def moved(clocked: Clocked, own_province: pathlib.Path) -> Clocked:
    """From 2026-11-16 on a policy's event is the first day of its cover; known from that morning."""
    say(own_province, f"{SAID}, {COVER}")
    calendars.seed_clock_rules(clocked.engine, moment(11, 16))
    return clocked


def test_an_event_moves_to_another_field_from_a_day_on(moved: Clocked, installed: pathlib.Path, anze: Anze) -> None:
    moved.deliver("OLD", BEFORE, moment(11, 17), cover_start_date=LATER)
    moved.deliver("NEW", SINCE, moment(11, 20), cover_start_date=LATER)
    assert moved.verdict("OLD") == (BEFORE, dt.date(2026, 11, 20), "on_time")
    assert moved.verdict("NEW") == (LATER, dt.date(2026, 11, 26), "on_time")
    page = anze("freshness", "explain", "lichun", "policy", "NEW")
    assert "cover_start_date,省厅通知" in page.out, page.err
    assert "issue_date,按数据契约" in anze("freshness", "explain", "lichun", "policy", "OLD").out


def test_an_event_has_not_happened_while_its_field_is_empty(moved: Clocked) -> None:
    moved.deliver("P1", SINCE, moment(11, 24))
    assert moved.rows("select * from quality.milestone") == []
    moved.deliver("P1", SINCE, moment(11, 25), cover_start_date=SINCE, operation_code="U")
    assert moved.verdict("P1") == (SINCE, dt.date(2026, 11, 23), "late")


def test_what_was_said_later_leaves_verdicts_and_counts_from_then_on(
    moved: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved.deliver("P1", SINCE, moment(11, 24), cover_start_date=LATER)
    monkeypatch.setenv(VARIABLE, str(DEFAULT))
    calendars.seed_clock_rules(moved.engine, moment(11, 25))
    moved.deliver("P2", SINCE, moment(11, 25, 10), cover_start_date=LATER)
    assert moved.verdict("P1") == (LATER, dt.date(2026, 11, 26), "on_time")
    assert moved.verdict("P2") == (SINCE, dt.date(2026, 11, 23), "late")


def test_saying_the_same_again_writes_nothing(moved: Clocked) -> None:
    calendars.seed_clock_rules(moved.engine, moment(11, 17))
    assert moved.rows("select known_from, isfinite(known_to) from reference.event_field") == [(moment(11, 16), False)]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ((f"{SAID}, field: cover_strat_date",), r"clock.yml:2: events.1.field: .*no day of policy; fix: did you mean 'cover_start_date'"),
        ((f"{SAID}, field: contact_name",), r"'contact_name' is no day of policy"),
        ((f"{SAID}, {COVER}".replace("issue_date", "issued"),), r"events.1.milestone: 'issued' is no milestone.*fix: .*issue_date"),
        ((f"{SAID}, {COVER}".replace("policy", "polici"),), r"events.1.record_type: 'polici' is not known; fix: .*'policy'"),
        ((f"{SAID}, {COVER}, valid_to: 2026-11-15",), r"events.1.valid_to: 2026-11-15 is before valid_from; fix: "),
        ((f"{SAID}, {COVER}", f"{SAID}, field: cover_end_date"), r"clock.yml:3: events.2.*on the same days.*; fix: end one"),
    ],
)  # fmt: skip
def test_a_mistake_says_where_and_what_to_do(own_province: pathlib.Path, entries: tuple[str, ...], told: str) -> None:
    say(own_province, *entries)
    with pytest.raises(DefinitionError, match=told):
        clock_rules()
