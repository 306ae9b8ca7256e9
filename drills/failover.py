"""Failover: a primary dies while files are handed in and loaded, a standby takes over; no acknowledged receipt is lost.

``python -m drills.failover`` starts a primary and two standbys with quorum commit (ANY 1), kills the primary (SIGKILL, every
process) in mid-load, promotes the standby that has received most, lets the other follow it, and goes on loading through one address
with several hosts. It prints receipts, losses and times, and ends with 1 when a receipt that was acknowledged is gone, the
books do not balance, or nothing is loaded afterwards. ``--without-quorum`` cuts the standbys off a moment before: the
drill must fail then. ``--programs /usr/lib/postgresql/15/bin`` takes other binaries than the wheel's.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import functools
import hashlib
import itertools
import logging
import multiprocessing
import os
import pathlib
import queue
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

from drills.servers import cut_off, follow, promote, received, run, running, set_quorum, standby, wait_for
from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging.verifying import verify
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import Settings, load_settings
from pipeline.setup import prepare
from sandbox import drops
from sandbox.truth import Province, Record, build
from schemas.errors import RetryLater
from warehouse.database import access
from warehouse.database.engine import connect

DATABASE, PASSWORD = "anze", "of-a-drill"
INSURERS = ("tianquan", "lichun")
ROWS_A_FILE = 1
SECONDS_BEFORE, SECONDS_AFTER = 8.0, 8.0
LONGEST_SECONDS = 120.0
RECEIPT = "select exists (select from landing.batch_payload where batch_id = %(batch_id)s and sha256 = %(sha256)s)"


@dataclass(frozen=True)
class Receipt:
    """What a client was told: the batch of its bytes, and when (seconds of the monotonic clock)."""

    at: float
    batch_id: int
    sha256: str


@dataclass
class Told:
    """State: what clients were told, what became loaded and when, and how often they asked again."""

    queue: multiprocessing.Queue[Receipt | float | str | None]
    receipts: list[Receipt] = field(default_factory=list)
    loaded_at: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    retries: int = 0

    def read(self) -> None:
        """Take what clients said: a receipt, the moment of a load, a fault, or that they ask again."""
        with contextlib.suppress(queue.Empty):
            while True:
                match self.queue.get(timeout=0.05):
                    case Receipt() as receipt:
                        self.receipts.append(receipt)
                    case float(at):
                        self.loaded_at.append(at)
                    case str(fault):
                        self.faults.append(fault)
                    case None:
                        self.retries += 1

    def wait(self, is_so: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> None:
        """Read until something is so. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError(f"the drill did not go on: {'; '.join(self.faults) or 'nothing was said'}")
            self.read()


@dataclass(frozen=True)
class Client:
    """Somebody who hands in files of one insurer, one after the other, and asks again until each is taken and loaded.

    It is a process of its own, as the tasks of a scheduler are.
    """

    settings: Settings
    insurer_id: str
    files: list[pathlib.Path]
    said: multiprocessing.Queue[Receipt | float | str | None]
    is_over: Event

    def run(self) -> None:
        """Hand in until it is over; a fault that no retry cures is told."""
        logging.disable(logging.ERROR)
        try:
            hub = self._insist(lambda: steps.open_hub(self.settings))
            for file in self.files:
                self._hand_in(hub, file)
                if self.is_over.is_set():
                    return
            self.said.put(f"{self.insurer_id}: no file was left before the end")
        except Exception as error:  # noqa: BLE001 - told with the rest, whatever it is
            self.said.put(f"{self.insurer_id}: {type(error).__name__}: {error}")

    def _hand_in(self, hub: Hub, file: pathlib.Path) -> None:
        landed = self._insist(lambda: steps.submit(hub, self.insurer_id, "policy", file))
        batch_id = landed.duplicate_of or landed.batch_id
        self.said.put(Receipt(time.monotonic(), batch_id, hashlib.sha256(file.read_bytes()).hexdigest()))
        self._insist(lambda: steps.load(hub, batch_id))
        self.said.put(time.monotonic())

    def _insist(self, ask: Callable[[], Any]) -> Any:
        end = time.monotonic() + LONGEST_SECONDS
        while True:
            try:
                return ask()
            except RetryLater:
                if time.monotonic() > end:
                    raise
                self.said.put(None)
                time.sleep(0.1)


@dataclass(frozen=True)
class Times:
    """Moments of a failover, seconds of the monotonic clock."""

    killed: float
    promoted: float
    followed: float


def main() -> int:
    """Run the drill; 1 when its promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m drills.failover", description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, help="folder of PostgreSQL's binaries; default: the wheel's")
    parser.add_argument("--without-quorum", action="store_true", help="break the promise: standbys lag behind")
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="anze-drill-") as text:
        folder = pathlib.Path(text)
        with three_servers(folder, chosen.programs) as servers:
            if not chosen.without_quorum:
                set_quorum(*servers)
            return drill(folder, servers, has_quorum=not chosen.without_quorum)


@contextlib.contextmanager
def three_servers(folder: pathlib.Path, programs: pathlib.Path | None) -> Iterator[tuple[Cluster, Cluster, Cluster]]:
    """A primary with the hub's tables, and two standbys that stream from it."""
    with running(folder / "one", programs) as one:
        run(one, f"create database {DATABASE}")
        prepare(one.url(DATABASE), NIGHT - dt.timedelta(days=1))
        admin = connect(one.url(DATABASE))
        access.set_passwords(admin, {access.LOADER: PASSWORD})
        admin.dispose()
        with standby(one, folder / "two") as two, standby(one, folder / "three") as three:
            yield one, two, three


