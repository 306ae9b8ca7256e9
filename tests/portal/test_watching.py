"""What Prometheus reads from the portal: numbers of this installation, for its token alone; what is watched is really told."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.portal.front import Front, another
from tests.portal.stand import Stand

TOKEN = "of-prometheus"
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "rules.yml"
NAME = re.compile(r"\banze_\w+")


@pytest.fixture(scope="module")
def watched(standing: Stand) -> Iterator[Front]:
    with another(standing.front, ANZE_METRICS_TOKEN=TOKEN) as opened:
        yield opened


def scraped(front: Front) -> dict[str, dict[tuple[str, ...], float]]:
    """Metrics by name, each with its values by labels."""
    answer = requests.get(f"{front.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
    answer.raise_for_status()
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = text_string_to_metric_families(answer.text)
    return {f.name: {tuple(s.labels.values()): s.value for s in f.samples} for f in families}


def test_numbers_are_those_of_the_installation(watched: Front, standing: Stand) -> None:
    found = scraped(watched)
    assert found["anze_landing_up"] == {(): 1}
    with standing.front.engine.connect() as connection:
        held = connection.exec_driver_sql(
            "select insurer_id, count(*) from quarantine.row where resolved_at is null group by 1"
        )
        assert {key[0]: value for key, value in found["anze_rows_held"].items() if value} == dict(held.all())
        told = connection.exec_driver_sql(
            "select insurer_id, record_type, max(received_at) from landing.batch group by 1, 2"
        )
        newest = {(insurer_id, record_type): at for insurer_id, record_type, at in told}
    ages = found["anze_feed_age_seconds"]
    assert ages[next(feed for feed in ages if feed not in newest)] == float("inf")
    known = [feed for feed in ages if feed in newest]
    order = sorted(known, key=lambda feed: ages[feed])
    assert [newest[feed] for feed in order] == sorted((newest[feed] for feed in known), reverse=True)


@pytest.mark.parametrize("authorization", [None, "Bearer other", "Basic b2Y6", TOKEN + "x"])
def test_nobody_reads_them_without_the_token(watched: Front, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.get(f"{watched.address}/metrics", headers=headers, timeout=60)
    assert (answer.status_code, "anze_" in answer.text) == (401, False)


def test_there_are_none_where_no_token_is_set(standing: Stand) -> None:
    answer = requests.get(f"{standing.front.address}/metrics", headers={"Authorization": "Bearer "}, timeout=60)
    assert answer.status_code == 404


def test_rules_and_dashboard_ask_for_metrics_that_are_told(watched: Front) -> None:
    told = {f"{name}" for name in scraped(watched)} | {"anze_standby_lag_seconds", "anze_verification_age_seconds"}
    told |= {"anze_verification_findings", "anze_backup_age_seconds"}
    told |= {"anze_wal_archive_failing", "anze_wal_archived_age_seconds"}
    panels = json.loads((DEPLOY / "grafana" / "anze-hub.json").read_text(encoding="utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    asked += [line for line in RULES.read_text(encoding="utf-8").splitlines() if line.strip().startswith("expr:")]
    assert asked
    assert {name for expression in asked for name in NAME.findall(expression)} <= told


def test_each_alert_names_its_lines_of_the_run_book() -> None:
    book = (DEPLOY.parent / "docs" / "watching.md").read_text(encoding="utf-8")
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8"))
    assert alerts
    assert [name for name in alerts if f"### {name}\n" not in book] == []


def test_rules_fire_when_they_should() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("NOT RUN: no promtool: apt-get install prometheus")
    command = ["promtool", "test", "rules", str(RULES.with_name("rules_test.yml"))]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
