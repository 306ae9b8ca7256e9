"""Restore: the database is lost with its disks; backup, archived log and landing store bring back what was acknowledged.

``python -m drills.restore`` runs a PostgreSQL of Debian's packages that archives to an encrypted pgBackRest repository, as
``deploy/pgbackrest`` sets it up. It collects two nights, takes a full and a diff backup, lets a clerk hand in files, and

- restores a moment in between into a second server: its digest must be that of the moment;
- kills the primary and destroys its data with receipts that no archived log holds, restores the end of the log into a third
  server, reconciles with the landing store, loads, and rebuilds: no receipt may be lost, changed, or given a number twice, and
  what is known must be what was known.

It prints sizes, times, and what would have been lost, and ends with 1 when a promise is broken. ``--without-manifests``
destroys the landing store's manifests, too: the drill must fail then. ``--few``: two insurers only; ``--scale``: the province's size.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import pathlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from bench.soak import checking
from drills import backups
from drills.backups import Repository
from drills.failover import kill
from drills.living import CLERK, DATABASE, FEW, World, everybody, living, make_hub
from drills.servers import ask, wait_for
from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging.rebuild import rebuild
from pipeline.judging.verifying import verify
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster, free_port
from schemas.errors import SetupError
from warehouse.database.engine import connect
from warehouse.history.digests import digest_of, digests
from warehouse.landing.backups import keep, last
from warehouse.landing.reconciling import reconcile

MORNING = NIGHT + dt.timedelta(hours=8)
#: Files that the clerk hands in before the moment, between it and the last archived log, and after that.
BEFORE, BETWEEN, AFTER = 3, 3, 6
LONGEST_RECOVERY_SECONDS = 3600.0
ROWS = sa.text(
    "select coalesce(sum(received_count), 0) from landing.load where kind = 'first' and batch_id <> all(:apart)"
)


@dataclass
class Told:
    """State: what is printed in the end, and the promises that were broken."""

    lines: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def promise(self, what: str, *, is_kept: bool) -> None:
        """Print a promise, and remember whether it was broken."""
        self.lines[what] = "yes" if is_kept else "NO"
        if not is_kept:
            self.broken.append(what)


@dataclass(frozen=True)
class Known:
    """What the hub had said before the worst day: its receipts, what it knew, the rows that it had loaded; and when."""

    receipts: list[checking.Receipt]
    content: dict[str, str]
    row_count: int
    at: float


def main() -> int:
    """Run the drill; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m drills.restore", description=__doc__)
    parser.add_argument(
        "--programs", type=pathlib.Path, help="folder of PostgreSQL's binaries; default: Debian's newest"
    )
    parser.add_argument("--scale", type=float, default=0.01, help="size of the province: 1 = 56,000 enterprises")
    parser.add_argument("--few", action="store_true", help="two insurers and the registers only")
    parser.add_argument(
        "--without-manifests", action="store_true", help="break the promise: the store has no manifests"
    )
    chosen = parser.parse_args()
    programs = chosen.programs or backups.programs()
    if programs is None:
        sys.stderr.write(f"{backups.LACKING}\n")
        return 2
    logging.disable(logging.ERROR)
    senders = FEW if chosen.few else everybody()
    try:
        with tempfile.TemporaryDirectory(prefix="anze-drill-") as text, living(text, chosen.scale, senders) as world:
            told = drill(world, programs, has_manifests=not chosen.without_manifests)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for name, value in told.lines.items():
        sys.stdout.write(f"{name}: {value}\n")
    return 1 if told.broken else 0


def drill(world: World, programs: pathlib.Path, *, has_manifests: bool) -> Told:
    """Back up, restore a moment, lose everything, restore the end, and count."""
    told, files, repository = Told(), world.files(), Repository(world.folder / "repository")
    one, two, three = (Cluster(world.folder / name, free_port(), programs) for name in ("one", "two", "three"))
    one.folder.mkdir()
    try:
        known = _live(told, world, files, repository, one, two)
        kill(one)
        shutil.rmtree(one.pgdata)
        if not has_manifests:
            shutil.rmtree(world.folder / "var" / "landing" / "receipts")
        _come_back(told, world, files, repository, (one, three), known)
    finally:
        for server in (one, two, three):
            server.stop("immediate")
    return told