def drill(folder: pathlib.Path, servers: tuple[Cluster, Cluster, Cluster], *, has_quorum: bool) -> int:
    """Load, kill, promote, go on loading, and count; 1 when a receipt is lost or the books do not balance."""
    settings, spawn = settings_of(folder, servers), multiprocessing.get_context("spawn")
    told, is_over = Told(spawn.Queue()), spawn.Event()
    clients = [Client(settings, name, files(folder / name, name), told.queue, is_over) for name in INSURERS]
    processes = [spawn.Process(target=client.run) for client in clients]
    for process in processes:
        process.start()
    try:
        times = _play(told, servers, has_quorum=has_quorum)
        is_over.set()
        told.wait(lambda: not any(process.is_alive() for process in processes))
    finally:
        for process in processes:
            process.kill()
    told.read()
    return report(settings, told, times)


def _play(told: Told, servers: tuple[Cluster, Cluster, Cluster], *, has_quorum: bool) -> Times:
    told.wait(lambda: len(told.loaded_at) >= len(INSURERS) or bool(told.faults))
    _go_on(told, SECONDS_BEFORE)
    if not has_quorum:
        for server in servers[1:]:
            cut_off(server)
        begun = len(told.receipts)
        told.wait(lambda: len(told.receipts) > begun + len(INSURERS))
    times = fail_over(*servers)
    told.wait(lambda: max(told.loaded_at, default=0) > times.followed or bool(told.faults))
    _go_on(told, SECONDS_AFTER)
    return times


def fail_over(one: Cluster, two: Cluster, three: Cluster) -> Times:
    """Kill the primary, promote the standby that has received most, and let the other follow it."""
    kill(one)
    killed = time.monotonic()
    new, other = sorted((two, three), key=received, reverse=True)
    promote(new)
    promoted = time.monotonic()
    follow(other, new)
    wait_for(new, "select exists (select from pg_stat_replication where state = 'streaming')")
    return Times(killed, promoted, time.monotonic())


def kill(server: Cluster) -> None:
    """End every process of a server at once, as the loss of its machine does: none may acknowledge anything afterwards."""
    pid = int((server.pgdata / "postmaster.pid").read_text().split()[0])
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def report(settings: Settings, told: Told, times: Times) -> int:
    """Print what became of it, after a publication and a verification on the new primary."""
    hub = steps.open_hub(settings)
    lost = [each for each in told.receipts if not _is_kept(hub, each)]
    steps.intake(hub)
    steps.publish(hub)
    verdict = verify(hub)
    before = [each for each in told.receipts if each.at <= times.killed]
    after = [each for each in told.receipts if each.at > times.killed]
    loaded = [at for at in told.loaded_at if at > times.promoted]
    hub.engine.dispose()
    lines = {
        "receipts before": len(before),
        "receipts after": len(after),
        "receipts lost": len(lost),
        "asked again": told.retries,
        "books balance": "yes" if verdict.is_good else f"no: {verdict}",
        "promoted after": f"{times.promoted - times.killed:.1f} s",
        "followed after": f"{times.followed - times.killed:.1f} s",
        "RTO, next receipt after": f"{min((each.at for each in after), default=float('inf')) - times.killed:.1f} s",
        "RTO, next batch loaded after": f"{min(loaded, default=float('inf')) - times.killed:.1f} s",
        "largest step of batch numbers": _largest_step([each.batch_id for each in told.receipts]),
        "faults": "; ".join(told.faults) or "none",
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name}: {value}\n")
    return 0 if not lost and after and loaded and verdict.is_good and not told.faults else 1


def settings_of(folder: pathlib.Path, servers: Sequence[Cluster]) -> Settings:
    """An installation that names all servers, and works by whichever is the primary."""
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in servers)
    return load_settings({
        "ANZE_DATABASE_URL": f"postgresql+psycopg2://{access.LOADER}:{PASSWORD}@/{DATABASE}?{hosts}&target_session_attrs=read-write",
        "ANZE_VAR": str(folder / "var"),
        "ANZE_CLOCK_OFFSET": str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()),
    })  # fmt: skip


def files(folder: pathlib.Path, insurer_id: str) -> list[pathlib.Path]:
    """Files of a few new policies each."""
    rows = [row for row in province().feed(insurer_id, "policy", None, FIRST_NIGHT) if _is_new(row)]
    made = []
    for number, first in enumerate(range(0, len(rows), ROWS_A_FILE)):
        some = rows[first : first + ROWS_A_FILE]
        (folder / str(number)).mkdir(parents=True)
        made.append(drops.write_file("csv_utf8", folder / str(number), "policy", some, NIGHT.date()))
    return made


@functools.cache
def province() -> Province:
    """A simulated province, large enough for files to last."""
    return build(5, 0.15)


def _is_new(row: Record) -> bool:
    return row["issue_date"].year == NIGHT.year and row["operation_code"] != "D" and not row["previous_policy_no"]


def _is_kept(hub: Hub, receipt: Receipt) -> bool:
    with hub.engine.connect() as connection:
        given = {"batch_id": receipt.batch_id, "sha256": receipt.sha256}
        return bool(connection.exec_driver_sql(RECEIPT, given).scalar_one())


def _largest_step(numbers: list[int]) -> int:
    ordered = sorted(set(numbers))
    return max((after - before for before, after in itertools.pairwise(ordered)), default=0)


def _go_on(told: Told, seconds: float) -> None:
    end = time.monotonic() + seconds
    told.wait(lambda: time.monotonic() > end, seconds + 1)


if __name__ == "__main__":
    sys.exit(main())
