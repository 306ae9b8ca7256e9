"""All parts side by side, each bounded in seconds: one that hangs is told as such, and holds up no other.

The database is looked at first: what lies in it is not asked for where it does not answer.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from pipeline.doctor import airflow, certificates, database, machine, standbys, store, work
from pipeline.doctor.finding import Finding, bad
from pipeline.hub import Hub
from pipeline.scheduling.oncall import remedy
from pipeline.settings import Settings
from schemas.errors import HubError
from warehouse.database.engine import connect
from warehouse.landing.store import open_store

logger = logging.getLogger(__name__)

#: A part may take so long; a server that is not there is known sooner.
SECONDS = 15.0
Look = Callable[[], Iterable[Finding]]


@dataclass
class _Running:
    """One part at work. State: what it found so far, and whether it is over."""

    part: str
    look: Look
    found: list[Finding] = field(default_factory=list)

    def start(self) -> threading.Thread:
        """Look, in a thread that ends with the process at the latest."""
        thread = threading.Thread(target=self._run, name=self.part, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            for finding in self.look():
                self.found.append(finding)
        except HubError as error:
            self.found.append(bad(self.part, str(error), remedy(error)))
        except Exception as error:
            logger.debug("%s", self.part, exc_info=error)
            self.found.append(
                bad(self.part, f"检查本身出错 the look itself failed: {type(error).__name__}", remedy(error))
            )


def examine(settings: Settings, seconds: float = SECONDS) -> list[Finding]:
    """Look at every part of the installation that settings describe. Never raises for what it finds."""
    opened: list[sa.Engine] = []
    found = side_by_side({"数据库 database": lambda: _opened(settings, opened)}, seconds)
    here: dict[str, Look] = {
        "本机 machine": lambda: machine.findings(settings),
        "接收存储 landing": lambda: store.findings(settings),
        "Airflow": lambda: airflow.findings(settings),
        "任务队列 broker": lambda: airflow.broker(settings),
        "证书 certificates": lambda: certificates.of_insurers(settings),
        standbys.TO_READ_FROM: lambda: standbys.to_read_from(settings),
    }
    if not opened:
        return found + side_by_side(here, seconds)
    engine = opened[0]
    hub = _hub(settings, engine) if _can_work(found) else None
    here["备库 standbys"] = functools.partial(standbys.streaming, engine)
    here["数据库证书 database's certificate"] = functools.partial(certificates.of_database, engine)
    if hub is not None:
        here |= work.looks(hub)
    found += side_by_side(here, seconds)
    threading.Thread(target=engine.dispose, daemon=True).start()  # a connection that hangs holds up nobody
    return found


def side_by_side(looks: Mapping[str, Look], seconds: float) -> list[Finding]:
    """What all parts found, in their order; one that is not over in time is told as bad, with what it had found."""
    running = [_Running(part, look) for part, look in looks.items()]
    threads = [each.start() for each in running]
    end = time.monotonic() + seconds
    found: list[Finding] = []
    for each, thread in zip(running, threads, strict=True):
        thread.join(max(0.0, end - time.monotonic()))
        found += each.found
        if thread.is_alive():
            found.append(
                bad(each.part, f"{seconds:g} 秒内没有应答 no answer in {seconds:g} s", "检查网络和该服务 is it up?")
            )
    return found


def _opened(settings: Settings, opened: list[sa.Engine]) -> Iterable[Finding]:
    """Open the database, and look at it; ``opened`` gets it."""
    engine = connect(settings.database_url)
    opened.append(engine)
    yield from database.findings(engine, settings)


def _hub(settings: Settings, engine: sa.Engine) -> Hub | None:
    """The hub whose work is looked at; None where its landing store cannot even be named, which that part tells."""
    try:
        return Hub(settings, engine, open_store(settings.landing, settings.environ))
    except HubError:
        return None


def _can_work(found: Iterable[Finding]) -> bool:
    """Whether the database is a hub's of this release, so that its tables may be asked."""
    return not any(each.grade == "bad" and each.part == database.SCHEMA for each in found)
