"""Where a crash is tried: a cluster, a proxy before it, a nursery of loaders, and a scene for every kind of feed.

A scene is a database and a landing folder in which a delivery waits. Every point gets a copy of both, is disturbed by
its class, runs once more as the schedule would, and is judged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import pathlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import sqlalchemy as sa

from bench.soak import checking
from bench.soak.feeds import BEFORE, FEEDS, NOW, Feed, Shown, deliveries, drop
from bench.soak.nursery import Nursery, Order, Outcome
from bench.soak.proxy import Proxy
from bench.soak.world import SEED, Databases, create_world, environ, hub_at
from pipeline.services.postgres import Cluster
from sandbox.server import serve

#: How long the server may take to notice that a killed loader is gone.
NOTICE_SECONDS = 10.0
PAUSE = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Point:
    """One thing to try: a class, a kind of feed, and where; ``moment`` is before, torn or after, or a seed as text."""

    group: str
    kind: str
    at: int
    moment: str = ""

    def __str__(self) -> str:
        return f"{self.group} / {self.kind} / {self.at} {self.moment}".rstrip()


@dataclass(frozen=True)
class Trial:
    """What became of a point: what happened to the disturbed loader, and every violation found afterwards."""

    point: Point
    note: str
    faults: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Scene:
    """One kind of feed with a delivery waiting, and what an undisturbed load of it does and leaves."""

    feed: Feed
    template: str
    folder: pathlib.Path
    message_count: int = 0
    files: tuple[str, ...] = ()
    content: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Trying:
    """A copy of a scene, to be disturbed."""

    database: str
    url: str
    engine: sa.Engine
    folder: pathlib.Path
    order: Order
    """A loader that connects straight to the server."""


Disturb = Callable[["Stage", Point, Trying], tuple[str, list[str]]]
"""Disturbs a load; returns what happened, and violations it saw itself."""


class Stage:
    """Everything that the points share, for the length of a with block."""

    def __init__(
        self, cluster: Cluster, folder: pathlib.Path, *, durable: bool = False, nursery: Nursery | None = None
    ) -> None:
        self.cluster, self.folder, self._given = cluster, folder, nursery
        self.databases, self.shown = Databases(cluster, "crash", durable), Shown(SEED)
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.nursery = self._given or self._open.enter_context(Nursery())
        self.proxy = self._open.enter_context(Proxy(self.cluster.port))
        self.server = self._open.enter_context(serve(self.shown, seed=SEED))
        self._open.callback(self.databases.close)
        self._scenes: dict[str, Scene] = {}
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @functools.cached_property
    def world(self) -> str:
        """The database in which only the registers are loaded."""
        return create_world(self.databases, self.folder / "world")

    def scene(self, kind: str) -> Scene:
        """The scene of a kind, built and measured on first use."""
        if kind not in self._scenes:
            self._scenes[kind] = self._measured(self._built(FEEDS[kind]))
        return self._scenes[kind]

    def attempt(self, point: Point, disturb: Disturb, *, published: bool) -> Trial:
        """Disturb a load at one point, run once more, and judge."""
        begun, scene = time.monotonic(), self.scene(point.kind)
        with self._copy(scene) as trying:
            note, faults = disturb(self, point, trying)
            faults += self._heal(trying, scene, published=published)
        return Trial(point, note, tuple(faults), time.monotonic() - begun)

    def through_proxy(self, order: Order) -> Order:
        """The same loader, connected through the proxy."""
        return replace(order, url=order.url.replace(f":{self.cluster.port}/", f":{self.proxy.port}/"))

    def order(self, feed: Feed, url: str, folder: pathlib.Path, moment: dt.datetime) -> Order:
        """A loader of a feed at a moment of the hub's clock."""
        return Order(
            url, str(folder), moment.isoformat(), environ(self.server.url), feed.insurer_id, feed.record_type,
            str(folder / "outcome.json"),
        )  # fmt: skip

    def gone(self, database: str) -> bool:
        """Whether the server notices in time that nobody is connected any more."""
        until = time.monotonic() + NOTICE_SECONDS
        while self.databases.sessions(database):
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def _heal(self, trying: Trying, scene: Scene, *, published: bool) -> list[str]:
        """Run once more, as the schedule would: no retry, no manual step. Returns what is wrong afterwards."""
        if not self.gone(trying.database):
            return ["a session of a loader that ended is still there"]
        before = checking.receipts(trying.engine)
        later = (dt.datetime.fromisoformat(trying.order.moment) + PAUSE).isoformat()
        again = self.nursery.run(replace(trying.order, moment=later))
        faults = [] if again.how == "done" else [f"the plain run ended with {again.how}: {again.message}"]
        faults += checking.lost(before, checking.receipts(trying.engine))
        faults += self._judged(trying, scene.feed, published=published)
        found = checking.content(trying.engine)
        return faults + [f"{name} is not as after an undisturbed load" for name, d in scene.content if found[name] != d]

    def _judged(self, trying: Trying, feed: Feed, *, published: bool) -> list[str]:
        moment, variables = NOW + 2 * PAUSE, environ(self.server.url)
        hub = hub_at(moment, trying.url, trying.folder, variables, [feed.insurer_id], trying.engine)
        return checking.checked(hub, published=published)

    @contextlib.contextmanager
    def _copy(self, scene: Scene) -> Iterator[Trying]:
        database = self.databases.create(scene.template)
        folder = self.folder / database
        shutil.copytree(scene.folder, folder)
        url = self.cluster.url(database)
        engine = sa.create_engine(url, pool_pre_ping=True, poolclass=sa.NullPool)
        try:
            yield Trying(database, url, engine, folder, self.order(scene.feed, url, folder, NOW))
        finally:
            engine.dispose()
            self.databases.drop(database)
            shutil.rmtree(folder)

    def _built(self, feed: Feed) -> Scene:
        """The world with the delivery before loaded, and the one under test waiting."""
        name, folder = self.databases.create(self.world), self.folder / feed.kind
        shutil.copytree(self.folder / "world", folder)
        before, now = deliveries(feed)
        if feed.is_api:
            shown = [(BEFORE - PAUSE, row) for row in before] + [(NOW - PAUSE, row) for row in now]
            self.shown.rows[feed.insurer_id, feed.record_type] = shown
        else:
            drop(feed, folder, before, BEFORE)
        self._expect_done(self.nursery.run(self.order(feed, self.cluster.url(name), folder, BEFORE)))
        if not feed.is_api:
            drop(feed, folder, now, NOW)
        return Scene(feed, name, folder)

    def _measured(self, scene: Scene) -> Scene:
        """Load undisturbed, count messages and file operations, and keep the content."""
        with self._copy(scene) as trying:
            self.proxy.arm()
            counting = replace(self.through_proxy(trying.order), files="count")
            outcome = self.nursery.run(counting)
            self._expect_done(outcome)
            if outcome.missed or not outcome.committed:
                raise RuntimeError(f"the harness no longer sees what the loader does: {outcome}")
            measured = replace(scene, message_count=self.proxy.count, files=outcome.files)
            faults = self._heal(trying, measured, published=True)
            if faults:
                raise RuntimeError(f"an undisturbed load of {scene.feed.kind} is wrong: {faults}")
            return replace(measured, content=tuple(checking.content(trying.engine).items()))

    def _expect_done(self, outcome: Outcome) -> None:
        if outcome.how != "done":
            raise RuntimeError(f"an undisturbed load ended with {outcome.how}: {outcome.message}")
