"""Airflow's Celery executor, whose slots come back also when a worker dies at the wrong moment.

A task tells Airflow that it is over, and then its worker tells Celery. A worker that dies in between leaves the task "started" in
Celery; Airflow's executor counts it against ``parallelism`` until the scheduler is started again (apache/airflow#36335,
#43448), and after as many such deaths as there are slots nothing is ever begun. Here what Airflow's own tables say
counts: a try that is over there, and still not in Celery after a while, is forgotten.
"""

from __future__ import annotations

import logging
import time
from typing import Any, cast

import sqlalchemy as sa
from airflow.models.taskinstance import TaskInstance
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.providers.celery.executors.celery_executor import CeleryExecutor
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState

logger = logging.getLogger(__name__)

#: How often it is looked, and how long Celery may know less than Airflow: what a worker needs to say so is far less.
LOOK_SECONDS, PATIENCE_SECONDS = 5.0, 30.0
#: A try in one of these is with a worker, or on its way to one.
UNDER_WAY = (TaskInstanceState.QUEUED, TaskInstanceState.RUNNING, TaskInstanceState.RESTARTING)


class ReleasingCeleryExecutor(CeleryExecutor):
    """The executor of several machines. State: since when tries were seen to be over, and the moment of the last look."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]
        self._over_since: dict[TaskInstanceKey, float] = {}
        self._looked_at = time.monotonic()

    def sync(self) -> None:
        """Ask Celery what became of tasks; then forget those that are over and that Celery does not know of."""
        super().sync()
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._over_since = {key: self._over_since.get(key, now) for key in self._over()}
        for key, since in self._over_since.items():
            if now - since >= PATIENCE_SECONDS:
                logger.warning("%s is over, but its worker did not live to say so: its slot is free again", key)
                self.workloads.pop(key, None)
                self.running.discard(key)

    def _over(self) -> list[TaskInstanceKey]:
        """Of the tries that hold a slot, those that are under way no more in Airflow's own tables."""
        held = [key for key in self.workloads if isinstance(key, TaskInstanceKey)]
        if not held:
            return []
        wanted = cast("sa.ColumnElement[bool]", TaskInstance.filter_for_tis(held))
        with create_session() as session:
            query = sa.select(TaskInstance).where(wanted, TaskInstance.state.in_(UNDER_WAY))
            under_way = {each.key for each in session.scalars(query)}
        return [key for key in held if key not in under_way]
