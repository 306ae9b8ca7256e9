"""What a load read and wrote is told as OpenLineage, to a file or a collector; no load hangs on whoever collects."""

from __future__ import annotations

import contextlib
import http.server
import json
import logging
import pathlib
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.lineage import telling
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import free_port
from sandbox import drops
from sandbox.truth import Record, build
from schemas.errors import SchemaDrift
from tests.pipeline.conftest import Anze
from tests.pipeline.judging.test_dead_ends import land_drifted

CLERK = "tianquan"


@pytest.fixture(scope="module")
def policies() -> list[Record]:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    return [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows who did not answer another, or whom another told."""
    monkeypatch.setattr(telling, "_silent_until", -1.0)
    telling._client.cache_clear()


@pytest.fixture
def switched_on(installed: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("ANZE_LINEAGE", "on")
    return installed


def delivery(folder: pathlib.Path, rows: list[Record]) -> pathlib.Path:
    folder.mkdir(exist_ok=True, parents=True)
    return drops.write_file("csv_utf8", folder, "policy", rows, NIGHT.date())


def told(folder: pathlib.Path) -> list[dict[str, Any]]:
    """The events of the files in a folder, in their order."""
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def submitted(anze: Anze, file: pathlib.Path) -> Any:
    answer = anze("submit", CLERK, "policy", file, "--json")
    assert "Traceback" not in answer.err
    return answer.json


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes events."""

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.taken.append(json.loads(self.rfile.read(length)))  # type: ignore[attr-defined]
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def collector() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        server.taken = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", server.taken  # type: ignore[attr-defined]
        server.shutdown()


def test_a_load_is_told_with_what_it_read_what_it_found_and_what_it_wrote(
    switched_on: pathlib.Path, anze: Anze, engine: sa.Engine, policies: list[Record]
) -> None:
    wrong = dict(policies[1], region_code="379999")
    report = submitted(anze, delivery(switched_on / "files", [policies[0], wrong]))
    assert report["state"] == "partly_loaded"
    began, over = told(switched_on / "var" / "lineage")
    assert (began["eventType"], over["eventType"]) == ("START", "COMPLETE")
    assert began["run"]["runId"] == over["run"]["runId"]
    assert began["eventTime"] < over["eventTime"]
    assert over["job"]["name"] == f"anze.load.{CLERK}.policy"
    receipt, part = over["inputs"]
    with engine.connect() as connection:
        digest = connection.exec_driver_sql("select sha256 from landing.payload").scalar_one()
    assert part["name"] == str(switched_on / "landing" / digest[:2] / digest[2:4] / digest)
    assert (pathlib.Path(part["name"]).is_file(), pathlib.Path(receipt["name"]).is_file()) == (True, True)
    assert receipt["inputFacets"]["dataQualityMetrics"]["rowCount"] == 2
    found = {a["assertion"]: a for a in receipt["inputFacets"]["dataQualityAssertions"]["assertions"]}
    shown = {each["rule_id"]: each for each in anze("batch", "show", report["batch_id"], "--json").json["findings"]}
    assert {rule: int(each["actual"]) for rule, each in found.items()} == {
        rule: each["finding_count"] for rule, each in shown.items()
    }
    held = next(each for each in found.values() if each["severity"] == "error")
    assert (held["success"], held["column"]) == (False, "region_code")
    (written,) = over["outputs"]
    assert written["name"] == f"{engine.url.database}.core.policy"
    assert written["outputFacets"]["outputStatistics"]["rowCount"] == 1
    tags = {each["key"]: each["value"] for each in over["run"]["facets"]["tags"]["tags"]}
    assert (tags["batch_id"], tags["state"]) == (str(report["batch_id"]), "partly_loaded")
    assert {"ruleset", "calendar", "definition"} <= set(tags)
    for row in policies[:2]:
        assert row["policy_no"] not in json.dumps([began, over])


def test_a_delivery_that_is_refused_is_a_load_that_came_to_a_verdict(
    switched_on: pathlib.Path, anze: Anze, policies: list[Record]
) -> None:
    refused = submitted(anze, delivery(switched_on / "files", [dict(policies[0], region_code="379999")]))
    _, over = told(switched_on / "var" / "lineage")
    assert over["eventType"] == "COMPLETE"
    assert over["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 0
    tags = {each["key"]: each["value"] for each in over["run"]["facets"]["tags"]["tags"]}
    assert tags["state"] == refused["state"]


def test_a_batch_that_cannot_be_judged_is_told_as_failed(switched_on: pathlib.Path) -> None:
    drifted = land_drifted()
    with pytest.raises(SchemaDrift):
        steps.load(steps.open_hub(), drifted)
    _, over = told(switched_on / "var" / "lineage")
    assert over["eventType"] == "FAIL"
    assert over["run"]["facets"]["errorMessage"]["message"].startswith("SchemaDrift: ")
    assert "inputFacets" not in over["inputs"][0] or not over["inputs"][0]["inputFacets"]


def test_a_collector_gets_what_a_file_would(
    switched_on: pathlib.Path, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector() as (address, taken):
        monkeypatch.setenv("OPENLINEAGE_URL", address)
        monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "of-the-province")
        report = submitted(anze, delivery(switched_on / "files", policies[:1]))
    assert report["state"] == "loaded"
    assert [event["eventType"] for event in taken] == ["START", "COMPLETE"]
    assert {event["job"]["namespace"] for event in taken} == {"of-the-province"}
    assert told(switched_on / "var" / "lineage") == []


def test_a_dead_collector_costs_a_warning_and_is_left_alone(
    switched_on: pathlib.Path, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{free_port()}")
    first = submitted(anze, delivery(switched_on / "a", policies[:1]))
    second = submitted(anze, delivery(switched_on / "b", policies[1:2]))
    assert [report["state"] for report in (first, second)] == ["loaded", "loaded"]
    warnings = [each.getMessage() for each in caplog.records if each.name == telling.logger.name]
    assert [f"batch {report['batch_id']}: its lineage was not told" in line for report, line in zip((first, second), warnings, strict=True)] == [True, True]  # fmt: skip


def test_one_that_never_answers_is_not_waited_for(
    switched_on: pathlib.Path, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{mute.getsockname()[1]}")
        with caplog.at_level(logging.WARNING):
            report = submitted(anze, delivery(switched_on / "files", policies[:1]))
    assert report["state"] == "loaded"
    assert f"no answer in {telling.PATIENCE_SECONDS:g} s" in caplog.text


def test_nothing_is_told_unasked_and_a_folder_that_cannot_be_written_costs_a_warning(
    installed: pathlib.Path, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    assert submitted(anze, delivery(installed / "unasked", policies[1:2]))["state"] == "loaded"
    assert not (installed / "var" / "lineage").exists()
    (installed / "taken").write_text("a file")
    monkeypatch.setenv("ANZE_LINEAGE", str(installed / "taken"))
    assert submitted(anze, delivery(installed / "files", policies[:1]))["state"] == "loaded"
    assert "its lineage was not told" in caplog.text


def test_a_wrong_setting_is_told_in_one_line_and_nothing_is_stuck(
    installed: pathlib.Path, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = delivery(installed / "files", policies[:1])
    monkeypatch.setenv("ANZE_LINEAGE", "yes")
    answer = anze("submit", CLERK, "policy", file)
    assert (answer.code, "ANZE_LINEAGE" in answer.err, "'yes'" in answer.err) == (4, True, True), answer
    monkeypatch.setenv("ANZE_LINEAGE", "on")
    monkeypatch.setitem(sys.modules, "openlineage", None)
    answer = anze("load")
    assert (answer.code, "requirements/prod.txt" in answer.err) == (4, True), answer
    monkeypatch.setenv("ANZE_LINEAGE", "off")
    assert anze("load").code == 0
    assert [each["state"] for each in anze("batch", "list", "--json").json] == ["loaded"]
