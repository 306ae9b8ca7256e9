"""Extensions: what is in their scope is judged again, what was known stays known, and what is revoked is undone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from pipeline.clock import extensions
from schemas.errors import NotFound, SetupError
from tests.pipeline.clock.conftest import QINGDAO, Clocked, moment
from warehouse.landing.extensions import Grant

EVENT, DEADLINE = dt.date(2026, 11, 16), dt.date(2026, 11, 23)
GRANT = Grant("lichun", "policy", "台风停工", "李伟", extra_days=3, events_from=EVENT, events_to=EVENT)


def test_a_grant_is_told_as_retroactive_and_a_revocation_undoes_it(clocked: Clocked) -> None:
    clocked.deliver("P1", EVENT, moment(11, 25))
    assert clocked.verdict("P1") == (EVENT, DEADLINE, "late")
    granted = extensions.grant(clocked.at(moment(11, 26)), GRANT, moment(11, 26))
    assert granted.late_before == 1
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, 26), "on_time")
    revoked = extensions.revoke(
        clocked.at(moment(11, 27)), granted.extension.extension_no, "误批", "王芳", moment(11, 27)
    )
    assert [(each.old_timeliness, each.new_timeliness, each.verdict_count) for each in revoked.changes] == [
        ("on_time", "late", 1)
    ]
    assert clocked.verdict("P1") == (EVENT, DEADLINE, "late")
    known = [clocked.known("P1", moment(11, day, 12)) for day in (25, 26, 27)]
    assert known == [(DEADLINE, "late"), (dt.date(2026, 11, 26), "on_time"), (DEADLINE, "late")]
    audited = clocked.rows(
        "select kind, judged_by, old_timeliness, new_timeliness from report.judged_again order by judging_no"
    )
    assert audited == [("extension", "李伟", "late", "on_time"), ("revocation", "王芳", "on_time", "late")]
    events = clocked.rows("select role_name, object from access.event where kind = 'write' order by event_id")
    number = granted.extension.extension_no
    assert events[-2:] == [("李伟", f"extension {number}"), ("王芳", f"revocation of extension {number}")]


def test_a_record_that_comes_after_the_grant_has_its_deadline(clocked: Clocked) -> None:
    extensions.grant(clocked.at(moment(11, 18)), GRANT, moment(11, 18))
    clocked.deliver("P1", EVENT, moment(11, 26))
    clocked.deliver("P2", dt.date(2026, 11, 17), moment(11, 26))
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, 26), "on_time")
    assert clocked.verdict("P2")[2] == "late"


def test_only_records_of_its_city_or_with_its_keys_are_extended(clocked: Clocked) -> None:
    for key, region in (("P1", "370102"), ("P2", QINGDAO), ("P3", QINGDAO)):
        clocked.deliver(key, EVENT, moment(11, 25), region_code=region)
    in_city = replace(GRANT, city_code="370200", extra_days=None, until_on=dt.date(2026, 11, 25), events_from=None)
    extensions.grant(clocked.at(moment(11, 26)), in_city, moment(11, 26))
    assert [clocked.verdict(key)[2] for key in ("P1", "P2", "P3")] == ["late", "on_time", "on_time"]
    keyed = Grant("lichun", "*", "系统切换", "李伟", extra_days=2, record_keys=("P1",))
    extensions.grant(clocked.at(moment(11, 26)), keyed, moment(11, 26))
    assert clocked.verdict("P1") == (EVENT, dt.date(2026, 11, 25), "on_time")
    assert clocked.rows("select count(*) from quality.milestone_past") == [(3,)]


def test_an_extension_needs_a_scope_an_end_and_a_name(clocked: Clocked) -> None:
    hub, now = clocked.at(moment(11, 26)), moment(11, 26)
    for wanted, told in (
        (replace(GRANT, events_from=None, events_to=None), "--city"),
        (replace(GRANT, events_to=None), "--events-to"),
        (replace(GRANT, until_on=EVENT), "--until"),
        (replace(GRANT, city_code="370202"), "370202"),
        (replace(GRANT, granted_by=" "), "--by"),
    ):
        with pytest.raises(SetupError, match=told):
            extensions.grant(hub, wanted, now)
    with pytest.raises(NotFound):
        extensions.revoke(hub, 99, "x", "y", now)
    number = extensions.grant(hub, GRANT, now).extension.extension_no
    extensions.revoke(hub, number, "x", "王芳", now)
    with pytest.raises(SetupError, match="王芳"):
        extensions.revoke(hub, number, "x", "y", now)
