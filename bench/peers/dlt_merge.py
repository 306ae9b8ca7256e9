"""dlt's merge of a CSV into PostgreSQL, from Arrow or from rows; run by the environment of requirements/bench.txt.

Both write files of CSV, which dlt hands to COPY: the fastest of its ways into PostgreSQL.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import json
import os
import pathlib
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
import dlt
import pyarrow as pa
import pyarrow.csv
from dlt.destinations import postgres

ARROW = {
    "text": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC"), "boolean": pa.bool_(),
    "count": pa.int64(), "amount": pa.decimal128(18, 2), "decimal": pa.decimal128(18, 6),
    "ratio": pa.decimal128(9, 6),
}  # fmt: skip
PYTHON = {
    "text": str, "date": dt.date.fromisoformat, "timestamp": dt.datetime.fromisoformat, "boolean": "true".__eq__,
    "count": int, "amount": decimal.Decimal, "decimal": decimal.Decimal,
    "ratio": decimal.Decimal,
}  # fmt: skip
DLT = {
    "text": "text", "date": "date", "timestamp": "timestamp", "boolean": "bool", "count": "bigint", "amount": "decimal",
    "decimal": "decimal", "ratio": "decimal",
}  # fmt: skip
ROWS_AT_ONCE = 5_000


def tables(path: str, kinds: dict[str, str]) -> Iterator[pa.Table]:
    """The file as typed Arrow tables."""
    convert = pyarrow.csv.ConvertOptions(
        column_types={name: ARROW[kind] for name, kind in kinds.items()}, strings_can_be_null=True,
    )  # fmt: skip
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    with pyarrow.csv.open_csv(path, convert_options=convert, parse_options=parse) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def rows(path: str, kinds: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """The file as typed rows, some at once."""
    with pathlib.Path(path).open(encoding="utf-8", newline="") as file:
        some = []
        for row in csv.DictReader(file):
            some.append({name: PYTHON[kinds[name]](text) if text else None for name, text in row.items()})
            if len(some) == ROWS_AT_ONCE:
                yield some
                some = []
        yield some


def merge(form: str, url: str, path: str, kinds: dict[str, str], key: list[str], table: str, folder: str) -> None:
    """Merge a file into a table by its key."""
    read = {"arrow": tables, "rows": rows}[form]
    typed = {name: {"data_type": DLT[kind]} for name, kind in kinds.items()} if form == "rows" else None
    source = dlt.resource(read(path, kinds), name=table, write_disposition="merge", primary_key=key, columns=typed)
    pipeline = dlt.pipeline(
        f"bench_{form}", pipelines_dir=folder, destination=postgres(credentials=url), dataset_name=f"peer_{form}"
    )
    pipeline.run(source, loader_file_format="csv").raise_on_failed_jobs()


def memory_mb(what: str) -> float:
    """``VmRSS`` or ``VmHWM`` of this process."""
    found = re.search(rf"{what}:\s+(\d+) kB", pathlib.Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    before = memory_mb("VmRSS")
    begun = time.perf_counter()
    merge(**json.loads(sys.argv[1]))
    spent = time.perf_counter() - begun
    print(json.dumps({"seconds": spent, "peak_mb": memory_mb("VmHWM") - before, "returned": {}}))
