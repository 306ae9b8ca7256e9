"""The bytes of a column of text, for a fast look at what occurs in it at all."""

from __future__ import annotations

import pyarrow as pa


def contents(values: pa.Array) -> bytes:
    """All text of a ``string`` array, one value behind the other."""
    _, offsets, text = values.buffers()
    if text is None or not len(values):
        return b""
    ends = pa.Array.from_buffers(pa.int32(), len(values) + 1, [None, offsets], offset=values.offset)
    first, last = ends[0].as_py(), ends[-1].as_py()
    return bytes(memoryview(text)[first:last])
