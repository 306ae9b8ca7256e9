"""What every task needs, imported and read once in the process that tasks are forked from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import filterfalse

#: What a Celery worker is asked for its release by.
RELEASE_COMMAND = "anze_release"


def is_worker(arguments: Sequence[str]) -> bool:
    """Whether Airflow's command with these arguments is a Celery worker."""
    return list(arguments[:2]) == ["celery", "worker"]


def forks_tasks(arguments: Sequence[str], executor: str) -> bool:
    """Whether Airflow's command with these arguments is one that tasks are forked from."""
    return is_worker(arguments) or (list(arguments[:1]) == ["scheduler"] and "LocalExecutor" in executor)


def answer_for_release() -> None:
    """Let this Celery worker tell its release to who asks: ``anze doctor``."""
    from celery.worker.control import inspect_command

    from warehouse.database import release

    inspect_command(name=RELEASE_COMMAND)(lambda _state: release.own())


def warm_up() -> None:
    """Import the heavy modules and read contracts, code lists, calendar and rules into their caches.

    Importing Great Expectations alone costs seconds in a fresh process; a night has over a hundred tasks.
    """
    from pipeline import steps  # noqa: F401
    from pipeline.lineage.telling import warm
    from pipeline.settings import environment
    from quality.catalogue import find_rules
    from quality.expectations import suite
    from quality.working_days import load_calendar
    from schemas.code_lists import load_code_lists
    from schemas.contract import load_contracts
    from warehouse.database import release

    release.own()
    warm(environment())
    rules = find_rules()
    load_calendar()
    load_code_lists()
    for record_type in filterfalse(rules.is_broken, load_contracts()):
        suite(rules, record_type)
