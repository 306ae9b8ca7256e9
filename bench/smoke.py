"""A small part of the bench, in under a minute, against ratios that were kept: a person runs it before a release.

    python -m bench smoke            compares; exit code 1 when something takes far longer than it did
    python -m bench smoke --keep     keeps what is measured now

Bounds are loose, since machines differ: a ratio may be half as large again as what was kept.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections import defaultdict

from bench.apart import apart, timed
from bench.figures import Measurement, Spread, ratio, table
from bench.files import file_of
from bench.loading import ANZE, DATABASE, of_installation, typed_copy
from bench.rooms import SETTLED, room, settle

KEPT = pathlib.Path(__file__).with_name("smoke.json")
ROWS, SETTLED_ROWS, TIMES, LOOSE = 10_000, 1_000, 2, 1.5
#: What each thing is told against.
BASES = {
    "first load / \\copy": ("first", "copy"),
    "stage and merge / \\copy": ("merge", "copy"),
    "anze --version / python": ("anze", "python"),
}


def main(*, is_kept: bool) -> int:
    """Measure, then keep or compare; the exit code."""
    found = measure()
    if is_kept:
        KEPT.write_text(json.dumps({name: round(each.median, 2) for name, each in found.items()}, indent=2) + "\n")
        return 0
    lines, is_good = compare(found, json.loads(KEPT.read_text()))
    print(table(("", "kept", "now", ""), lines))
    return 0 if is_good else 1


def measure() -> dict[str, Spread]:
    """A load against psql's copy of the same file; the command line against Python's own start."""
    found: dict[str, list[Measurement]] = defaultdict(list)
    with room() as opened:
        settle(opened, policies=SETTLED_ROWS, has_registers=False)
        for _ in range(TIMES):
            opened.copy(DATABASE, SETTLED)
            found["copy"].append(typed_copy(opened, "policy", file_of("policy", ROWS, "first")))
            given = {"environ": of_installation(opened), "record_type": "policy"}
            measured, told = apart("bench.loading:load", path=str(file_of("policy", ROWS, "first")), **given)
            found["first"].append(measured)
            found["merge"].append(Measurement(told["stage"] + told["merge"]))
            found["anze"].append(timed([str(ANZE), "--version"], environ=opened.environ(DATABASE)))
            found["python"].append(timed([sys.executable, "-c", "pass"]))
    return {name: ratio(found[of], found[to]) for name, (of, to) in BASES.items()}


def compare(now: dict[str, Spread], kept: dict[str, float]) -> tuple[list[tuple[str, str, str, str]], bool]:
    """Each ratio beside what was kept, and whether all are within bounds: the least of a run counts."""
    lines, is_good = [], True
    for name, found in now.items():
        most = kept[name] * LOOSE
        is_good &= found.least <= most
        said = "as before" if found.least <= most else f"**more than {most:.2f}**"
        lines.append((name, f"{kept[name]:.2f}", found.told(), said))
    return lines, is_good
