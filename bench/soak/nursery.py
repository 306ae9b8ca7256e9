"""Where loaders are forked: a process with everything heavy imported, which starts one loader an order.

``python -m bench.soak.nursery`` reads one JSON line an order from standard input and answers with one line. A loader is a
process of its own: it opens its connections after the fork and runs what the hub's schedule would run. How it ended it
writes to the order's outcome file; without that file it was killed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Order:
    """One loader: which feed it collects and loads, where, and what is done to its file operations."""

    url: str
    folder: str
    moment: str
    environ: dict[str, str]
    insurer_id: str
    record_type: str
    outcome: str
    files: Literal["", "count", "before", "torn", "after"] = ""
    file_at: int | None = None
    lease_seconds: float | None = None
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """How a loader ended: ``done``, a HubError's class with its message, ``broken`` (no HubError) or ``killed``."""

    how: str
    message: str = ""
    is_retryable: bool = False
    files: tuple[str, ...] = ()
    """Names of its file operations below its folder, in order."""
    missed: tuple[str, ...] = ()
    committed: tuple[int, ...] = ()
    """Batches whose load this very loader committed."""


def perform(order: Order, committed: list[int]) -> None:
    """What the schedule does for one feed: its sync, then the intake that loads whatever waits."""
    from bench.soak.world import hub_at
    from pipeline import steps
    from pipeline.judging import judge

    judge.Loading = _noting(order, committed)  # type: ignore[attr-defined]
    chosen = [order.insurer_id]
    hub = hub_at(dt.datetime.fromisoformat(order.moment), order.url, pathlib.Path(order.folder), order.environ, chosen)
    definition = hub.definition(order.insurer_id)
    if definition.channel == "api":
        secrets = functools.partial(hub.settings.credentials, order.insurer_id)
        for batch_id in steps.collect(hub, definition, order.record_type, None, secrets):
            steps.load(hub, batch_id)
    steps.intake(hub)
    hub.engine.dispose()


def _noting(order: Order, committed: list[int]) -> Any:
    """The hub's Loading, which tells us what it committed; the order may shorten its lease."""
    from warehouse.loading.load import LEASE_SECONDS, Loading

    class Noting(Loading):
        def _commit(self) -> None:
            super()._commit()
            committed.append(self.batch_id)

    return functools.partial(Noting, lease_seconds=order.lease_seconds or LEASE_SECONDS)


def _live(order: Order) -> Outcome:
    from schemas.errors import HubError, RetryLater

    watching = None
    temporary = pathlib.Path(order.folder) / "tmp"
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = str(temporary)
    if order.files:
        from bench.soak.files import watch

        moment = "before" if order.files == "count" else order.files
        watching = watch(order.folder, order.file_at, moment, functools.partial(os.kill, os.getpid(), signal.SIGKILL))
    time.sleep(order.delay_seconds)
    committed: list[int] = []
    try:
        perform(order, committed)
        how = Outcome("done")
    except HubError as fault:
        how = Outcome(type(fault).__name__, str(fault), isinstance(fault, RetryLater))
    except BaseException:  # noqa: BLE001 - a loader that ends in any other way is what the harness looks for
        how = Outcome("broken", traceback.format_exc())
    seen = (tuple(watching.names), tuple(watching.missed)) if watching else ((), ())
    return dataclasses.replace(how, files=seen[0], missed=seen[1], committed=tuple(committed))


def _bear(order: Order) -> int:
    pid = os.fork()
    if pid:
        return pid
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    outcome = _live(order)
    pathlib.Path(order.outcome).write_text(json.dumps(dataclasses.asdict(outcome)), encoding="utf-8")
    os._exit(0)


def _await(pid: int) -> bool:
    """Whether a loader ended in time; it is killed otherwise."""
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return True
        time.sleep(0.002)
    os.kill(pid, signal.SIGCONT)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def _warm_up() -> None:
    """Import and read all that a loader needs, and judge one empty row of each kind: the first one costs most."""
    import pyarrow as pa

    from bench.soak import files  # noqa: F401 - wanted before the first fork
    from bench.soak.feeds import FEEDS, NOW
    from pipeline.scheduling.warm import warm_up
    from quality.catalogue import load_rules
    from quality.check import check
    from schemas.contract import load_contract

    warm_up()
    for contract in (load_contract(feed.record_type) for feed in FEEDS.values()):
        text = pa.array([None], pa.string())
        columns = {"row_no": pa.array([1], pa.int64()), **dict.fromkeys(("place", "raw", *contract.by_name), text)}
        check(pa.table(columns), contract, load_rules(), NOW)


def main() -> None:
    """Warm up, say so, then bear and await loaders as the lines ask."""
    _warm_up()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        answer: int | bool = _await(asked["await"]) if "await" in asked else _bear(Order(**asked))
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


class Nursery:
    """The caller's side: a nursery process for the length of a with block."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "bench.soak.nursery"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()

    @functools.cached_property
    def _is_ready(self) -> bool:
        return self._line() == "ready"

    def start(self, order: Order) -> int:
        """Start a loader; returns its process number."""
        pathlib.Path(order.outcome).unlink(missing_ok=True)
        return int(self._ask(dataclasses.asdict(order)))

    def outcome(self, order: Order, pid: int) -> Outcome:
        """How a loader ended. Raises TimeoutError when it did not end by itself."""
        if not self._ask({"await": pid}):
            raise TimeoutError(f"the loader of {order.insurer_id}/{order.record_type} did not end")
        path = pathlib.Path(order.outcome)
        if not path.exists():
            return Outcome("killed")
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }
        return Outcome(**plain)

    def run(self, order: Order) -> Outcome:
        """Start a loader and wait for its end."""
        return self.outcome(order, self.start(order))

    def _ask(self, asked: dict[str, Any]) -> Any:
        if not self._is_ready:
            raise RuntimeError("the nursery did not start")
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        return json.loads(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


if __name__ == "__main__":
    main()
