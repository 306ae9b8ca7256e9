"""What Airflow asks of the release, in every role: it finds this module by its name, on the PYTHONPATH of ``anze airflow``."""

from __future__ import annotations

import sys
from typing import Any

from airflow.configuration import conf

from pipeline.scheduling.priority import use_backfill_pool
from pipeline.scheduling.warm import answer_for_release, forks_tasks, is_worker, warm_up

__all__ = ["task_instance_mutation_hook"]


def task_instance_mutation_hook(task_instance: Any, dag_run: Any = None) -> None:
    """Asked for every task instance."""
    use_backfill_pool(task_instance, dag_run)


if forks_tasks(sys.argv[1:], conf.get("core", "executor")):
    warm_up()
if is_worker(sys.argv[1:]):
    answer_for_release()
