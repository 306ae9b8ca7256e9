"""A sandbox's year on an installation of its own: loaded, replayed, rebuilt in a twin, and verified by the oracle.

    python -m bench year --scale 1

The year is received as the demo's history is: every insurer by its own interface. Replay, rebuild and verify are then told
against it; each runs in a process of its own, as often as asked.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from bench.apart import apart
from bench.figures import Measurement, megabytes, seconds, table, write
from pipeline import steps
from pipeline.cli.output import progress
from pipeline.services import demonstration
from pipeline.services.installation import Installation, installation
from pipeline.services.postgres import free_port
from pipeline.services.running import stop
from pipeline.settings import load_settings

PORTS = ("ANZE_POSTGRES_PORT", "ANZE_AIRFLOW_PORT", "ANZE_SANDBOX_PORT", "ANZE_PORTAL_PORT")
ACTS = ("replay", "rebuild", "verify")


def measure(scale: float, times: int) -> None:
    """Make the year, measure and write."""
    with own_installation(scale) as here:
        begun = time.perf_counter()
        demonstration.start(here, _tell, progress, with_airflow=False)
        collected = time.perf_counter() - begun
        environ = here.environ()
        hub = steps.open_hub(load_settings(environ))
        steps.publish(hub)
        hub.engine.dispose()
        own = {name: value for name, value in environ.items() if name.startswith("ANZE_")}
        found: dict[str, list[Measurement]] = defaultdict(list)
        rows = {}
        for _ in range(times):
            for act in ACTS:
                measured, returned = apart(f"bench.year:{act}", environ=own)
                found[act].append(measured)
                rows[act] = returned["rows"]
    lines = [
        (act, f"{rows[act]:,}", seconds(of).told(".1f"), f"{rows[act] / seconds(of).median:,.0f}", megabytes(of))
        for act, of in found.items()
    ]
    body = table(("", "rows", "s", "rows/s", "MB"), lines)
    told = f"Scale {scale:g}, {times} rounds; the year was simulated and collected in {collected:.0f} s."
    write(f"A sandbox's year at scale {scale:g}", f"{told}\n\n{body}")


@contextlib.contextmanager
def own_installation(scale: float, **more: str) -> Iterator[Installation]:
    """An installation in a temporary folder, on free ports; stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        os.environ |= {name: str(free_port()) for name in PORTS} | more
        os.environ |= {"ANZE_VAR": str(pathlib.Path(folder) / "var"), "ANZE_SANDBOX_SCALE": f"{scale:g}"}
        here = installation()
        try:
            yield here
        finally:
            stop(here)


def replay(environ: dict[str, str]) -> dict[str, Any]:
    """Judge every batch again."""
    from pipeline.judging import replay as replaying

    hub = steps.open_hub(load_settings(environ))
    reports = replaying.replay(hub, replaying.choose(hub, replaying.Wanted()))
    return {"rows": sum(report.received for report in reports)}


def rebuild(environ: dict[str, str]) -> dict[str, Any]:
    """Do every load again in a twin. Raises RuntimeError when the digests differ."""
    from pipeline.judging.rebuild import rebuild as do_again

    found = do_again(steps.open_hub(load_settings(environ)))
    if not found.is_equal:
        raise RuntimeError(f"the twin differs: {found.differing_tables}")
    return {"rows": found.rows}


def verify(environ: dict[str, str]) -> dict[str, Any]:
    """Let the oracle check everything. Raises RuntimeError when it finds a difference."""
    from pipeline.judging.verifying import verify as check

    report = check(steps.open_hub(load_settings(environ)))
    if not report.is_good:
        raise RuntimeError(f"the oracle found differences: {report.details[:3]}")
    return {"rows": report.rows_replayed}


def _tell(what: str) -> None:
    print(f"  {what}", flush=True)
