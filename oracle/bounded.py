"""Workbooks read in a child process that may use so much memory and time and no more: ``python -m oracle.bounded``.

A reader that aborts, or asks for all there is, ends the child and one batch's check; the others go on. Standard input
is a line of JSON (form, known names, sizes) and the payloads after it; standard output a line of JSON for each row.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from oracle import readers
from oracle.readers import Row, Unreadable

MEMORY_BYTES = 2_500_000_000
SECONDS = 300
_REFUSED = 3
_ROOT = Path(__file__).parents[1]


def rows(payloads: Sequence[bytes], form: Mapping[str, Any], known: Collection[str] = ()) -> Iterator[Row]:
    """As ``readers.rows``; a workbook inside bounds. Raises Unreadable."""
    if form["kind"] != "xlsx":
        yield from readers.rows(payloads, form, known)
        return
    order = {"form": dict(form), "known": sorted(known), "sizes": [len(content) for content in payloads]}
    for line in _answer(b"\n".join([json.dumps(order).encode(), b"".join(payloads)])).splitlines():
        row_no, cells = json.loads(line)
        yield row_no, cells


def _answer(order: bytes) -> bytes:
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "oracle.bounded"],
            input=order,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PATH": os.environ.get("PATH", "")},
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"longer than {SECONDS} s") from error
    if child.returncode == _REFUSED:
        raise Unreadable(child.stderr.decode(errors="replace").strip().splitlines()[-1])
    if child.returncode:
        raise Unreadable(f"the reader was ended with {child.returncode}: more memory or time than it may have")
    return child.stdout


def _confine() -> None:
    for kind, bound in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))


def _main() -> int:
    source = sys.stdin.buffer
    order = json.loads(source.readline())
    payloads = [source.read(size) for size in order["sizes"]]
    _confine()
    try:
        for row in readers.rows(payloads, order["form"], order["known"]):
            sys.stdout.write(json.dumps(row) + "\n")
    except Unreadable as error:
        sys.stderr.write(f"\n{error}\n")
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main())
