"""Upgrade: a new release takes over from an old one that works; no row is lost, no task fails, one release loads at a time.

``python -m drills.upgrade`` lets workers of this tree hand in and load files, pauses, waits until nothing runs, migrates from
a copy of the tree with one migration more, and goes on with workers of that copy. Two workers of the old release come too
late: one that has run all the time, and one that is started afterwards. They must be put off, and the new release do their tasks.

Workers are processes that act as tasks of a scheduler do (``drills/worker.py``): Airflow is none of it. It prints tasks, rows and
times, and ends with 1 when a promise is broken. ``--heedless``: the first of them does not look which release is in
force; the drill must fail then.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drills.living import DATABASE, PASSWORD, make_hub
from drills.servers import ask, running
from drills.worker import DONE, HEEDLESS, OVER, PAUSED, PUT_OFF, QUEUE, RED, RUNNING, STATES
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import ROOT, TWIN_URL
from sandbox import drops
from sandbox.truth import build
from warehouse.database import access, release
from warehouse.database.schema_version import newest

TREE = ("connectors", "drills", "oracle", "pipeline", "quality", "sandbox", "schemas", "warehouse")
INSURERS = ("lichun", "jingzhe", "lixia")
TASKS, TASKS_BEFORE, TIMES_PUT_OFF = 24, 9, 2
LATE = "late", "later"
LONGEST_SECONDS = 240.0
MIGRATION = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "{new}", "{old}", None, None


def upgrade() -> None:
    op.execute("comment on schema migration is 'of a drill'")
"""
ROWS = "select coalesce(sum(received_count), 0) from landing.load"
LOADS = """
select string_agg(release || ' ' || load_count, ', ')
from (select release, count(*) as load_count from landing.load group by release order by min(load_no)) as each
"""
OLD_LOADS = "select count(*) from landing.load where release = '{old}'"


@dataclass
class Play:
    """State: the folder of tasks, the environment of workers, and those that were started."""

    folder: pathlib.Path
    environ: Mapping[str, str]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, tree: pathlib.Path, **more: str) -> None:
        """Start a worker of a tree's release."""
        environ = {**self.environ, "PYTHONPATH": str(tree), **more}
        command = [sys.executable, "-m", "drills.worker", str(self.folder), name]
        self.workers[name] = subprocess.Popen(command, env=environ, cwd=tree)

    def end(self, name: str) -> None:
        """End a worker that is between tasks."""
        self.workers[name].terminate()
        self.workers[name].wait()

    def tasks(self, state: str) -> int:
        return len(list((self.folder / state).iterdir()))

    def is_over(self) -> bool:
        """Whether every task came to its end, good or bad."""
        return self.tasks(DONE) + self.tasks(RED) == TASKS

    def put_off(self, name: str) -> list[str]:
        """Why a worker's tasks were put off, each time."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / f"{PUT_OFF}-{name}").read_text(encoding="utf-8").splitlines()
        return []

    def wait(self, is_so: Callable[[], bool]) -> float:
        """Wait until something is so; how long it took. Raises TimeoutError."""
        begun = time.monotonic()
        while not is_so():
            if time.monotonic() - begun > LONGEST_SECONDS:
                raise TimeoutError(f"the drill did not go on: { ({state: self.tasks(state) for state in STATES}) }")
            time.sleep(0.05)
        return time.monotonic() - begun


def main() -> int:
    """Run the drill; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m drills.upgrade", description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, help="folder of PostgreSQL's binaries; default: the wheel's")
    parser.add_argument("--heedless", action="store_true", help="break the promise: a late worker does not look")
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="anze-drill-") as text:
        folder = pathlib.Path(text)
        with running(folder / "one", chosen.programs) as server:
            make_hub(server)
            tree, play = new_release(folder / "new"), Play(folder, environ_of(server, folder))
            write_tasks(folder)
            try:
                done, times = upgrade(play, tree, is_heedless=chosen.heedless)
            finally:
                (folder / OVER).touch()
                for worker in play.workers.values():
                    worker.kill()
                    worker.wait()
            return report(play, tree, server, done, times)


def new_release(folder: pathlib.Path) -> pathlib.Path:
    """A copy of this tree with one migration more."""
    for name in TREE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    old = newest()
    new = f"v1_{int(old.removeprefix('v1_')) + 1:04d}"
    migration = folder / "warehouse" / "migrations" / "versions" / f"{new}_drill.py"
    migration.write_text(MIGRATION.format(new=new, old=old), encoding="utf-8")
    return folder


