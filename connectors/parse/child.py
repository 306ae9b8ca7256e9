"""The child process that parses one file: ``python -m connectors.parse.child``.

Reads one JSON line (path, kind, limits, expected names) from standard input. Writes to standard output, for Arrow IPC,
a stream of record batches; its schema's metadata holds the header, a batch's its notes. A refusal is one JSON line on standard error and
exit code REFUSED. Imports stay few: 105 of these run in a night.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

# pyarrow works without these, and starts four times as fast
for optional in ("numpy", "pandas", "dateutil"):
    sys.modules[optional] = None  # type: ignore[assignment]

import pyarrow as pa  # noqa: E402 - after numpy is kept out

from connectors.model import SourceFormat, Use  # noqa: E402
from connectors.parse.limits import Limits, confine  # noqa: E402
from connectors.parse.reasons import REFUSED, refuse, told  # noqa: E402
from connectors.parse.rows import Header  # noqa: E402
from schemas.errors import TellInsurer  # noqa: E402


def main(order: dict[str, Any]) -> int:
    """Parse the file of an order to standard output; the exit code."""
    source, limits = SourceFormat(**order["source"]), Limits(**order["limits"])
    try:
        _send(_batches(Path(order["path"]), source, limits, order["expected"]))
    except TellInsurer as refusal:
        return _report(refusal)
    except MemoryError:
        return _report(refuse("FILE-052"))
    return 0


def _batches(
    path: Path, source: SourceFormat, limits: Limits, expected: dict[str, Use]
) -> Iterator[tuple[Header, pa.RecordBatch]]:
    if source.kind == "xlsx":
        from connectors.parse.xlsx import read_xlsx as reader
    else:
        from connectors.parse.delimited import read_delimited as reader
    with path.open("rb") as stream:
        confine(limits)
        _refuse_large(stream, limits)
        yield from reader(stream, source, limits, expected)


def _refuse_large(stream: BinaryIO, limits: Limits) -> None:
    size = os.fstat(stream.fileno()).st_size
    if size > limits.file_bytes:
        raise refuse("FILE-050", "", f"{size} 字节,上限 {limits.file_bytes}")
    if not size:
        raise refuse("FILE-003")


def _send(batches: Iterator[tuple[Header, pa.RecordBatch]]) -> None:
    """Write batches as one stream; nothing at all when the file is refused before its header is known."""
    header, first = next(batches)
    known = {"names": json.dumps(header.names), "sheet": header.sheet, "columns": json.dumps(header.columns)}
    schema = header.schema.with_metadata(known)
    with pa.ipc.new_stream(pa.PythonFile(sys.stdout.buffer, "w"), schema) as stream:
        for batch in itertools.chain([first], (batch for _, batch in batches)):
            stream.write_batch(batch, custom_metadata=batch.schema.metadata)
    sys.stdout.buffer.flush()


def _report(refusal: TellInsurer) -> int:
    sys.stderr.write(f"\n{json.dumps(told(refusal))}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.stdin.readline())))
