"""The classes of the crash harness: which points there are, and how each disturbs a load."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from bench.soak.nursery import Order, Outcome
from bench.soak.proxy import Moment, Strike
from bench.soak.stage import Disturb, Point, Stage, Trying

MOMENTS: tuple[Moment, ...] = ("before", "torn", "after")
ROUNDS = 40
#: The server is stopped at every so-many-th message.
STOP_EVERY = 4
#: Half a message is nothing to the server: a few of them do.
TORN_EVERY = 8
LEASE_SECONDS = 0.4
TAKEOVER_SECONDS = 3.0
_LEASES = "select feed, holder, token from landing.lease"
_READY_SECONDS = 30.0


@dataclass
class Victim:
    """A loader that a strike aims at: its number is known only after its start. State: the number."""

    pid: int = 0
    known: threading.Event = field(default_factory=threading.Event)

    def name(self, pid: int) -> None:
        self.pid = pid
        self.known.set()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal as soon as the number is known."""
        if not self.known.wait(_READY_SECONDS):
            raise TimeoutError("the loader was never started")
        os.kill(self.pid, number)


def messages(stage: Stage, kind: str, seed: int) -> list[Point]:  # noqa: ARG001 - all classes are asked alike
    """Every message to PostgreSQL, killed before it leaves and after; every eighth also when half of it has left."""
    numbers = range(1, stage.scene(kind).message_count + 1)
    return [Point("message", kind, n, m) for n in numbers for m in MOMENTS if m != "torn" or n % TORN_EVERY == 0]


def kill_at_message(stage: Stage, point: Point, trying: Trying) -> tuple[str, list[str]]:
    victim = Victim()
    outcome = _struck(stage, point, trying, victim, lambda: victim.signal(signal.SIGKILL))
    return _told(outcome)


def files(stage: Stage, kind: str, seed: int) -> list[Point]:  # noqa: ARG001
    """Every file operation, killed before and after it; writes in the middle too."""
    return [
        Point("file", kind, n, moment)
        for n, name in enumerate(stage.scene(kind).files, 1)
        for moment in MOMENTS
        if moment != "torn" or name == "write"
    ]


def kill_at_file(stage: Stage, point: Point, trying: Trying) -> tuple[str, list[str]]:
    order = replace(trying.order, files=point.moment, file_at=point.at)  # type: ignore[arg-type]
    return _told(stage.nursery.run(order))


def stops(stage: Stage, kind: str, seed: int) -> list[Point]:
    """Every fourth message, the server stopped at once and started again, before and after it in turn."""
    count = stage.scene(kind).message_count
    chosen = range(1 + seed % STOP_EVERY, count + 1, STOP_EVERY)
    return [Point("server stopped", kind, n, MOMENTS[2 * (i % 2)]) for i, n in enumerate(chosen)]


def stop_server(stage: Stage, point: Point, trying: Trying) -> tuple[str, list[str]]:
    def act() -> None:
        stage.cluster.stop("immediate")
        stage.cluster.start(shared_buffers="128MB", autovacuum="off")

    outcome = _struck(stage, point, trying, Victim(), act)
    # Who finds no server at its very first call says so in one line, and leaves it to a person or the next night.
    return (outcome.how, []) if outcome.how == "SetupError" and "PostgreSQL at" in outcome.message else _told(outcome)


def pairs(stage: Stage, kind: str, seed: int) -> list[Point]:  # noqa: ARG001
    """Two loaders of one feed, the second after a random delay."""
    return [Point("two loaders", kind, n, str(seed)) for n in range(1, ROUNDS + 1)]


def load_twice(stage: Stage, point: Point, trying: Trying) -> tuple[str, list[str]]:
    drawn = random.Random(f"{point}")
    delay = drawn.choice([0.0, drawn.uniform(0, 0.05), drawn.uniform(0, 0.8)])
    second = replace(trying.order, outcome=f"{trying.order.outcome}.2", delay_seconds=delay)
    pids = [stage.nursery.start(order) for order in (trying.order, second)]
    outcomes = [stage.nursery.outcome(order, pid) for order, pid in zip((trying.order, second), pids, strict=True)]
    told = [_told(outcome) for outcome in outcomes]
    return " and ".join(sorted(note for note, _ in told)), [*_twice(outcomes), *told[0][1], *told[1][1]]


