"""One random history of thirty steps, always the same; ``make soak`` tells two hundred."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.soak.happenings import STEPS
from bench.soak.model import LENGTH, Room, room, script, told
from pipeline.services.postgres import Cluster

#: Its script holds every kind of step.
SEEDS = (43,)


@pytest.fixture(scope="module")
def here(cluster: Cluster) -> Iterator[Room]:
    with room(cluster) as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_the_books_hold(here: Room, seed: int) -> None:
    telling = here.tell(seed, range(LENGTH))
    assert telling.faults == [], told(telling)


def test_every_kind_of_step_comes_in_the_sample() -> None:
    names = {name for seed in SEEDS for name in script(seed, LENGTH)}
    assert names == {step.__name__ for step in STEPS}
