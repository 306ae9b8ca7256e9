"""A delivery that lacks too much, asked about and answered in a real Airflow, or by command meanwhile."""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import deciding, steps
from pipeline.hub import Hub
from pipeline.services.airflow import Client, LocalAirflow
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import ROOT
from sandbox import drops
from sandbox.truth import build
from tests.conftest import fresh_database
from tests.dags.test_dags import _base
from tests.pipeline.telling import hub_at

HASTY, ANSWERED, OVERTAKEN = "lichun", "yushui", "jingzhe"
LOOK_SECONDS = 5


@contextlib.contextmanager
def _airflow(cluster: Cluster, folder: pathlib.Path, hub: dict[str, str]) -> Iterator[Client]:
    """A running Airflow that knows the two DAGs of a decision and nothing else."""
    dags = folder / "dags"
    dags.mkdir()
    for name in ("intake.py", "decisions.py"):
        (dags / name).write_bytes((ROOT / "dags" / name).read_bytes())
    with fresh_database(cluster, "template0") as url:
        local = LocalAirflow(folder / "airflow", free_port(), url, dags)
        local.configure()
        base = {**_base(folder), **hub}
        local.migrate(base)
        try:
            local.start(base)
            client = local.client()
            client.wait_for_dags(["intake", "decisions"])
            client.unpause()
            yield client
        finally:
            local.stop()


def _ask(hub: Hub, insurer_id: str, folder: pathlib.Path) -> int:
    """Ten policies, then a full snapshot of five of them: the batch that awaits a decision."""
    rows = [row for row in build(5, 0.01).feed(insurer_id, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None][:10]
    landed = 0
    for day, kept, replaces in ((1, recent, None), (2, recent[:5], "all")):
        file = drops.write_file("csv_utf8", folder, "policy", kept, NIGHT.date() + dt.timedelta(days=day))
        landed = steps.submit(hub, insurer_id, "policy", file, steps.Beside(replaces)).batch_id
        state = steps.load(hub, landed).state
        assert state == ("loaded" if replaces is None else "awaiting")
    return landed


@pytest.mark.slow
def test_a_person_is_asked_in_airflow_and_a_command_may_answer_first(
    cluster: Cluster, database_url: str, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    from pipeline.scheduling.questions import ACCEPT, REFUSE

    (tmp_path / "drop").mkdir()
    hub = hub_at(NIGHT, engine, tmp_path, {}, [HASTY, ANSWERED, OVERTAKEN])
    hasty, answered, overtaken = (_ask(hub, insurer_id, tmp_path) for insurer_id in (HASTY, ANSWERED, OVERTAKEN))
    environ = {
        "ANZE_DATABASE_URL": database_url,
        "ANZE_LANDING": str(hub.settings.landing_folder),
        "ANZE_DROP": str(hub.settings.drop_folder),
        "ANZE_CLOCK_OFFSET": str(hub.settings.clock_offset.total_seconds()),
        "ANZE_QUESTION_SECONDS": str(LOOK_SECONDS),
    }
    with tempfile.TemporaryDirectory(prefix="anze-") as name, _airflow(cluster, pathlib.Path(name), environ) as client:
        client.trigger("intake")
        # Airflow takes a task that is resumed at once for one that was killed, and tries it again
        _until(lambda: f"batch_{hasty}" in _open(client), bool)
        _answer(client, hasty, ACCEPT, "看也不看")
        questions = _until(
            lambda: _open(client), lambda found: {f"batch_{answered}", f"batch_{overtaken}"} <= set(found)
        )
        asked = questions[f"batch_{answered}"]
        assert f"批次 {answered}" in asked["subject"]
        assert "缺少 5 条在册记录" in asked["subject"]
        assert "在册 10 条,占 50.00%" in asked["body"]
        deciding.decide(hub, overtaken, "refuse", "王处", "文件不全")
        time.sleep(2 * LOOK_SECONDS)
        _answer(client, answered, REFUSE, "机构已确认")
        runs = _until(lambda: _runs(client), lambda found: set(found.values()) == {"success"} and len(found) == 3)
        ask = client.call("GET", f"/dags/decisions/dagRuns/batch_{overtaken}/taskInstances/ask")["state"]
        expected = {f"batch_{batch_id}" for batch_id in (hasty, answered, overtaken)}
        assert (set(runs), ask, _open(client)) == (expected, "skipped", {})
    query = (
        "select b.batch_id, b.state, d.decision, d.decided_by, d.reason, l.withdrawn_count from landing.batch as b"
        " inner join landing.decision as d using (batch_id) inner join landing.load as l using (batch_id) order by 1"
    )
    with engine.connect() as connection:
        told = [tuple(row) for row in connection.execute(sa.text(query))]
    assert told == [
        (hasty, "loaded", "accept", "admin", "看也不看", 5),
        (answered, "rejected", "refuse", "admin", "机构已确认", 0),
        (overtaken, "rejected", "refuse", "王处", "文件不全", 0),
    ]


def _answer(client: Client, batch_id: int, choice: str, reason: str) -> None:
    path = f"/dags/decisions/dagRuns/batch_{batch_id}/taskInstances/ask/-1/hitlDetails"
    client.call("PATCH", path, {"chosen_options": [choice], "params_input": {"reason": reason}})


def _open(client: Client) -> dict[str, Any]:
    """Questions without an answer, by run."""
    found = client.call("GET", "/dags/~/dagRuns/~/hitlDetails", response_received=False)["hitl_details"]
    waiting = [one for one in found if one["task_instance"]["state"] == "deferred"]
    return {one["task_instance"]["dag_run_id"]: one for one in waiting}


def _runs(client: Client) -> dict[str, str]:
    page = client.call("GET", "/dags/decisions/dagRuns")["dag_runs"]
    return {run["dag_run_id"]: run["state"] for run in page}


def _until(look: Callable[[], Any], is_good: Callable[[Any], bool], seconds: float = 300.0) -> Any:
    deadline = time.monotonic() + seconds
    while not is_good(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    return found
