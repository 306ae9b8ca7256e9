"""Random histories: thirty steps each of everything that may happen to a hub; after every step the books hold.

``python -m bench.soak.model`` tells 200 histories; ``--sequences N --seed S`` others; ``--length`` steps each. A history
that breaks is told again without as many of its steps as can be spared, and the command that repeats it is printed:
``python -m bench.soak.model --seed 17 --only 0,3,7``.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bench.soak import checking
from bench.soak.happenings import STEPS
from bench.soak.story import Story, opened
from bench.soak.world import Databases, create_world, own_cluster
from pipeline.services.postgres import Cluster
from schemas.errors import HubError

LENGTH, SEQUENCES = 30, 200


@dataclass
class Telling:
    """One history as it went. State: what happened, and what was wrong after which step."""

    seed: int
    said: list[str] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    broke_at: int | None = None


@dataclass(frozen=True)
class Room:
    """Where histories are told: databases to clone, the world they begin in, a folder."""

    databases: Databases
    world: str
    folder: pathlib.Path

    def tell(self, seed: int, numbers: Sequence[int]) -> Telling:
        """Live through some steps of the history of one seed, checking B1 and B2 after each and B3 at the end."""
        telling = Telling(seed)
        with opened(seed, self.databases, self.world, self.folder) as story:
            for number in numbers:
                telling.faults = _step(story, number, telling)
                if telling.faults:
                    telling.broke_at = number
                    return telling
            telling.faults = _end(story)
        return telling

    def shrunk(self, seed: int, numbers: Sequence[int]) -> Telling:
        """The same history with as few steps as still break it, each left out in turn from the end."""
        least = self.tell(seed, numbers)
        for number in reversed(numbers):
            fewer = [n for n in numbers if n != number and (least.broke_at is None or n <= least.broke_at)]
            again = self.tell(seed, fewer)
            if again.faults:
                numbers, least = fewer, again
        return least


def script(seed: int, length: int) -> list[str]:
    """Names of the steps of one seed's history."""
    names = [step.__name__ for step in STEPS]
    return random.Random(f"{seed}:script").choices(names, list(STEPS.values()), k=length)


def _step(story: Story, number: int, telling: Telling) -> list[str]:
    by_name = {step.__name__: step for step in STEPS}
    name = script(story.seed, number + 1)[number]
    before = checking.receipts(story.engine)
    story.begin(number)
    try:
        telling.said.append(f"{number}: {by_name[name](story)}")
    except HubError as error:
        telling.said.append(f"{number}: {name}")
        return [f"{type(error).__name__}: {error}"]
    telling.names[name] += 1
    return checking.lost(before, checking.receipts(story.engine)) + checking.checked(story.hub, published=False)


def _end(story: Story) -> list[str]:
    """Publish, then recompute this and every publication of before as it was known then."""
    faults = checking.checked(story.hub, published=True)
    with story.engine.connect() as connection:
        earlier = connection.execute(sa.text("select publication_id from mart.publication order by 1")).scalars().all()
    for publication_id in earlier[:-1]:
        faults += checking.figures(story.hub, publication_id)
    return faults


@contextlib.contextmanager
def room(cluster: Cluster) -> Iterator[Room]:
    """A room on a running cluster."""
    databases = Databases(cluster, "model")
    with tempfile.TemporaryDirectory(prefix="anze-soak-") as folder:
        path = pathlib.Path(folder)
        try:
            yield Room(databases, create_world(databases, path / "world"), path)
        finally:
            databases.close()


def told(telling: Telling) -> str:
    """A broken history for a person: every step, what is wrong, and how to repeat it."""
    numbers = ",".join(said.partition(":")[0] for said in telling.said)
    again = f"repeat: python -m bench.soak.model --seed {telling.seed} --only {numbers}"
    return "\n".join([f"history {telling.seed} breaks", *telling.said, *telling.faults, again])


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell histories and print what was tried; 1 when one breaks."""
    options = _options(arguments)
    begun, names, broken = time.monotonic(), Counter[str](), []
    seeds = [options.seed] if options.only else range(options.seed, options.seed + options.sequences)
    with own_cluster(durable=False) as cluster, room(cluster) as here:
        for done, seed in enumerate(seeds, 1):
            numbers = options.only or range(options.length)
            telling = here.tell(seed, numbers)
            if telling.faults and not options.only:
                telling = here.shrunk(seed, numbers)
            names += telling.names
            if telling.faults or options.only:
                broken += [seed] * bool(telling.faults)
                print(told(telling), flush=True)
            if done % options.every == 0:
                print(f"{done} histories, {len(broken)} broken, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{len(seeds)} histories, {sum(names.values())} steps, {len(broken)} broken {broken}")
    print(", ".join(f"{count} {name}" for name, count in names.most_common()))
    print(f"{time.monotonic() - begun:.0f} s")
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak.model", description=__doc__)
    parser.add_argument("--sequences", type=int, default=SEQUENCES)
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--length", type=int, default=LENGTH, help="steps of a history")
    parser.add_argument("--only", type=lambda text: [int(n) for n in text.split(",")], help="steps of one history")
    parser.add_argument("--every", type=int, default=10, help="tell how far it is every so many histories")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
