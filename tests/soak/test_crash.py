"""A sample of the crash points: of every class and every kind of feed a few. All of them: ``make soak``."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator

import pytest

from bench.soak.crash import sample
from bench.soak.nursery import Nursery
from bench.soak.points import CLASSES
from bench.soak.stage import Stage
from pipeline.services.postgres import Cluster, free_port

SEED = 20261122
#: Points of a class and kind. The server is stopped in a cluster of its own.
SAMPLE = {
    ("message", "csv"): 1, ("message", "xlsx"): 1, ("message", "api"): 1, ("file", "csv"): 1, ("file", "api"): 1,
    ("two loaders", "api"): 1, ("sleeper", "csv"): 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture(scope="module")
def stage(cluster: Cluster, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(cluster, tmp_path_factory.mktemp("stage"), nursery=nursery) as made:
        yield made


@pytest.fixture
def own_folder() -> Iterator[pathlib.Path]:
    """Not below pytest's base folder: sessions that run side by side delete each other's old folders there."""
    with tempfile.TemporaryDirectory(prefix="anze-") as folder:
        yield pathlib.Path(folder)


@pytest.mark.parametrize(("group", "kind"), SAMPLE)
def test_after_a_crash_one_plain_run_leaves_nothing_lost_stuck_or_different(
    stage: Stage, group: str, kind: str
) -> None:
    enumerate_points, disturb = CLASSES[group]
    points = sample(enumerate_points(stage, kind, SEED), SAMPLE[group, kind], SEED)
    trials = [stage.attempt(point, disturb, published=point is points[-1]) for point in points]
    assert len(trials) == SAMPLE[group, kind]
    assert [(str(trial.point), trial.faults) for trial in trials if trial.faults] == []


def test_the_harness_sees_a_loss(stage: Stage) -> None:
    """A harness that finds nothing proves nothing: bytes that vanish from landing must be told."""
    enumerate_points, _ = CLASSES["message"]
    point = enumerate_points(stage, "csv", SEED)[0]

    def lose(_stage: Stage, _point: object, trying: object) -> tuple[str, list[str]]:
        landed = sorted((trying.folder / "landing").rglob("*"))  # type: ignore[attr-defined]
        next(path for path in landed if path.is_file()).unlink()
        return "a landed file is gone", []

    trial = stage.attempt(point, lose, published=False)
    assert any("landed file" in fault for fault in trial.faults), trial


def test_a_server_that_stops_at_once_loses_nothing(nursery: Nursery, own_folder: pathlib.Path) -> None:
    cluster = Cluster(own_folder / "pg", free_port())
    cluster.start(shared_buffers="128MB", autovacuum="off")
    enumerate_points, disturb = CLASSES["server stopped"]
    try:
        with Stage(cluster, own_folder / "stage", durable=True, nursery=nursery) as stage:
            for point in sample(enumerate_points(stage, "csv", SEED), 2, SEED):
                assert stage.attempt(point, disturb, published=False).faults == ()
    finally:
        cluster.stop("immediate")
