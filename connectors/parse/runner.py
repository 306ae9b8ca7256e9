"""Runs the parsing child and judges how it ended; the parent never looks into a dropped file itself."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO

import pyarrow as pa

from connectors.model import SourceFormat, Use
from connectors.parse.limits import Limits
from connectors.parse.reasons import REFUSED, refuse, restore
from connectors.parse.rows import Header
from schemas.errors import TellInsurer

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]
_COMPLAINT_BYTES = 65_536


def parse_in_child(
    path: Path, source: SourceFormat, limits: Limits, expected: Mapping[str, Use]
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    """(header, batch) of a file as the child sends them; at least one batch, perhaps of no rows.

    Raises TellInsurer as the child reported it, or FILE-051 to 053 (026 for a workbook) when the child was stopped.
    """
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "connectors.parse.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    try:
        pipe = _TimedPipe(_open(child.stdout).fileno(), limits.wall_seconds)
        _give_order(child, path, source, limits, expected)
        is_whole = yield from _received(pipe)
        complaint = _complaint(child, pipe)
        if child.wait(timeout=max(pipe.seconds_left, 1.0)) or not is_whole:
            raise _verdict(child.returncode, complaint, source.kind)
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        raise refuse("FILE-051", "", f"{limits.wall_seconds:g} 秒") from error
    finally:
        _end(child)


def _environment() -> dict[str, str]:
    """Nothing of ours but where the code is: the child knows no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
    }


def _give_order(
    child: subprocess.Popen[bytes], path: Path, source: SourceFormat, limits: Limits, expected: Mapping[str, Use]
) -> None:
    order = {
        "path": str(path.absolute()),
        "source": dataclasses.asdict(source),
        "limits": dataclasses.asdict(limits),
        "expected": dict(expected),
    }
    with _open(child.stdin) as stdin:
        stdin.write(json.dumps(order).encode() + b"\n")


def _received(pipe: _TimedPipe) -> Generator[tuple[Header, pa.RecordBatch], None, bool]:
    """Batches as they come; returns whether the stream was whole. Raises TimeoutError."""
    try:
        with pa.ipc.open_stream(pa.PythonFile(pipe, "r")) as stream:
            told = stream.schema.metadata
            columns = tuple(json.loads(told[b"columns"]))
            header = Header(tuple(json.loads(told[b"names"])), 0, told[b"sheet"].decode(), columns)
            while True:
                batch, notes = stream.read_next_batch_with_custom_metadata()
                batch.validate(full=True)
                yield header, batch.replace_schema_metadata(dict(notes) if notes else None)
    except StopIteration:
        return True
    except TimeoutError:
        raise
    except (pa.ArrowInvalid, OSError, EOFError):
        return False


def _complaint(child: subprocess.Popen[bytes], pipe: _TimedPipe) -> bytes:
    """What the child wrote to standard error, the last line first of interest."""
    errors = _TimedPipe(_open(child.stderr).fileno(), pipe.seconds_left)
    return errors.read(_COMPLAINT_BYTES)


def _verdict(exit_code: int, complaint: bytes, kind: str) -> TellInsurer:
    """Why a child ended without success."""
    if exit_code == REFUSED:
        return restore(json.loads(complaint.strip().splitlines()[-1]))
    _log.warning("parsing child ended with %s; its complaint is %s bytes long", exit_code, len(complaint))
    if exit_code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return refuse("FILE-051")
    is_memory = exit_code == -signal.SIGABRT or b"MemoryError" in complaint or b"capacity overflow" in complaint
    if is_memory:
        return refuse("FILE-026" if kind == "xlsx" else "FILE-052")
    return refuse("FILE-053")


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe and not pipe.closed:
            pipe.close()
    child.wait()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the child was started without pipes")
    return pipe


class _TimedPipe(io.RawIOBase):
    """A pipe whose reads together may wait only so long; time between reads is the reader's own."""

    def __init__(self, descriptor: int, seconds: float) -> None:
        super().__init__()
        self._descriptor, self.seconds_left = descriptor, seconds

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end. Raises TimeoutError."""
        parts: list[bytes] = []
        while size:
            part = os.read(self._descriptor, self._wait(size))
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, size: int) -> int:
        began = time.monotonic()
        ready, _, _ = select.select([self._descriptor], [], [], max(self.seconds_left, 0))
        self.seconds_left -= time.monotonic() - began
        if not ready:
            raise TimeoutError
        return size if size > 0 else 1 << 20
