"""What a file may cost us: bounds of one parse, and how a child process is held to them."""

from __future__ import annotations

import resource
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one file. Reaching any of them refuses the file with a reason; nothing is cut off silently."""

    file_bytes: int = 1_000_000_000
    wall_seconds: float = 300.0
    """Time that the parent waits for the child; time that the parent itself spends on rows does not count."""
    cpu_seconds: int = 300
    memory_bytes: int = 2_500_000_000
    """Address space of the child."""
    columns: int = 500
    record_chars: int = 1_000_000
    chunk_rows: int = 10_000
    archive_entries: int = 2_000
    unpacked_bytes: int = 2_000_000_000
    unpacked_ratio: int = 150
    """Unpacked to packed size of one archive entry over 1 MB; workbooks stay below 50."""
    json_depth: int = 32


def confine(limits: Limits) -> None:
    """Hold this process to its limits for good: memory, processor time, no files written, no core dumps."""
    for kind, bound in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))