def sleeps(stage: Stage, kind: str, seed: int) -> list[Point]:
    """A loader paused at a random message until another one may have taken its lease."""
    drawn, count = random.Random(seed), stage.scene(kind).message_count
    chosen = sorted(drawn.sample(range(1, count + 1), min(ROUNDS, count)))
    return [Point("sleeper", kind, n, "after") for n in chosen]


def send_to_sleep(stage: Stage, point: Point, trying: Trying) -> tuple[str, list[str]]:
    victim = Victim()
    stage.proxy.arm(Strike(point.at, "after", lambda: victim.signal(signal.SIGSTOP), cuts=False))
    sleeper = replace(stage.through_proxy(trying.order), lease_seconds=LEASE_SECONDS)
    victim.name(stage.nursery.start(sleeper))
    stage.proxy.struck.wait(_READY_SECONDS)
    leases = _leases_of(trying, victim.pid)
    time.sleep(LEASE_SECONDS + 0.1)
    other = replace(trying.order, lease_seconds=LEASE_SECONDS, outcome=f"{trying.order.outcome}.2")
    pid = stage.nursery.start(other)
    is_taken = _await_takeover(trying, pid) and bool(leases)
    os.kill(victim.pid, signal.SIGCONT)
    outcomes = [stage.nursery.outcome(sleeper, victim.pid), stage.nursery.outcome(other, pid)]
    faults = [fault for outcome in outcomes for fault in _told(outcome)[1]] + _twice(outcomes)
    if is_taken and outcomes[0].committed:
        faults.append(f"the sleeper committed {outcomes[0].committed} after its lease was taken over")
    note = "taken over while it slept" if is_taken else "kept its lease" if leases else "slept without a lease"
    return f"{note}, {'committed' if outcomes[0].committed else 'did not commit'}", faults


def _struck(stage: Stage, point: Point, trying: Trying, victim: Victim, act: Callable[[], None]) -> Outcome:
    stage.proxy.arm(Strike(point.at, point.moment, act))  # type: ignore[arg-type]
    order: Order = stage.through_proxy(trying.order)
    victim.name(stage.nursery.start(order))
    outcome = stage.nursery.outcome(order, victim.pid)
    stage.proxy.arm()  # a loader says goodbye and waits for nobody: what it struck thereby is over now, or does not come
    return outcome


def _told(outcome: Outcome) -> tuple[str, list[str]]:
    """How a disturbed loader ended; anything but killed, done or a fault that may be tried again is a violation."""
    if outcome.how in {"killed", "done"} or outcome.is_retryable:
        return outcome.how, []
    return outcome.how, [f"the loader ended with {outcome.how}: {outcome.message}"]


def _twice(outcomes: list[Outcome]) -> list[str]:
    both = set(outcomes[0].committed) & set(outcomes[1].committed)
    return [f"batches {sorted(both)} were loaded twice"] if both else []


def _leases_of(trying: Trying, pid: int) -> list[str]:
    with trying.engine.connect() as connection:
        return [feed for feed, holder, _ in connection.execute(sa.text(_LEASES)) if holder.endswith(f":{pid}")]


def _await_takeover(trying: Trying, pid: int) -> bool:
    """Whether the other loader holds a lease before it could be woken by the sleeper."""
    until = time.monotonic() + TAKEOVER_SECONDS
    while time.monotonic() < until:
        if _leases_of(trying, pid):
            return True
        time.sleep(0.02)
    return False


Enumerate = Callable[[Stage, str, int], list[Point]]
CLASSES: dict[str, tuple[Enumerate, Disturb]] = {
    "message": (messages, kill_at_message),
    "file": (files, kill_at_file),
    "server stopped": (stops, stop_server),
    "two loaders": (pairs, load_twice),
    "sleeper": (sleeps, send_to_sleep),
}
