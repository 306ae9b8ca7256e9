"""Airflow of several machines without its workers: each role is started as on a machine of its own, by the environment alone."""

from __future__ import annotations

import contextlib
import json
import pathlib
import sys
from collections.abc import Iterator, Mapping

from drills.broker import Broker
from pipeline.services import airflow_config
from pipeline.services.airflow import PROCESSES, USER, LocalAirflow
from pipeline.settings import ROOT

ANZE = str(pathlib.Path(sys.executable).with_name("anze"))


@contextlib.contextmanager
def control(airflow: LocalAirflow, broker: Broker, environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run api-server, scheduler, dag-processor and triggerer; gives what a worker's machine is told."""
    airflow.configure()
    keys = json.loads((airflow.folder / "keys.json").read_text())
    told = {
        **environ,
        "PYTHONPATH": str(ROOT),
        airflow_config.BROKER_URL: broker.url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": airflow.database_url,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{airflow.address}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
        "AIRFLOW__CORE__DAGS_FOLDER": str(airflow.dags_folder),
        "AIRFLOW__API__SECRET_KEY": keys["jwt"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
    }
    own = {
        **told,
        "ANZE_VAR": str(airflow.folder.parent),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(airflow.port),
        "AIRFLOW__API__BASE_URL": airflow.address,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow.folder / "passwords.json"),
    }
    try:
        for service, arguments in zip(airflow.services(), PROCESSES.values(), strict=True):
            service.start([ANZE, "airflow", *arguments], own, ROOT)
        yield told
    finally:
        airflow.stop()


def worker(queues: str) -> list[str]:
    """The command of a worker's machine; logs stay in its own folder."""
    return [ANZE, "airflow", "celery", "worker", "--queues", queues, "--skip-serve-logs"]
