"""One thing in a process of its own: how long it takes, and how much memory it takes above its imports.

    measured, returned = apart("bench.loading:load", environ=..., path=...)

runs ``load(environ=..., path=...)`` of ``bench.loading`` after the imports that every loader does; what it returns comes
back. Where it tells ``seconds`` of its own, they count.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Container
from typing import Any

import psutil

from bench.figures import Measurement

ROOT = pathlib.Path(__file__).parents[1]
LOOK_SECONDS = 0.2


def apart(act: str, **given: Any) -> tuple[Measurement, dict[str, Any]]:
    """Run a function, ``module:name``, in a process of its own. Raises CalledProcessError when it fails."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return _told([sys.executable, "-m", "bench.apart", act, json.dumps(given)], environ)


def foreign(python: pathlib.Path, script: pathlib.Path, **given: Any) -> Measurement:
    """Run a script of another environment, which tells as ``apart`` does. Raises CalledProcessError when it fails."""
    return _told([str(python), str(script), json.dumps(given)], _without_ours())[0]


def timed(
    command: list[str],
    *,
    environ: dict[str, str] | None = None,
    stdin: pathlib.Path | None = None,
    allowed: Container[int] = (0,),
) -> Measurement:
    """Run a program from its start to its end; its memory is told with its imports. Raises CalledProcessError."""
    with contextlib.ExitStack() as files:
        source = files.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
        log = files.enter_context(tempfile.TemporaryFile())
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=log, env=environ or _without_ours(), cwd=ROOT
        )
        own, _ = _watch(process)
        spent = time.perf_counter() - begun
        if process.returncode not in allowed:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:].decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command[0])
    return Measurement(spent, own)


def memory_mb(what: str, pid: int | str = "self") -> float:
    """``VmRSS`` now, or ``VmHWM``, the most since the process began: ru_maxrss would know of its parent's."""
    found = re.search(rf"{what}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _told(command: list[str], environ: dict[str, str]) -> tuple[Measurement, dict[str, Any]]:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, env=environ, cwd=ROOT)
        _, children = _watch(process)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command[:4])
        out.seek(0)
        told: dict[str, Any] = json.loads(out.read().decode().splitlines()[-1])
    return Measurement(told["seconds"], told["peak_mb"], children), told["returned"]


def _watch(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Wait for a process's end; the most memory that it held, and that its children held together."""
    own = children = 0.0
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess):
            own = max(own, memory_mb("VmHWM", process.pid))
            below = psutil.Process(process.pid).children(recursive=True)
            children = max(children, sum(memory_mb("VmRSS", child.pid) for child in below))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_SECONDS)
    return own, children


def _without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def _main(act: str, given: dict[str, Any]) -> None:
    from pipeline.scheduling.warm import warm_up

    module, _, name = act.partition(":")
    run = getattr(importlib.import_module(module), name)
    warm_up()
    before = memory_mb("VmRSS")
    begun = time.perf_counter()
    returned = run(**given) or {}
    spent = returned.pop("seconds", time.perf_counter() - begun)
    print(json.dumps({"seconds": spent, "peak_mb": max(0.0, memory_mb("VmHWM") - before), "returned": returned}))


if __name__ == "__main__":
    _main(sys.argv[1], json.loads(sys.argv[2]))
