"""``anze alerts``: alerts of a real database as a person works on them, and what the command refuses."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.services.installation import NIGHT
from pipeline.settings import ROOT
from tests.pipeline.alerting.receiving import Robot, robot
from tests.pipeline.conftest import Answer, Anze
from tests.warehouse.indicators import conftest as rows

#: What the issue promises to scripts of every alert.
PROMISED = {"alert_no", "kind", "level", "owner", "state", "opened_at", "reason", "record_count"}
KIND = "A10"


@pytest.fixture
def receiver(installed: pathlib.Path, own_province: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    """A robot by which the province is told, of what is critical at any hour; it is the morning of a working day."""
    offset = NIGHT.replace(hour=9) + dt.timedelta(days=2) - dt.datetime.now(dt.UTC)
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str(offset.total_seconds()))
    monkeypatch.setenv("ANZE_RECEIVER_OFFICE", json.dumps({"login": "", "secret": "a-key"}))
    with robot() as made:
        told = {"name": "office", "channel": "webhook", "role": "province", "url": made.url}
        (own_province / "receivers.yml").write_text(json.dumps([told]), encoding="utf-8")
        quiet = {"begins": "20:00", "ends": "08:00", "days_off": True, "critical_passes": True}
        (own_province / "alerts.yml").write_text(json.dumps({"quiet": quiet}), encoding="utf-8")
        yield made


@pytest.fixture
def raised(receiver: Robot, engine: sa.Engine, anze: Anze) -> str:
    """The number of an alert about one major hazard, raised by a look."""
    with engine.begin() as connection:
        load = rows.loader(connection)
        load("policy", [{"policy_no": "P1", "insured_name": "甲厂"}])
        load("service_record", [{"service_no": "V1", "policy_no": "P1"}])
        load(
            "hazard", [{"hazard_no": "H1", "service_no": "V1", "hazard_level_code": "20", "insured_credit_code": "E1"}]
        )
    answer = anze("alerts", "look", "--json")
    assert answer.code == 0, answer.err
    looked = answer.json
    assert looked["is_new"]
    assert looked["message_count"] == 1
    return str(listed(anze, "--kind", KIND)[0]["alert_no"])


def listed(anze: Anze, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = anze("alerts", "list", "--json", *arguments).json
    return found


def test_a_list_for_scripts_has_what_is_promised(raised: str, anze: Anze) -> None:
    found = listed(anze)
    assert all(set(each) >= PROMISED for each in found)
    (hazard,) = [each for each in found if each["kind"] == KIND]
    assert (hazard["alert_no"], hazard["level"], hazard["owner"]) == (raised, "critical", "lichun")
    assert (hazard["state"], hazard["record_count"]) == ("open", 1)
    assert dt.datetime.fromisoformat(hazard["opened_at"]) >= NIGHT
    assert "重大事故隐患" in hazard["reason"]
    assert listed(anze, "--insurer", "yushui") == []
    assert raised in anze("alerts", "list").out


def test_one_alert_is_shown_with_its_records_and_history(raised: str, anze: Anze) -> None:
    shown = anze("alerts", "show", raised, "--json").json
    assert [each["record_key"] for each in shown["records"]] == ["H1"]
    assert [each["event"] for each in shown["events"]] == ["opened"]
    told = anze("alerts", "show", raised).out
    for words in (raised, "H1", shown["reason"], shown["remedy"], "出现 opened"):
        assert words in told


def test_an_alert_is_taken_on_and_left_alone_by_a_named_person(raised: str, anze: Anze) -> None:
    done = anze("alerts", "ack", raised, "--comment", "已约谈企业", "--by", "王五", "--json")
    assert (done.code, done.json["state"]) == (0, "acknowledged")
    until = (NIGHT + dt.timedelta(days=10)).date()
    done = anze("alerts", "snooze", raised, "--until", until, "--comment", "等待复核", "--by", "王五", "--json")
    assert (done.code, done.json["state"]) == (0, "snoozed")
    assert dt.datetime.fromisoformat(done.json["snoozed_until"]).date() <= until
    told = [(e["event"], e["person"], e["comment"]) for e in anze("alerts", "show", raised, "--json").json["events"]]
    assert told[1:] == [("acknowledged", "王五", "已约谈企业"), ("snoozed", "王五", "等待复核")]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "A10-20200101-0001"), "没有预警"),
        (("ack", "A10-20200101-0001", "--comment", "已约谈企业"), "没有预警"),
        (("ack", "ALERT", "--comment", " "), "请填写"),
        (("ack", "ALERT"), "--comment"),
        (("snooze", "ALERT", "--until", "2026-01-01", "--comment", "等待复核"), "已过"),
        (("snooze", "ALERT", "--until", "tomorrow", "--comment", "等待复核"), "tomorrow"),
        (("snooze", "ALERT", "--until", "2027-01-01"), "--comment"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    raised: str, anze: Anze, arguments: tuple[str, ...], told: str
) -> None:
    refused = anze("alerts", *(raised if each == "ALERT" else each for each in arguments))
    assert refused.code in (2, 4)
    assert told in refused.err
    assert [e["event"] for e in anze("alerts", "show", raised, "--json").json["events"]] == ["opened"]


def test_what_a_look_wrote_is_delivered_once_and_told_of_its_receiver(raised: str, receiver: Robot, anze: Anze) -> None:
    assert [each["waiting_count"] for each in anze("alerts", "receivers", "--json").json] == [1]
    receiver.answers = [(500, b"")]
    assert anze("alerts", "deliver").code == 1
    (waits,) = anze("alerts", "receivers", "--json").json
    assert (waits["receiver"], waits["sent_count"], waits["waiting_count"]) == ("office", 0, 1)
    assert waits["last_problem"]
    assert "office" in anze("alerts", "receivers").out
    assert anze("alerts", "deliver", "--json").json["sent_count"] == 0  # it waits for its next time
    assert len(receiver.got) == 1


def test_it_works_as_a_program(raised: str, receiver: Robot) -> None:
    def program(*arguments: str) -> Answer:
        run = [sys.executable, "-c", "from pipeline.cli import main; main()", "alerts", *arguments]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    assert raised in [each["alert_no"] for each in program("list", "--json").json]
    sent = program("deliver", "--json")
    assert (sent.code, sent.json["sent_count"]) == (0, 1)
    assert "安责险预警日报" in str(receiver.bodies())
    assert program("show", "A10-20200101-0001").code == 2