def _live(
    told: Told, world: World, files: Iterator[pathlib.Path], repository: Repository, one: Cluster, two: Cluster
) -> Known:
    """Two nights with their backups, and a day of the clerk's; what the hub had said at its end."""
    _start(one, repository)
    repository.run(one, "stanza-create")
    make_hub(one)
    world.night(one, None, FIRST_NIGHT)
    told.lines["full backup"] = _backed_up(repository, one, "full")
    world.night(one, FIRST_NIGHT, NIGHT)
    told.lines["diff backup"] = _backed_up(repository, one, "diff")
    told.promise("the hub knows both backups", is_kept=_noted(world, repository, one) == ["full", "diff"])

    _hand_in(world, one, files, BEFORE)
    moment, digest = str(ask(one, "select clock_timestamp()")), _digest(one)
    _hand_in(world, one, files, BETWEEN)
    _archive(one)
    _restore_moment(told, repository, one, two, moment, digest)
    _hand_in(world, one, files, AFTER, kept_back=AFTER // 2)
    engine = connect(one.url(DATABASE))
    known = Known(checking.receipts(engine), checking.content(engine), _row_count(engine), time.time())
    engine.dispose()
    return known


def _restore_moment(told: Told, repository: Repository, one: Cluster, two: Cluster, moment: str, digest: str) -> None:
    """Restore what stood at a moment beside the primary that goes on."""
    begun = time.monotonic()
    repository.restore(two, one, "--type=time", f"--target={moment}", "--target-action=promote")
    two.start(**{**repository.settings(two), "archive_mode": "off"})
    wait_for(two, "select not pg_is_in_recovery()", LONGEST_RECOVERY_SECONDS)
    told.lines["a moment restored in"] = _since(begun)
    told.promise("its digest is the moment's", is_kept=_digest(two) == digest)
    two.stop("immediate")


def _come_back(
    told: Told, world: World, files: Iterator[pathlib.Path], repository: Repository,
    servers: tuple[Cluster, Cluster], known: Known,
) -> None:  # fmt: skip
    """Restore the end of the archived log, reconcile, receive, load, verify and rebuild."""
    lost, new = servers
    begun = time.monotonic()
    repository.restore(new, lost)
    told.lines["restored in"] = _since(begun)
    _start(new, repository)
    wait_for(new, "select not pg_is_in_recovery()", LONGEST_RECOVERY_SECONDS)
    told.lines["restored and recovered in"] = _since(begun)
    replayed_at = float(str(ask(new, "select extract(epoch from pg_last_xact_replay_timestamp())")))
    hub = steps.open_hub(world.settings(new, MORNING + dt.timedelta(hours=1)))
    gone = checking.lost(known.receipts, checking.receipts(hub.engine))
    rows = known.row_count - _row_count(hub.engine)
    told.lines["RPO of the database alone"] = f"{len(gone)} receipts, {rows} rows, {known.at - replayed_at:.1f} s"
    found = reconcile(hub.engine, hub.store)
    told.lines["landed again from manifests"] = len(found.landed)
    receipt = steps.submit(hub, CLERK, "policy", next(files)).batch_id
    told.lines["RTO, first new receipt after"] = _since(begun)
    for batch_id in (each.batch_id for each in known.receipts if each.state != "received"):
        if batch_id in found.landed:
            steps.load(hub, batch_id)
    told.promise("what is known is what was known", is_kept=checking.content(hub.engine) == known.content)
    steps.intake(hub)
    told.lines["RTO, everything loaded after"] = _since(begun)
    _judge(told, hub, known, receipt)
    told.lines["RTO, verified and rebuilt after"] = _since(begun)
    hub.engine.dispose()


def _judge(told: Told, hub: Hub, known: Known, receipt: int) -> None:
    """What became of every receipt, and whether the restored hub holds what its bytes say."""
    gone = checking.lost(known.receipts, checking.receipts(hub.engine))
    waited = [each.batch_id for each in known.receipts if each.state == "received"]
    rows = known.row_count - _row_count(hub.engine, receipt, *waited)
    told.lines["RPO after reconciling"] = f"{len(gone)} receipts, {rows} rows"
    told.promise("every receipt is back with number, moment and verdict", is_kept=not gone)
    numbers = {each.batch_id for each in known.receipts}
    told.promise("no number was given twice", is_kept=receipt not in numbers)
    steps.publish(hub)
    told.promise("verification finds nothing", is_kept=verify(hub).is_good)
    rebuilt = rebuild(hub)
    told.lines["loads rebuilt"] = f"{rebuilt.loads} loads, {rebuilt.rows} rows in {rebuilt.seconds:.1f} s"
    told.promise("the rebuild's digest is equal", is_kept=rebuilt.is_equal)


def _start(server: Cluster, repository: Repository) -> None:
    repository.configure(server)
    server.start(**repository.settings(server))


def _backed_up(repository: Repository, server: Cluster, kind: str) -> str:
    begun = time.monotonic()
    repository.run(server, "backup", f"--type={kind}")
    made = repository.listed(server)[-1]
    return f"{_since(begun)}, {made.database_bytes / 1e6:.1f} MB -> {made.repository_bytes / 1e6:.1f} MB"


def _noted(world: World, repository: Repository, server: Cluster) -> list[str]:
    """Tell the hub of the backups, as ``anze backup note`` does; their kinds."""
    hub, listed = steps.open_hub(world.settings(server, MORNING)), repository.listed(server)
    is_new = keep(hub.engine, listed) == len(listed) and last(hub.engine) == listed[-1]
    hub.engine.dispose()
    return [each.kind for each in listed] if is_new else []


def _hand_in(world: World, server: Cluster, files: Iterator[pathlib.Path], count: int, *, kept_back: int = 0) -> None:
    """Hand in some files of the clerk and load them, but for the last ones."""
    hub = steps.open_hub(world.settings(server, MORNING))
    batch_ids = [steps.submit(hub, CLERK, "policy", next(files)).batch_id for _ in range(count)]
    for batch_id in batch_ids[: count - kept_back]:
        steps.load(hub, batch_id)
    hub.engine.dispose()


def _archive(server: Cluster) -> None:
    """End a file of the log, and wait until the repository has it."""
    ended = ask(server, "select pg_walfile_name(pg_switch_wal())")
    wait_for(server, f"select last_archived_wal >= '{ended}' from pg_stat_archiver")  # noqa: S608 - the server's own name


def _digest(server: Cluster) -> str:
    engine = connect(server.url(DATABASE))
    try:
        with engine.connect() as connection:
            return digest_of(digests(connection))
    finally:
        engine.dispose()


def _row_count(engine: sa.Engine, *apart_from: int) -> int:
    """Rows of every receipt that was loaded, but for some."""
    with engine.connect() as connection:
        return int(connection.execute(ROWS, {"apart": list(apart_from)}).scalar_one())


def _since(begun: float) -> str:
    return f"{time.monotonic() - begun:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
