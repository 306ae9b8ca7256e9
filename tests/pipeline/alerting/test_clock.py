"""The clock of an installation: what it writes for whom, once; and what stays with an insurer that sees only its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.alerting import clock, lateness
from schemas.time_zone import SHANGHAI
from tests.pipeline.alerting.conftest import Sending
from tests.warehouse.indicators import conftest as rows

#: A Wednesday.
MORNING = dt.datetime(2026, 11, 18, 8, 30, tzinfo=SHANGHAI)
DAY = dt.timedelta(days=1)


@pytest.fixture
def hazards(sending: Sending) -> Sending:
    """Two insurers with a major hazard past its deadline each, in two cities; told to them, to a city, to the province."""
    with sending.hub.engine.begin() as connection:
        load = rows.loader(connection)
        for name, region in (("lichun", "370102"), ("yushui", "370202")):
            own = {"insurer_id": name}
            load("policy", [{"policy_no": f"P-{name}", "region_code": region, "insured_name": f"{name}厂", **own}])
            load("service_record", [{"service_no": f"V-{name}", "policy_no": f"P-{name}", **own}])
            hazard = {"hazard_no": f"H-{name}", "service_no": f"V-{name}", "hazard_level_code": "20"}
            load("hazard", [{**hazard, "insured_credit_code": f"E-{name}", **own}])
    robot = {"channel": "webhook", "url": sending.robot.url}
    sending.receivers(
        {"name": "lichun_robot", "role": "insurer", "insurer_id": "lichun", **robot},
        {"name": "qingdao", "role": "city", "region_code": "370200", **robot},
        {"name": "province_robot", "role": "province", "ledger": True, **robot},
        {"name": "engineers", "role": "engineer", **robot},
    )
    return sending


def run(sending: Sending, at: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> clock.Ran:
    monkeypatch.setattr(type(sending.hub), "sure_now", lambda _: at)
    return clock.run(sending.hub)


def of(sending: Sending, receiver: str, kind: str = "") -> list[dict[str, Any]]:
    return [m for m in sending.messages() if m["receiver"] == receiver and m["dedupe_key"].startswith(kind)]


def test_each_is_told_of_its_own_and_once(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(hazards, MORNING, monkeypatch).run.is_new
    written = hazards.messages()
    (mine,) = of(hazards, "lichun_robot")
    assert "H-lichun" in str(mine["content"])
    assert "yushui" not in str(mine["content"])
    (city,) = of(hazards, "qingdao")
    assert "lichun" not in str(city["content"])
    assert not run(hazards, MORNING, monkeypatch).run.is_new
    assert hazards.messages() == written
    run(hazards, MORNING + dt.timedelta(hours=1), monkeypatch)
    assert hazards.messages() == written  # nothing new, and the digest of the day was written
    run(hazards, MORNING + DAY, monkeypatch)
    assert len(of(hazards, "lichun_robot", "digest")) == 2


def test_the_ladder_reaches_the_city_and_then_the_province(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(10):
        run(hazards, MORNING + n * DAY, monkeypatch)
    city, province = of(hazards, "qingdao", "digest"), of(hazards, "province_robot", "digest")
    assert "H-yushui" not in str(city[0]["content"])
    assert "H-yushui" in str(city[-1]["content"])
    assert "H-lichun" not in str(city[-1]["content"])
    assert "H-lichun" not in str(province[0]["content"])
    assert "H-lichun" in str(province[-1]["content"])


def test_on_a_day_off_no_digest_is_written(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    saturday = MORNING + 3 * DAY
    assert run(hazards, saturday, monkeypatch).run.is_new
    assert [m for m in hazards.messages() if m["dedupe_key"].startswith("digest")] == []
    assert of(hazards, "lichun_robot", "urgent")  # it is critical; deliver decides when it is sent
    assert hazards.deliver(saturday).sent_count == 0


def test_what_is_critical_and_new_in_the_day_is_told_at_once(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    run(hazards, MORNING, monkeypatch)
    with hazards.hub.engine.begin() as connection:
        hazard = {
            "hazard_no": "H-NEW",
            "service_no": "V-lichun",
            "hazard_level_code": "20",
            "insured_credit_code": "E1",
        }
        rows.loader(connection)("hazard", [hazard])
    run(hazards, MORNING + dt.timedelta(hours=3), monkeypatch)
    (message,) = of(hazards, "lichun_robot", "urgent")
    assert "H-NEW" in str(message["content"])
    assert message["level"] == "critical"


def test_a_failing_receiver_loses_no_alert(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    run(hazards, MORNING, monkeypatch)
    count = len(hazards.messages())
    hazards.robot.answers = [("reset",)] * 20
    assert hazards.deliver(MORNING).sent_count == 0
    assert hazards.deliver(MORNING + dt.timedelta(minutes=5)).sent_count == 0
    hazards.robot.answers = []
    assert hazards.deliver(MORNING + dt.timedelta(hours=1)).sent_count == count


def test_engineers_are_told_what_was_not_looked_for(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(hazards, MORNING, monkeypatch)
    told = of(hazards, "engineers")
    assert bool(told) == bool(ran.run.problems)
    assert all(kind in str(told[0]["content"]) for kind in ran.run.problems)


def test_the_head_of_the_ledger_leaves_by_mail(hazards: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.warehouse import building

    with hazards.hub.engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from landing.ledger")).scalar_one() == 0
    building.land_rows(hazards.hub.engine, hazards.hub.settings.landing_folder, "policy", [], MORNING)
    run(hazards, MORNING, monkeypatch)
    with hazards.hub.engine.connect() as connection:
        head = connection.execute(
            sa.text("select hash from landing.ledger order by position desc limit 1")
        ).scalar_one()
    (message,) = of(hazards, "province_robot", "ledger")
    assert f"1 {head} 2026-11-18T08:30:00+08:00" in str(message["content"])


def test_figures_that_are_late_are_told_to_engineers_once_a_day(sending: Sending) -> None:
    sending.receivers(
        {"name": "engineers", "channel": "webhook", "role": "engineer", "url": sending.robot.url},
        {"name": "others", "channel": "webhook", "role": "province", "url": sending.robot.url},
    )
    assert lateness.tell_unpublished(sending.hub, MORNING) == 1
    assert lateness.tell_unpublished(sending.hub, MORNING) == 0
    assert [m["receiver"] for m in sending.messages()] == ["engineers"]
