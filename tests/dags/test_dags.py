"""The DAG files: all load, light and fast, and do the work when Airflow runs them, on its own and by a real scheduler."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.scheduling.schedule import DEFAULT_SCHEDULE, feeds
from pipeline.services.airflow import LocalAirflow
from pipeline.services.installation import NIGHT
from pipeline.services.postgres import Cluster, free_port
from pipeline.settings import ROOT
from sandbox.accounts import credentials
from sandbox.cast import cast
from sandbox.server import serve
from sandbox.truth import build
from schemas.contract import INSURER_RECORD_TYPES
from tests.conftest import fresh_database
from tests.warehouse.building import rows_of

SEED = 5
INSURER = "lichun"
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
HEAVY = (
    "pandas",
    "pyarrow",
    "great_expectations",
    "python_calamine",
    "pipeline.steps",
    "warehouse",
    "quality",
    "sandbox",
)

#: Runs in a fresh process: what a parse costs after Airflow's own imports, and what it brings in.
PARSE = """
import json, runpy, sys
import airflow.sdk
import airflow.providers.standard.operators.hitl, airflow.providers.standard.operators.trigger_dagrun
from airflow.sdk import CronDataIntervalTimetable, ExceptionRetryPolicy, RetryAction, RetryRule, dag, task
before = set(sys.modules)
for path in sys.argv[1:]:
    runpy.run_path(path)
print(json.dumps(sorted(set(sys.modules) - before)))
"""

BAG = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
dags = {
    dag_id: {
        "schedule": getattr(dag.timetable, "expression", str(dag.timetable)), "timezone": str(getattr(dag.timetable, "timezone", "")),
        "tags": sorted(dag.tags), "doc": dag.doc_md or "", "name": dag.dag_display_name, "catchup": dag.catchup,
        "paused": dag.is_paused_upon_creation, "owner": dag.owner, "description": dag.description,
        "form": {name: [p.value, p.schema.get("type", "null")] for name in dag.params for p in [dag.params.get_param(name)]},
        "max_active_runs": dag.max_active_runs,
        "tasks": {t.task_id: [sorted(t.downstream_task_ids), t.task_display_name, t.retries, bool(t.on_failure_callback), bool(t.execution_timeout)] for t in dag.tasks},
    }
    for dag_id, dag in bag.dags.items()
}
print("\\n" + json.dumps({"errors": bag.import_errors, "dags": dags}))
"""


TEST_RUN = """
import datetime as dt, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
run = bag.dags[sys.argv[2]].test(logical_date=dt.datetime.fromisoformat(sys.argv[3]))
print("\\nstate:", str(run.state.value))
"""


