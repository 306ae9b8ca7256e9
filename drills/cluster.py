"""Cluster: a night by two Celery workers that share PostgreSQL, Redis and a bucket, and what becomes of it when they die.

``python -m drills.cluster`` collects a province's history once. From there it plays the same night again and again: by
LocalExecutor; by two workers, each with a host name, processes and mounts of its own, one of them with the drop folder;
with a broker that forgets everything and is killed in mid-night; with a worker whose tasks outlive it, frozen until others
have their work; and with workers killed whole, at random moments, ``--kills`` times. Every night must leave the same figures, cell by cell,
and the same records as the first; nothing may wait, and ``anze verify`` must find nothing. It ends with 1 otherwise.
``--own-folders`` breaks the promise on purpose: each worker lands in a folder of its own.
"""

from __future__ import annotations

import argparse
import logging
import pathlib
import sys
import tempfile
import time
from collections.abc import Mapping

from drills import broker as brokers
from drills.machines import require_isolation
from drills.nights import HASTE, Cluster, Played, province
from drills.troubles import Kills, broker_forgets, survivors
from schemas.errors import SetupError
from tests.object_server import ObjectServer

LONGEST_RATIO = 1.5


def main() -> int:
    """Run the drill; 1 when its promise is broken, 2 when it cannot run here."""
    parser = argparse.ArgumentParser(prog="python -m drills.cluster", description=__doc__)
    parser.add_argument("--kills", type=int, default=6, help="how often a worker is killed whole; default 6")
    parser.add_argument("--scale", default="0.005", help="size of the province; default 0.005")
    parser.add_argument("--insurers", type=int, help="of how many insurers the night is; default: all")
    parser.add_argument(
        "--only", choices=("nights", "broker", "survivors", "kills"), help="only this part, after the first two nights"
    )
    parser.add_argument("--own-folders", action="store_true", help="break the promise: no bucket between the workers")
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)
    try:
        require_isolation()
        with tempfile.TemporaryDirectory(prefix="anze-drill-") as text:
            folder = pathlib.Path(text)
            with (
                brokers.running(folder / "broker") as broker,
                ObjectServer(folder / "bucket") as bucket,
                province(folder, broker, bucket, chosen.scale, _tell) as cluster,
            ):
                cluster.is_bucket_shared, cluster.insurer_count = not chosen.own_folders, chosen.insurers
                return drill(cluster, chosen.kills, chosen.only)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def drill(cluster: Cluster, kill_count: int, only: str | None) -> int:
    """Play every night and compare it with the first; 1 when one left something else."""
    _tell(f"where something dies, sooner than an installation, in seconds: {_lower(HASTE)}")
    first = cluster.play_on_one()
    is_kept = _report("one machine", first, first)
    two = cluster.play_on_two()
    is_kept &= _report("two workers", two, first)
    ratio = two.seconds / first.seconds
    told = {"two workers' time by LocalExecutor's": f"{ratio:.2f}"}
    if only in (None, "broker"):
        is_kept &= _report("broker flushed and killed", cluster.play_on_two(broker_forgets), first)
    if only in (None, "survivors"):
        is_kept &= _report("worker killed, its tasks frozen", cluster.play_on_two(survivors), first)
    killed = cut_off = 0
    for _ in range(kill_count if only in (None, "kills") else 0):
        if killed == kill_count:
            break
        trouble = Kills(kill_count - killed)
        is_kept &= _report("workers killed whole", cluster.play_on_two(trouble), first)
        killed, cut_off = killed + trouble.count, cut_off + trouble.cut_off_count
        told |= {"workers killed": str(killed), "tasks they were at": str(cut_off)}
    is_kept &= ratio <= LONGEST_RATIO
    for name, value in {**told, "kept": "yes" if is_kept else "no"}.items():
        _tell(f"{name}: {value}")
    return 0 if is_kept else 1


def _report(name: str, played: Played, expected: Played) -> bool:
    """Print what became of a night; whether it kept the promise."""
    left = played.left
    differences = left.differences(expected.left)
    is_kept = not (differences or left.unfinished_count or played.findings or played.is_spared)
    is_kept &= played.red == expected.red
    _tell(
        f"{name}: {played.seconds:.0f} s, a task {played.task_seconds:.1f} s, cells {left.cell_count}, records {left.record_count}, "
        f"differ {'; '.join(differences) or 0}, waiting {left.unfinished_count}, "
        f"verify {'; '.join(played.findings)[:500] or 0}, tries {played.try_count}, run once more {len(played.again)}, red runs {', '.join(played.red) or 'none'}"
        + (f", {played.told}" if played.told else "")
    )
    return is_kept


def _lower(names: Mapping[str, str]) -> str:
    return ", ".join(f"{name.rpartition('__')[2].lower()} {value}" for name, value in names.items())


def _tell(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
