"""One insurer's broken definition: its own DAG stays, fails and says why; the others do not notice."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Mapping

import pytest

from pipeline.scheduling.schedule import DEFAULT_SCHEDULE, feeds
from pipeline.services.installation import NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import ROOT
from sandbox.cast import cast
from tests.dags.test_dags import BAG, _base, _local, _province

PACKAGES = ("connectors", "dags", "pipeline", "portal", "quality", "oracle", "sandbox", "schemas", "warehouse")
#: Insurer -> what stands in its file instead: (old, new); None = the whole file.
BROKEN = {
    "lichun": ('"30 1 * * *"', '"99 1 * * *"'),
    "yushui": ("extends: ", "extends: nobody_"),
    "jingzhe": ("contact: ", 'contact: "'),
    "chunfen": ("name: ", "name: 2026-99-99 #"),
    "qingming": (None, "- a list\n"),
    "guyu": (None, ""),
    "lixia": (None, "\xff\xfe\0"),
    "xiaoman": ('"30 1 * * *"', "5"),
    "mangzhong": ("extends: ", "extends: [a, b] #"),
}
RUN = """
import datetime as dt, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
states = {}
for dag_id in sys.argv[3:]:
    run = bag.dags[dag_id].test(logical_date=dt.datetime.fromisoformat(sys.argv[2]))
    states[dag_id] = str(run.state.value)
print("\\n" + __import__("json").dumps(states))
"""


def run(code: str, program: pathlib.Path, environ: Mapping[str, str], *arguments: object) -> tuple[str, str]:
    """The last line of what a program in its own folder answers, and everything that it told."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(program / "dags"), *map(str, arguments)],
        env={**environ, "PYTHONPATH": str(program)},
        cwd=program,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1], done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The program in a folder of its own, with definitions broken in every way."""
    folder = tmp_path_factory.mktemp("program")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for insurer_id, (old, new) in BROKEN.items():
        path = folder / "sandbox" / "province" / "insurers" / f"{insurer_id}.yml"
        text = path.read_text(encoding="utf-8")
        assert old is None or old in text
        path.write_text(
            new if old is None else text.replace(old, new, 1), encoding="latin-1" if old is None else "utf-8"
        )
    (folder / "sandbox" / "province" / "insurers" / "bad name!.yml").write_text("insurer: x\n", encoding="utf-8")
    return folder


def test_every_dag_stays_whatever_is_broken(copied: pathlib.Path, tmp_path: pathlib.Path) -> None:
    environ = {
        **_base(tmp_path),
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    found = json.loads(run(BAG, copied, environ)[0])
    assert found["errors"] == {}
    expected = {f"sync__{insurer.insurer_id}" for insurer in cast()} | {"backfill", "decisions", "intake", "publish"}
    assert set(found["dags"]) >= expected
    assert found["dags"]["sync__lichun"]["schedule"] == DEFAULT_SCHEDULE
    assert found["dags"]["sync__qingming"]["name"] == "qingming 同步"


def test_files_of_any_content_are_feeds_with_a_schedule(copied: pathlib.Path) -> None:
    read = {feed.insurer_id: feed for feed in feeds(copied / "sandbox" / "province")}
    assert set(BROKEN) <= set(read)
    assert {read[i].schedule for i in BROKEN} == {DEFAULT_SCHEDULE}


def test_the_broken_one_fails_and_the_intake_and_the_figures_go_on(
    copied: pathlib.Path, cluster: Cluster, database_url: str
) -> None:
    wanted = ["sync__lichun", "intake", "publish"]
    with (
        _province(database_url) as hub,
        _local(cluster, {**hub, "PYTHONPATH": str(copied)}, serving=False) as (_, environ),
    ):
        environ = {**environ, "AIRFLOW__CORE__DAGS_FOLDER": str(copied / "dags")}
        states, told = run(RUN, copied, environ, NIGHT.isoformat(), *wanted)
    assert "insurers/lichun.yml:7: schedule: '99 1 * * *' is no cron" in told
    assert json.loads(states) == {"sync__lichun": "failed", "intake": "success", "publish": "success"}
