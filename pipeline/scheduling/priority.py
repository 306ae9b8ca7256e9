"""The night comes first: task instances of a backfill go to a pool of their own, behind everything else.

Airflow calls ``use_backfill_pool`` as its ``task_instance_mutation_hook`` (see ``airflow_local_settings.py``): a DAG file cannot
know whether a run of it will be a backfill's.
"""

from __future__ import annotations

from typing import Any

BACKFILL_POOL = "backfill"
BACKFILL_POOL_SLOTS = 2
"""Of four workers: the other two are always there for the night."""
BACKFILL_WEIGHT = 1
NIGHT_WEIGHT = 100


def use_backfill_pool(task_instance: Any, dag_run: Any = None) -> None:
    """Put a task instance of a backfill's run into the backfill pool, with the lowest priority."""
    run_type = getattr(dag_run, "run_type", None) or str(task_instance.run_id or "").partition("__")[0]
    if str(getattr(run_type, "value", run_type)) == "backfill":
        task_instance.pool = BACKFILL_POOL
        task_instance.priority_weight = BACKFILL_WEIGHT
