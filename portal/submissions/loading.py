"""Work beside the pages, in processes of its own: what was handed in is loaded, and files are judged on trial.

The state stands in the database: whatever ends this process, the next one (or the hub's intake) goes on. One batch is
loaded after another, in the order received.
"""

from __future__ import annotations

import logging
import multiprocessing
import pathlib
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import sqlalchemy as sa

from pipeline import logs, steps
from pipeline.hub import Hub, open_hub
from pipeline.settings import Settings
from portal.submissions.reading import Finding, RuleCount, findings, rules
from portal.submissions.trying import Tried, Trying, tried_of
from schemas.errors import HubError
from warehouse.landing import receipts

logger = logging.getLogger(__name__)
#: How often is looked for what was not loaded, when nothing new came.
LOOK_SECONDS = 30.0
#: Before what a killed process left is tried again.
AFTER_DEATH_SECONDS = 1.0
#: Problems that a trial shows; it tells how many there are in all.
SHOWN = 500

_hub: Hub | None = None


class Worker:
    """The two processes, and the thread that hands batches to the first one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loads, self._trials = self._pool(), self._pool()
        self._come, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()
        self._trials.submit(_warm)

    def soon(self) -> None:
        """Something was handed in."""
        self._come.set()

    def on_trial(self, trying: Trying) -> Tried:
        """Judge a file without taking it. Raises HubError."""
        try:
            return self._trials.submit(_try, trying).result()
        except BrokenProcessPool:
            self._trials = self._pool()
            return self._trials.submit(_try, trying).result()

    def stop(self) -> None:
        """End after what is at work."""
        self._stopping.set()
        self._come.set()
        for pool in (self._loads, self._trials):
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._come.clear()
            try:
                self._loads.submit(_load_waiting).result()
            except BrokenProcessPool:
                logger.error("the process that loads was killed; another goes on")  # noqa: TRY400 - no fault of the code
                self._loads = self._pool()
                self._come.wait(AFTER_DEATH_SECONDS)
                continue
            except RuntimeError:
                return  # the pool is shut down
            except Exception:  # the next look tries again, whatever it was
                logger.exception("loading what was handed in")
            self._come.wait(LOOK_SECONDS)

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_open, initargs=(self._settings,)
        )


def _open(settings: Settings) -> None:
    global _hub
    logs.configure(settings.environ)
    _hub = open_hub(settings)


def _warm() -> None:
    """Read rules and definitions before the first person waits for them."""
    assert _hub is not None
    _ = _hub.rules


def _load_waiting() -> None:
    assert _hub is not None
    for batch_id in receipts.pending(_hub.engine):
        if receipts.read_batch(_hub.engine, batch_id).channel == "submit":
            try:
                steps.load_when_free(_hub, batch_id)
            except HubError as error:
                logger.warning("batch %s: %s", batch_id, error)


def _try(trying: Trying) -> Tried:
    assert _hub is not None
    beside = steps.Beside(trying.replaces, trying.control, trying.name)
    tried = steps.check(_hub, trying.insurer_id, trying.record_type, pathlib.Path(trying.path), beside, _read)
    return tried_of(tried, trying, _hub.now())


def _read(connection: sa.Connection, batch_id: int) -> tuple[list[RuleCount], list[Finding]]:
    return rules(connection, batch_id), list(findings(connection, batch_id, row_limit=SHOWN))
