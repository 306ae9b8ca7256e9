"""Telling who collects lineage what a load read and wrote: switched on by ANZE_LINEAGE, after the load is committed.

A load never fails or changes because it cannot be told, and waits two seconds at most: who does not answer is left alone for a
minute, and a warning says what was not told. The package is imported only when it is switched on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import functools
import importlib.util
import logging
import os
import pathlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.hub import Hub
from pipeline.settings import Settings
from schemas.errors import HubError, SetupError
from schemas.time_zone import SHANGHAI
from warehouse.landing import batches
from warehouse.landing.load_report import Versions

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient

logger = logging.getLogger(__name__)

VARIABLE, OFF = "ANZE_LINEAGE", ("", "off")
#: How long a load waits until it is told, and for how long nobody is asked who did not take it.
PATIENCE_SECONDS, SILENCE_SECONDS = 2.0, 60.0
#: Until when nobody is asked, by the clock of this process.
_silent_until = -1.0


@dataclass(frozen=True)
class LoadRun:
    """One load from its begin on; ``folder`` is where events are written when no collector is configured."""

    hub: Hub
    batch_id: int
    began_at: dt.datetime
    run_id: str
    folder: pathlib.Path

    def completed(self, versions: Versions) -> None:
        """Tell that it came to a verdict, whatever that is."""
        self._tell(versions, None)

    def failed(self, fault: HubError) -> None:
        """Tell that it could not be judged."""
        self._tell(None, fault)

    def _tell(self, versions: Versions | None, fault: HubError | None) -> None:
        global _silent_until
        if time.monotonic() < _silent_until:
            logger.warning("batch %s: its lineage was not told: the collector did not take the last one", self.batch_id)
            return
        failures: list[Exception] = [TimeoutError(f"no answer in {PATIENCE_SECONDS:g} s")]
        thread = threading.Thread(target=self._emit, args=(versions, fault, failures), daemon=True, name="lineage")
        thread.start()
        thread.join(PATIENCE_SECONDS)
        if failures:
            _silent_until = time.monotonic() + SILENCE_SECONDS
            logger.warning("batch %s: its lineage was not told: %s", self.batch_id, failures[-1])

    def _emit(self, versions: Versions | None, fault: HubError | None, failures: list[Exception]) -> None:
        from pipeline.lineage.events import Ended, events

        try:
            ended = Ended(self.run_id, self.began_at, self.hub.now(), os.environ.get("OPENLINEAGE_NAMESPACE"), versions, fault)  # fmt: skip
            view = batches.show_batch(self.hub.engine, self.batch_id)
            told = events(view, ended, self.hub.settings.landing, self.hub.engine.url)
            client = _client(self.folder, ended.ended_at.astimezone(SHANGHAI).date())
            with _alone(self.folder) if client.transport.kind == "file" else contextlib.nullcontext():
                for event in told:
                    client.emit(event)
        except Exception as error:  # noqa: BLE001 - whatever a collector's client raises, the load stands
            failures.append(error)
        else:
            failures.clear()


class Untold:
    """A load of which nobody is told."""

    def completed(self, versions: Versions) -> None:
        """Say nothing."""

    def failed(self, fault: HubError) -> None:
        """Say nothing."""


def run_of(hub: Hub, batch_id: int) -> LoadRun | Untold:
    """The load that begins now, to be told of when it is over. Raises SetupError for a setting that cannot be followed."""
    folder = lineage_folder(hub.settings)
    if folder is None:
        return Untold()
    if not is_there():
        raise SetupError(f"{VARIABLE} needs the package openlineage-python: install requirements/prod.txt")
    from openlineage.client.uuid import generate_new_uuid

    from pipeline.lineage import events  # noqa: F401 - what is imported here is not waited for when it is told

    return LoadRun(hub, batch_id, hub.now(), str(generate_new_uuid()), folder)


def warm(environ: Mapping[str, str]) -> None:
    """Import what telling needs, where it is switched on: 0.7 s that tasks which are forked from this process are spared."""
    if environ.get(VARIABLE, OFF[0]) not in OFF and is_there():
        from pipeline.lineage import events  # noqa: F401


def is_there() -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec("openlineage") is not None


def lineage_folder(settings: Settings) -> pathlib.Path | None:
    """Where events are written when the client names no collector; None = switched off. Raises SetupError."""
    chosen = settings.environ.get(VARIABLE, "")
    if chosen in OFF:
        return None
    if chosen == "on":
        return settings.var_folder / "lineage"
    if not chosen.startswith("/"):
        raise SetupError(f"{VARIABLE} 只能是 on、off 或绝对路径 is {chosen!r}: write on, off or a folder's whole path")
    return pathlib.Path(chosen)


@functools.lru_cache(maxsize=2)
def _client(folder: pathlib.Path, day: dt.date) -> OpenLineageClient:
    """The client as its own configuration says (OPENLINEAGE_URL, OPENLINEAGE__..., openlineage.yml), else a file a day."""
    from openlineage.client import OpenLineageClient
    from openlineage.client.transport.file import FileConfig, FileTransport
    from openlineage.client.transport.noop import NoopConfig, NoopTransport

    configured = OpenLineageClient(transport=NoopTransport(NoopConfig())).config.transport or {}
    if configured.get("type") or os.environ.get("OPENLINEAGE_URL"):
        return OpenLineageClient()
    return OpenLineageClient(transport=FileTransport(FileConfig(str(folder / f"{day}.jsonl"), append=True)))


@contextlib.contextmanager
def _alone(folder: pathlib.Path) -> Iterator[None]:
    """Nobody else of this machine writes to the folder's files meanwhile: lines of two loads would mix."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
