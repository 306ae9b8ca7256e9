"""A dropped file is parsed in a process of its own: whatever it does, the parent goes on with a coded refusal."""

from __future__ import annotations

import gc
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connectors.model import SourceFormat
from connectors.parse import Limits, read_batch
from schemas.errors import TellInsurer
from tests.connectors.parse.writing import csv_bytes, read_rows

CSV = SourceFormat("csv")


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """60 MB of good rows."""
    path = tmp_path / "long.csv"
    block = b"".join(b"%07d,%s\r\n" % (i, b"x" * 90) for i in range(10_000))
    with path.open("wb") as file:
        file.write(b"a,b\r\n")
        for _ in range(60):
            file.write(block)
    return path


def refusal_of(path: Path, source: SourceFormat, limits: Limits) -> TellInsurer:
    with pytest.raises(TellInsurer) as refusal:
        read_rows(path, source, limits)
    return refusal.value


def test_a_file_far_larger_than_the_memory_allowed_is_read_in_chunks(long_file: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limits = Limits(memory_bytes=450_000_000)
    assert sum(chunk.num_rows for chunk in read_batch([long_file], CSV, limits)) == 600_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_time_is_limited(long_file: Path) -> None:
    assert refusal_of(long_file, CSV, Limits(wall_seconds=0.001)).code == "FILE-051"


def test_a_slow_consumer_does_not_use_up_the_time_of_the_file(long_file: Path) -> None:
    chunks = read_batch([long_file], CSV, Limits(wall_seconds=20))
    next(chunks)
    time.sleep(0.5)
    assert sum(chunk.num_rows for chunk in chunks) > 500_000


def test_processor_time_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_bytes(b"a,b\n" + b'"x\ny",1\n' * 24_000_000)
    assert refusal_of(path, CSV, Limits(cpu_seconds=1)).code == "FILE-051"


def test_memory_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"a,b\n" + b"x" * 200_000_000 + b",1\n")
    limits = Limits(memory_bytes=400_000_000, record_chars=1_000_000_000)
    assert refusal_of(path, CSV, limits).code == "FILE-052"


def test_size_is_limited_before_anything_is_read(long_file: Path) -> None:
    refusal = refusal_of(long_file, CSV, Limits(file_bytes=1_000_000))
    assert refusal.code == "FILE-050"


def test_a_refusal_deep_in_the_file_ends_the_iteration(long_file: Path) -> None:
    with long_file.open("ab") as file:
        file.write(b"1,2,3\r\n")
    chunks = read_batch([long_file], CSV)
    assert next(chunks).num_rows
    with pytest.raises(TellInsurer) as refusal:
        list(chunks)
    assert (refusal.value.code, refusal.value.where) == ("FILE-010", "第600002行")


def test_a_child_that_breaks_down_refuses_the_file(long_file: Path) -> None:
    chunks = read_batch([long_file], CSV)
    next(chunks)
    os.kill(_child(), signal.SIGTERM)
    with pytest.raises(TellInsurer) as refusal:
        list(chunks)
    assert refusal.value.code == "FILE-053"


def _child() -> int:
    """Process id of the one parsing child of this process."""
    listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True)
    [line] = [line for line in listed.stdout.splitlines() if "connectors.parse.child" in line]
    return int(line.split()[0])


def test_a_consumer_that_stops_early_leaves_no_child_behind(long_file: Path) -> None:
    chunks = read_batch([long_file], CSV)
    next(chunks)
    del chunks
    gc.collect()
    found = subprocess.run(["ps", "--ppid", str(__import__("os").getpid()), "-o", "args="], capture_output=True)
    assert b"connectors.parse.child" not in found.stdout


def test_the_child_knows_no_secret_of_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.parse.runner import _environment

    monkeypatch.setenv("ANZE_DATABASE_URL", "postgresql://user:canary@host/db")
    assert "canary" not in str(_environment())


def test_the_child_starts_without_the_heavy_libraries() -> None:
    code = "import sys, connectors.parse.child as c; print([m for m in ('pandas', 'requests', 'yaml') if sys.modules.get(m)])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_several_files_of_a_batch_have_rows_of_different_numbers(tmp_path: Path) -> None:
    paths = [tmp_path / "1.csv", tmp_path / "2.csv"]
    for path in paths:
        path.write_bytes(csv_bytes([["a", "b"], ["1", "2"], ["3", "4"]]))
    rows = [row for chunk in read_batch(paths, CSV) for row in chunk.to_pylist()]
    assert [row["row_no"] for row in rows] == [2, 3, 5, 6]
    assert [row["place"] for row in rows] == ["file 1 line 2", "file 1 line 3", "file 2 line 2", "file 2 line 3"]


def test_source_columns_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([["row_no", "place", "0"], ["x", "y", "z"]]))
    [chunk] = read_batch([path], CSV)
    assert chunk.column_names == ["row_no", "place", "0", "row_no", "place"]
    assert [chunk.column(i).to_pylist() for i in range(5)] == [["x"], ["y"], ["z"], [2], ["line 2"]]