def _base(folder: pathlib.Path) -> dict[str, str]:
    """An environment that knows nothing of another Airflow or another installation."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "ANZE_"))}
    return {**kept, "ANZE_VAR": str(folder / "var"), "HOME": str(folder), "PYTHONWARNINGS": "ignore"}


def _run(code: str, environ: Mapping[str, str], *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=dict(environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


@contextlib.contextmanager
def _local(
    cluster: Cluster, environ: Mapping[str, str], *, serving: bool
) -> Iterator[tuple[LocalAirflow, dict[str, str]]]:
    """An Airflow home with migrated metadata in a database of its own, and the environment of its processes."""
    with tempfile.TemporaryDirectory(prefix="anze-") as name, fresh_database(cluster, "template0") as url:
        folder = pathlib.Path(name)
        local = LocalAirflow(folder / "airflow", free_port(), url)
        local.configure()
        base = {**_base(folder), **environ}
        local.migrate(base)
        try:
            if serving:
                local.start(base)
            yield local, {**local.environ(base), "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags")}
        finally:
            local.stop()


@contextlib.contextmanager
def _province(database_url: str) -> Iterator[dict[str, str]]:
    """One small province behind a server; the environment of a hub that collects from it at the sandbox's night."""
    with tempfile.TemporaryDirectory(prefix="anze-") as folder, serve(build(SEED, 0.002)) as server:
        offset = NIGHT - dt.datetime.now(dt.UTC)
        pathlib.Path(folder, "drop").mkdir()
        yield {
            "ANZE_DATABASE_URL": database_url,
            "ANZE_LANDING": f"{folder}/landing",
            "ANZE_DROP": f"{folder}/drop",
            "ANZE_SANDBOX_URL": server.url,
            "ANZE_CLOCK_OFFSET": str(offset.total_seconds()),
            "ANZE_RETRY_SECONDS": "1",
        }


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    database = f"sqlite:///{home}/airflow.db"
    environ = {
        **_base(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    return dict(json.loads(_run(BAG, {**environ, "PYTHONPATH": str(ROOT)}, ROOT / "dags")))


def test_every_dag_loads(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    expected = {f"sync__{insurer.insurer_id}" for insurer in cast()} | {
        "backfill",
        "clock",
        "decisions",
        "intake",
        "lateness",
        "publish",
    }
    assert set(bag["dags"]) >= expected


def test_every_dag_has_a_run_book_a_name_and_labels(bag: dict[str, Any]) -> None:
    for dag_id, dag in bag["dags"].items():
        assert "Run-book" in dag["doc"], dag_id
        assert dag["name"] != dag_id
        assert (dag["catchup"], dag["max_active_runs"]) == (False, 1000 if dag_id == "decisions" else 1)
        assert (dag["paused"] is False) == (dag_id in ("backfill", "decisions")), "people's questions never wait"
        assert dag["owner"] == "anze"
        assert re.search("[\u4e00-\u9fff].*[a-z]", dag["description"]), "in Chinese and in English"
        assert all(task[4] for name, task in dag["tasks"].items() if name != "ask"), "a task that hangs is ended"
    assert {dag["tags"][-1] for dag_id, dag in bag["dags"].items() if not dag_id.startswith("sync__")} >= {
        "backfill",
        "decisions",
        "intake",
        "publish",
    }


def test_what_a_form_leaves_empty_may_stay_empty(bag: dict[str, Any]) -> None:
    """Airflow's form does not let go before every field that does not allow null is filled in."""
    form = bag["dags"]["backfill"]["form"]
    empty = {name for name, (value, _) in form.items() if value in (None, "", [])}
    assert empty == {"plan_id", "insurers", "families", "from", "to", "reason"}
    assert all("null" in form[name][1] for name in empty)


def test_a_sync_dag_has_its_own_schedule_label_and_three_tasks(bag: dict[str, Any]) -> None:
    for feed in feeds():
        dag = bag["dags"][f"sync__{feed.insurer_id}"]
        assert (dag["schedule"], dag["timezone"]) == (feed.schedule, "Asia/Shanghai")
        assert set(dag["tags"]) == {"sync", feed.dialect}
        tasks = dag["tasks"]
        assert {name: task[0] for name, task in tasks.items()} == {
            "policies": ["claims", "services"],
            "claims": [],
            "services": [],
        }
        assert {task[2] for task in tasks.values()} == {2}
        assert all(task[3] for task in tasks.values()), "a failed task tells what to do"
        assert [tasks[name][1] for name in ("policies", "claims", "services")] == ["投保", "理赔", "事故预防服务"]


def test_parsing_is_light(tmp_path: pathlib.Path) -> None:
    """After Airflow's own imports all DAG files bring in nothing heavy of ours."""
    environ = {**_base(tmp_path), "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    imported = json.loads(_run(PARSE, environ, *DAG_FILES))
    assert "pipeline.scheduling.schedule" in imported
    tops = {name.split(".")[0] for name in imported} | set(imported)
    assert tops.isdisjoint(HEAVY), sorted(tops & set(HEAVY))


def test_dag_files_declare_and_stay_short() -> None:
    assert DAG_FILES
    assert all(len(path.read_text(encoding="utf-8").splitlines()) < 80 for path in DAG_FILES)


def test_a_new_file_is_a_new_dag(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "insurers"
    folder.mkdir()
    (folder / "xinren.yml").write_text("insurer: xinren\nextends: xinghe\nname: 新人\nschedule: '5 2 * * *'\n")
    (folder / "anyone.yml").write_text("insurer: anyone\nextends: guyan\nname: 任意\n")
    found = feeds(tmp_path)
    assert [(f.insurer_id, f.name, f.dialect, f.schedule) for f in found] == [
        ("anyone", "任意", "guyan", DEFAULT_SCHEDULE),
        ("xinren", "新人", "xinghe", "5 2 * * *"),
    ]


def _batches(engine: sa.Engine) -> dict[str, str]:
    query = sa.text("select record_type, state from landing.batch where insurer_id = :insurer_id")
    with engine.connect() as connection:
        return {row.record_type: row.state for row in connection.execute(query, {"insurer_id": INSURER})}


def test_the_clock_looks_and_delivers(cluster: Cluster, database_url: str, engine: sa.Engine) -> None:
    with _province(database_url) as hub, _local(cluster, hub, serving=False) as (_, environ):
        told = _run(TEST_RUN, environ, ROOT / "dags", "clock", NIGHT.isoformat())
    assert told == "state: success"
    assert rows_of(engine, "select count(*) from alert.run") == [(1,)]


def test_a_sync_dag_collects_and_loads_every_type(cluster: Cluster, database_url: str, engine: sa.Engine) -> None:
    """``dag.test()`` with the connection that Airflow reads from its environment."""
    own = credentials(INSURER, SEED)
    connection = {"conn_type": "generic", "login": own["login"], "password": own["secret"], "extra": own["extra"]}
    named = {f"AIRFLOW_CONN_INSURER_{INSURER.upper()}": json.dumps(connection)}
    with _province(database_url) as hub, _local(cluster, {**hub, **named}, serving=False) as (_, environ):
        told = _run(TEST_RUN, environ, ROOT / "dags", f"sync__{INSURER}", NIGHT.isoformat())
    assert told == "state: success"
    assert _batches(engine) == dict.fromkeys(INSURER_RECORD_TYPES, "loaded")
