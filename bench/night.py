"""One night beside a no-op night of the same shape: both through Airflow, on this machine, one after the other.

    python -m bench night --insurers 35 --times 3

An installation of its own holds the demo's history; its first night brings three days, those after it what is new since
then, which is nothing: what is told is the pipeline's share of a night. The no-op side has as many DAGs of the same three
tasks, in an Airflow of its own; while one works, the other is stopped. More than 35 insurers are a province like the
sandbox's with each of its insurers some times over, every one with its own definition and its own system.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
import re
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa

from bench.figures import Measurement, ratio, seconds, table, write
from bench.year import own_installation
from pipeline.cli.output import progress
from pipeline.scheduling.schedule import feeds
from pipeline.services import demonstration
from pipeline.services.airflow import Client, LocalAirflow
from pipeline.services.installation import Installation
from pipeline.services.postgres import free_port
from schemas.province import DEFAULT, VARIABLE

HERE = pathlib.Path(__file__).parent
SCALE = 0.01
MEMBER = re.compile(r"^  (\w+): \{name: (\w+), (.*)\}$", re.MULTILINE)


def measure(insurers: int, times: int) -> None:
    """Measure nights of some insurers and write them."""
    with _province(insurers) as folder, own_installation(SCALE, **({VARIABLE: str(folder)} if folder else {})) as here:
        demonstration.start(here, _tell, progress)
        found: dict[str, list[Measurement]] = defaultdict(list)
        with _idle(here) as idle:
            sync, noop = ([f"{kind}__{feed.insurer_id}" for feed in feeds()] for kind in ("sync", "noop"))
            for number in range(times + 1):
                here.airflow.start(here.environ())
                client = here.airflow.client()
                client.put_connections(here.credentials())
                found["night" if number else "the first night"].append(_night(client, sync))
                here.airflow.stop()
                idle.start(here.environ())
                found["no-op" if number else "no-op, first"].append(_night(idle.client(), noop))
                idle.stop()
    lines = [(name, seconds(of).told(".1f")) for name, of in found.items()]
    told = f"{times} rounds after the first. Night / no-op: {ratio(found['night'], found['no-op']).told()}; the first night, which brings three days: {ratio(found['the first night'], found['no-op, first']).told()}."
    write(f"One night of {len(sync)} insurers", f"{told}\n\n{table(('', 's'), lines)}")


def _night(client: Client, dag_ids: list[str]) -> Measurement:
    """Trigger every DAG once; from the first run's start to the last one's end."""
    client.wait_for_dags(dag_ids, seconds=60 + 2 * len(dag_ids))
    begun = dt.datetime.now(dt.UTC)
    paused = {dag["dag_id"]: dag["is_paused"] for dag in client.call("GET", "/dags", limit=1000)["dags"]}
    for dag_id in dag_ids:  # a scheduled DAG that is let loose begins its run by itself
        if paused[dag_id]:
            client.call("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        if not paused[dag_id] or dag_id.startswith("noop"):
            client.trigger(dag_id)
    while True:
        runs = client.runs_since(dag_ids, begun)
        if len(runs) == len(dag_ids) and all(run["state"] in ("success", "failed") for run in runs.values()):
            break
        time.sleep(1)
    starts = [dt.datetime.fromisoformat(str(run["start_date"])) for run in runs.values()]
    ends = [dt.datetime.fromisoformat(str(run["end_date"])) for run in runs.values()]
    return Measurement((max(ends) - min(starts)).total_seconds())


@contextlib.contextmanager
def _idle(here: Installation) -> Iterator[LocalAirflow]:
    """An Airflow beside the installation's, with DAGs that do nothing; the installation's is stopped."""
    admin = sa.create_engine(here.cluster.url("template1"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql("create database airflow_noop")
    here.airflow.stop()
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        idle = LocalAirflow(pathlib.Path(folder), free_port(), here.cluster.url("airflow_noop"), HERE / "noop_dags")
        idle.configure()
        idle.migrate(here.environ())
        try:
            yield idle
        finally:
            idle.stop()


@contextlib.contextmanager
def _province(insurers: int) -> Iterator[pathlib.Path | None]:
    """A folder like the sandbox's province with some insurers; none where its own are as many."""
    own = sorted((DEFAULT / "insurers").glob("*.yml"))
    if insurers == len(own):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as name:
        folder = pathlib.Path(name) / "province"
        shutil.copytree(DEFAULT, folder)
        world = folder / "world" / "world.yml"
        text = world.read_text(encoding="utf-8")
        members = [found.groups() for found in MEMBER.finditer(text)]
        for number in range(len(members), insurers):
            insurer_id, zh, rest = members[number % len(members)]
            again = f"{insurer_id}{number // len(members) + 1}"
            definition = (folder / "insurers" / f"{insurer_id}.yml").read_text(encoding="utf-8")
            said = definition.replace(insurer_id, again).replace(insurer_id.upper(), again.upper()).replace(zh, f"{zh}{number // len(members) + 1}")  # fmt: skip
            (folder / "insurers" / f"{again}.yml").write_text(said, encoding="utf-8")
            rest = re.sub(r", fault: \w+", "", rest)
            text = f"{text.rstrip()}\n  {again}: {{name: {zh}{number // len(members) + 1}, {rest}}}\n"
        world.write_text(text, encoding="utf-8")
        yield folder


def _tell(what: str) -> None:
    print(f"  {what}", flush=True)
