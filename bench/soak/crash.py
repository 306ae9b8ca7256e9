"""Crash proof: a loader killed at every point, a server stopped, two loaders, a sleeper; then one plain run and the books.

``python -m bench.soak.crash`` tries every point; ``--points N`` takes an even sample of N points of every class and
kind, ``--only messages,files`` some classes, ``--every K`` publishes and checks the figures at every K-th point.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.soak.feeds import FEEDS
from bench.soak.points import CLASSES
from bench.soak.stage import Point, Stage, Trial
from bench.soak.world import own_cluster

PERCENT = 100
#: How far it is, is told every so many points.
TOLD = 50


@dataclass
class Tally:
    """State: trials, and faults by class and kind."""

    tried: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    faults: list[tuple[Point, str]] = field(default_factory=list)
    seconds: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    notes: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, trial: Trial) -> None:
        """Count one trial."""
        place = (trial.point.group, trial.point.kind)
        self.tried[place] += 1
        self.seconds[place] += trial.seconds
        self.notes[f"{trial.point.group}: {trial.note}"] += 1
        self.faults += [(trial.point, fault) for fault in trial.faults]

    def lines(self) -> Iterator[str]:
        """The table, then what happened, then every violation."""
        yield "| Class | Kind | Points | Violations | Seconds |"
        yield "|---|---|---|---|---|"
        for place, count in self.tried.items():
            bad = len({point for point, _ in self.faults if (point.group, point.kind) == place})
            yield f"| {place[0]} | {place[1]} | {count} | {bad} | {self.seconds[place]:.0f} |"
        bad = len({point for point, _ in self.faults})
        yield f"| all | | {sum(self.tried.values())} | {bad} | {sum(self.seconds.values()):.0f} |"
        yield from (f"  {count} x {note}" for note, count in sorted(self.notes.items()))
        yield from (f"VIOLATION {point}: {fault}" for point, fault in self.faults)


def sample(points: Sequence[Point], wanted: int | None, seed: int) -> list[Point]:
    """All points, or ``wanted`` of them spread evenly; the seed shifts where the sample begins."""
    if wanted is None or wanted >= len(points):
        return list(points)
    step = len(points) / wanted
    return [points[int((n + (seed % PERCENT) / PERCENT) * step)] for n in range(wanted)]


def run(
    stage: Stage, groups: Sequence[str], kinds: Sequence[str], *, points: int | None, seed: int, every: int
) -> Iterator[Trial]:
    """Try the points of some classes and kinds on one cluster."""
    number = 0
    for kind in kinds:
        for group in groups:
            enumerate_points, disturb = CLASSES[group]
            for point in sample(enumerate_points(stage, kind, seed), points, seed):
                number += 1
                yield stage.attempt(point, disturb, published=number % every == 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, write progress as JSON lines to ``--log``, print the table; 1 when anything is violated."""
    options = _options(arguments)
    tally, begun = Tally(), time.monotonic()
    log = options.log.open("a", encoding="utf-8") if options.log else None
    # A stopped server must be a fair crash: its cluster syncs. The others need no power cut.
    stopping = [group for group in options.only if group == "server stopped"]
    killing = [group for group in options.only if group != "server stopped"]
    for groups, durable in ((killing, False), (stopping, True)):
        if not groups:
            continue
        with (
            own_cluster(durable=durable) as cluster,
            tempfile.TemporaryDirectory(prefix="anze-soak-") as folder,
            Stage(cluster, pathlib.Path(folder), durable=durable) as stage,
        ):
            asked = {"points": options.points, "seed": options.seed, "every": options.every}
            for trial in run(stage, groups, options.kinds, **asked):
                tally.add(trial)
                done = sum(tally.tried.values())
                if done % TOLD == 0 or trial.faults:
                    print(f"{done} points, {len(tally.faults)} faults, {time.monotonic() - begun:.0f} s", flush=True)
                if log:
                    log.write(f"{json.dumps([str(trial.point), trial.note, trial.faults])}\n")
                    log.flush()
    print(*tally.lines(), f"{time.monotonic() - begun:.0f} s in all", sep="\n")
    return 1 if tally.faults else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak.crash", description=__doc__)
    parser.add_argument("--points", type=int, help="points of every class and kind; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=10, help="publish and check the figures at every K-th point")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(CLASSES))
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(FEEDS))
    parser.add_argument("--log", type=pathlib.Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
