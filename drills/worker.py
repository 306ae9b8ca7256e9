"""A worker of an upgrade: takes tasks from a folder, hands in and loads a file each, puts off what may be tried again.

``python -m drills.worker FOLDER NAME`` does what a task of a scheduler does, by the release of the tree that it is started from.
A task is a file; where it lies says how it stands: ``queue``, ``running``, ``done``, ``red``. ``FOLDER/paused`` stops new ones.
"""

from __future__ import annotations

import json
import logging
import os
import pathlib
import sys
import time

from pipeline import steps
from pipeline.hub import Hub
from schemas.errors import RetryLater
from warehouse.database import release

STATES = QUEUE, RUNNING, DONE, RED = "queue", "running", "done", "red"
PAUSED, OVER, PUT_OFF = "paused", "over", "put-off"
#: For a drill that must fail: a worker that does not look which release is in force.
HEEDLESS = "ANZE_DRILL_HEEDLESS"
PAUSE_SECONDS = 0.2


def main(folder: pathlib.Path, name: str) -> None:
    """Work until it is over; its release and the hub are those of its start, as in a process that lives for long."""
    logging.disable(logging.ERROR)
    release.own()
    if os.environ.get(HEEDLESS):
        release.require_own = lambda connection: None  # noqa: ARG005 - the name is the signature
    hub = None
    while not (folder / OVER).exists():
        task = None if (folder / PAUSED).exists() else _claim(folder)
        if task is None:
            time.sleep(PAUSE_SECONDS)
            continue
        try:
            hub = hub or steps.open_hub()
            _do(hub, json.loads(task.read_text()))
        except RetryLater as fault:
            _tell(folder, name, str(fault))
            task.rename(folder / QUEUE / task.name)
            time.sleep(PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001 - a task that fails is red, whatever it is
            task.write_text(f"{type(error).__name__}: {error}")
            task.rename(folder / RED / task.name)
        else:
            task.rename(folder / DONE / task.name)


def _claim(folder: pathlib.Path) -> pathlib.Path | None:
    """Take the next task, before any other worker does; None where there is none."""
    for task in sorted((folder / QUEUE).iterdir()):
        mine = folder / RUNNING / task.name
        try:
            task.rename(mine)
        except FileNotFoundError:
            continue
        return mine
    return None


def _do(hub: Hub, task: dict[str, str]) -> None:
    landed = steps.submit(hub, task["insurer_id"], "policy", pathlib.Path(task["file"]))
    steps.load(hub, landed.duplicate_of or landed.batch_id)


def _tell(folder: pathlib.Path, name: str, why: str) -> None:
    with (folder / f"{PUT_OFF}-{name}").open("a", encoding="utf-8") as file:
        file.write(f"{why}\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