def environ_of(server: Cluster, folder: pathlib.Path) -> dict[str, str]:
    """The environment of every process of the installation."""
    return {
        **os.environ,
        "ANZE_DATABASE_URL": server.url(DATABASE, access.LOADER, PASSWORD),
        TWIN_URL: server.url(DATABASE),
        "ANZE_VAR": str(folder / "var"),
        "ANZE_CLOCK_OFFSET": str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()),
    }


def write_tasks(folder: pathlib.Path) -> None:
    """One task a file, one policy a file, the insurers in turn."""
    for state in STATES:
        (folder / state).mkdir()
    feeds = [build(5, 0.01).feed(insurer_id, "policy", None, FIRST_NIGHT) for insurer_id in INSURERS]
    for number in range(TASKS):
        which = number % len(INSURERS)
        place = folder / "files" / str(number)
        place.mkdir(parents=True)
        row = feeds[which][number // len(INSURERS)]
        file = drops.write_file("csv_utf8", place, "policy", [row], NIGHT.date())
        task = {"insurer_id": INSURERS[which], "file": str(file)}
        (folder / QUEUE / f"{number:04d}").write_text(json.dumps(task))


def upgrade(play: Play, tree: pathlib.Path, *, is_heedless: bool) -> tuple[int, dict[str, float]]:
    """Work, pause, drain, migrate, be put off, go on; tasks done before the migration, and seconds of each part."""
    late = {HEEDLESS: "1"} if is_heedless else {}
    play.start("old", ROOT)
    play.start("late", ROOT, **late)
    play.wait(lambda: play.tasks(DONE) >= TASKS_BEFORE)
    (play.folder / PAUSED).touch()
    drained = play.wait(lambda: play.tasks(RUNNING) == 0)
    play.end("old")
    begun = time.monotonic()
    anze(play, tree, "migrate")
    migrated = time.monotonic() - begun
    done = play.tasks(DONE)
    (play.folder / PAUSED).unlink()
    play.start("later", ROOT)
    play.wait(lambda: min(len(play.put_off(name)) for name in LATE) >= TIMES_PUT_OFF or play.is_over())
    play.start("new", tree)
    first = play.wait(lambda: play.tasks(DONE) > done or play.is_over())
    play.wait(play.is_over)
    return done, {"drained in": drained, "migrated in": migrated, "first task done after the start of the new": first}


def anze(play: Play, tree: pathlib.Path, *arguments: str) -> str:
    """Run a command by a tree's release; what it said. Raises CalledProcessError."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
    environ = {**play.environ, "PYTHONPATH": str(tree)}
    return subprocess.run(command, env=environ, cwd=tree, check=True, stdout=subprocess.PIPE).stdout.decode()


def report(play: Play, tree: pathlib.Path, server: Cluster, done: int, times: Mapping[str, float]) -> int:
    """Print what became of it, after a publication and a verification by the new release."""
    anze(play, tree, "publish")
    is_good = json.loads(anze(play, tree, "verify", "--json"))["is_good"]
    rows, old = (int(str(ask(server, query, DATABASE))) for query in (ROWS, OLD_LOADS.format(old=release.own())))
    red = [task.read_text(encoding="utf-8") for task in (play.folder / RED).iterdir()]
    told = [play.put_off(name) for name in LATE]
    lines = {
        "tasks done": f"{play.tasks(DONE)} of {TASKS}",
        "tasks red": "; ".join(red) or "none",
        "rows handed in, loaded": f"{TASKS}, {rows}",
        "loads by release": ask(server, LOADS, DATABASE),
        "loads of the old release after the new one's migration": old - done,
        **{f"put off, {name} worker": f"{len(why)} times" for name, why in zip(LATE, told, strict=True)},
        **{f"told, {name} worker": why[-1] if why else "nothing" for name, why in zip(LATE, told, strict=True)},
        "verification finds nothing": "yes" if is_good else "NO",
        **{name: f"{seconds:.1f} s" for name, seconds in times.items()},
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name}: {value}\n")
    return 0 if is_good and not red and old == done and all(told) and rows == play.tasks(DONE) == TASKS else 1


if __name__ == "__main__":
    sys.exit(main())
