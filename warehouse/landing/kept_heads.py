"""Heads of the ledger that are kept outside the database: a file a day, a line a head, appended only.

A line is ``position hash moment``, such as ``1204 9f86d0...b0f00a08 2026-11-21T02:15:00+08:00``.
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import re
from dataclasses import dataclass

from schemas.errors import SetupError
from schemas.time_zone import SHANGHAI

FILE_MODE, FOLDER_MODE = 0o640, 0o750
LINE = re.compile(r"(\d+) ([0-9a-f]{64}) (\S+)")


@dataclass(frozen=True)
class KeptHead:
    """A head as it was kept, and where: ``2026-11-21.txt line 3``."""

    position: int
    hash: str
    place: str


def keep(folder: pathlib.Path, position: int, hash_: str, at: dt.datetime) -> pathlib.Path:
    """Append a head to the file of its day in Shanghai, durably; one that is the file's last is not told again.

    Raises SetupError when it cannot be written.
    """
    path = folder / f"{at.astimezone(SHANGHAI):%Y-%m-%d}.txt"
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
        with os.fdopen(descriptor, "r+", encoding="ascii") as file:
            os.fchmod(descriptor, FILE_MODE)
            last = file.read().splitlines()[-1:]
            if not last or not last[0].startswith(f"{position} {hash_} "):
                file.write(f"{position} {hash_} {at.astimezone(SHANGHAI).isoformat(timespec='seconds')}\n")
                file.flush()
                os.fsync(descriptor)
    except OSError as error:
        raise SetupError(f"head of the ledger cannot be kept in {path}: {error.strerror}") from error
    return path


def read(folder: pathlib.Path) -> list[KeptHead]:
    """Every head that was kept, the oldest day first. Raises SetupError for a file or line that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        try:
            lines = path.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(f"heads of the ledger cannot be read: {path}: {error}") from error
        for number, line in enumerate(lines, start=1):
            found.append(_head(line, f"{path.name} line {number}"))
    return found


def _head(line: str, place: str) -> KeptHead:
    match = LINE.fullmatch(line)
    if match is None:
        raise SetupError(
            f"{place} is no head of the ledger: it was changed, or cut off; what it should say is not known"
        )
    return KeptHead(int(match[1]), match[2], place)
