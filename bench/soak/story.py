"""One random history of a hub: its insurers, its clock, and the steps that may come next.

Every step draws from a stream of its own, named after the history's seed and the step's number, so that a history can be
told again without some of its steps.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import pathlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from bench.soak.feeds import Shown
from bench.soak.shelf import Told, shelf
from bench.soak.world import DAWN, DIALECTS, SEED, Databases, Record, SoakHub, environ, hub_at
from pipeline import steps
from sandbox import drops
from sandbox.server import Serving, serve
from schemas.contract import load_contract
from warehouse.database.engine import connect
from warehouse.landing.receipts import Landed

API, CSV = "lichun", "tianji"
CHOSEN = (API, CSV)


@dataclass
class Story:
    """State: the clock, what was told and is still to be told, files and rows sent, and the hub's connections."""

    seed: int
    url: str
    folder: pathlib.Path
    databases: Databases
    shown: Shown
    server: Serving
    engine: sa.Engine
    moment: dt.datetime = DAWN
    shelves: dict[str, list[Told]] = field(default_factory=dict)
    told: dict[tuple[str, str, str], Record] = field(default_factory=dict)
    bad: list[tuple[str, Told]] = field(default_factory=list)
    files: list[pathlib.Path] = field(default_factory=list)
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    drawn: random.Random = field(default_factory=random.Random)

    @property
    def hub(self) -> SoakHub:
        """The hub at the present moment of the story."""
        return hub_at(self.moment, self.url, self.folder, environ(self.server.url), CHOSEN, self.engine)

    def begin(self, number: int) -> None:
        """Open the stream of a step, and let time pass."""
        self.drawn = random.Random(f"{self.seed}:{number}")
        self.moment += dt.timedelta(minutes=self.drawn.randint(30, 600))

    def stamp(self) -> dt.datetime:
        """When the source changed what it tells now."""
        return (self.moment - dt.timedelta(minutes=self.drawn.randint(1, 25))).replace(microsecond=0)

    def tell(self, insurer_id: str, record_type: str, rows: list[Record]) -> None:
        """Show rows at the insurer's interface, or leave them in its folder."""
        for row in rows:
            self.told[insurer_id, record_type, key_of(record_type, row)] = row
        if insurer_id == API:
            shown = self.shown.rows.setdefault((insurer_id, record_type), [])
            shown += [(self.moment - dt.timedelta(seconds=1), row) for row in rows]
            return
        folder = self.folder / "drop" / insurer_id
        folder.mkdir(parents=True, exist_ok=True)
        written = drops.write_file(DIALECTS[insurer_id], folder, record_type, rows, self.moment.date())
        self.files.append(renamed(written, f"-{next(self.serial)}"))

    def collect(self, insurer_id: str, record_type: str) -> list[int]:
        """Land what a feed has to tell; returns the batches."""
        hub = self.hub
        secrets = lambda: hub.settings.credentials(insurer_id)  # noqa: E731
        return steps.collect(hub, hub.definition(insurer_id), record_type, None, secrets)

    def submit(self, insurer_id: str, record_type: str, rows: list[Record], replaces: str | None = None) -> Landed:
        """Hand rows in as a file of the hub's template."""
        folder = self.folder / "handed in"
        folder.mkdir(exist_ok=True)
        written = drops.write_file("csv_utf8", folder, record_type, rows, self.moment.date())
        return steps.submit(
            self.hub, insurer_id, record_type, renamed(written, f"-{next(self.serial)}"), steps.Beside(replaces)
        )

    def load(self, batches: list[int]) -> None:
        """Load some batches in the order given."""
        for batch_id in batches:
            steps.load(self.hub, batch_id)

    def deliver(self, insurer_id: str, told: list[Told]) -> None:
        """Tell, collect and load, one record type after the other."""
        for record_type in dict.fromkeys(name for name, _ in told):
            self.tell(insurer_id, record_type, [row for name, row in told if name == record_type])
            self.load(self.collect(insurer_id, record_type))

    def some_told(self, record_type: str | None = None) -> tuple[str, str, Record] | None:
        """A record that was told and not withdrawn, with its sender and type."""
        found = [
            (insurer_id, name, row)
            for (insurer_id, name, _), row in self.told.items()
            if row["operation_code"] != "D" and record_type in (None, name)
        ]
        return self.drawn.choice(found) if found else None


def renamed(path: pathlib.Path, suffix: str) -> pathlib.Path:
    """A dropped file under a name of its own, its control file with it."""
    target = path.with_name(f"{path.stem}{suffix}{path.suffix}")
    path.with_name(f"{path.name}.control.json").rename(target.with_name(f"{target.name}.control.json"))
    return path.rename(target)


def key_of(record_type: str, row: Record) -> str:
    """The natural key of a row as one text."""
    return "|".join(str(row[name]) for name in load_contract(record_type).key)


@contextlib.contextmanager
def opened(seed: int, databases: Databases, world: str, folder: pathlib.Path) -> Iterator[Story]:
    """A story in a database and a folder of its own, cloned from the world with its registers."""
    name = databases.create(world)
    own = folder / name
    shutil.copytree(folder / "world", own)
    url, shown = databases.cluster.url(name), Shown(SEED)
    with serve(shown, seed=SEED) as server:
        story = Story(seed, url, own, databases, shown, server, connect(url))
        drawn = random.Random(f"{seed}:shelves")
        story.shelves = {insurer_id: shelf(insurer_id, drawn) for insurer_id in CHOSEN}
        try:
            yield story
        finally:
            story.engine.dispose()
            databases.drop(name)
            shutil.rmtree(own)
