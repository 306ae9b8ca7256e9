"""How the hub stands, as numbers for who watches it: OpenMetrics, scraped by Prometheus from the portal's ``/metrics``.

Names, their meaning and their alerts: ``docs/watching.md``. Ages are counted by the hub's clock.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from pipeline.expecting import expected_feeds
from pipeline.hub import Hub
from schemas.errors import HubError
from schemas.time_zone import SHANGHAI
from warehouse.alerts import outbox
from warehouse.database.engine import connect, database_errors
from warehouse.database.schema_version import newest
from warehouse.database.session import Lag, lag
from warehouse.landing import backups, feeds, manifests, verifications
from warehouse.landing.feeds import SenderState
from warehouse.publishing.publish import latest_publication

__all__ = ["CONTENT_TYPE", "metrics"]


def metrics(hub: Hub) -> bytes:
    """Look at everything now. Raises WarehouseUnreachable: a hub without its database has no numbers, it is down."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Look(hub, hub.now()))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text


@dataclass(frozen=True, eq=False)
class _Look(Collector):
    """One look at a hub: its metrics, in the order in which the page tells them."""

    hub: Hub
    now: dt.datetime

    def collect(self) -> Iterator[Metric]:
        """Ask the database, the landing store and, where there is one, the standby."""
        yield _gauge("anze_schema", "Version of the tables", [({"version": newest()}, 1)])
        yield from self._feeds()
        yield from self._figures()
        yield from self._messages()
        yield _gauge("anze_landing_up", "Whether the landing store can be read", [({}, self._reads_landing())])
        yield from self._standby()
        yield from self._backups()
        if last := verifications.last(self.hub.engine):
            yield _gauge(
                "anze_verification_age_seconds", "Since `anze verify` ran", [({}, self._age(last.verified_at))]
            )
            yield _gauge("anze_verification_findings", "What it found", [({}, last.finding_count)])

    def _feeds(self) -> Iterator[Metric]:
        today = self.now.astimezone(SHANGHAI).date()
        expected = expected_feeds(self.hub, today)
        received = {(f.insurer_id, f.record_type): f.last_received_at for f in feeds.states(self.hub.engine)}
        ages = [({"insurer": i, "record_type": r}, self._age(received.get((i, r)))) for i, r in expected]
        yield _gauge("anze_feed_age_seconds", "Since an expected feed's last delivery; +Inf = never", ages)
        senders = feeds.senders(self.hub.engine, expected, self.now)
        oldest = [s.oldest_waiting_at for s in senders if s.oldest_waiting_at is not None]
        age = self._age(min(oldest)) if oldest else 0.0
        yield _gauge("anze_batch_waiting_age_seconds", "Of the oldest received batch that is not loaded", [({}, age)])
        yield _by_insurer("anze_batches_waiting", "Received, not loaded", senders, "waiting_count")
        yield _by_insurer("anze_batches_stuck", "Cannot be judged as things are", senders, "stuck_count")
        yield _by_insurer("anze_batches_awaiting", "Wait for a person's decision", senders, "awaiting_count")
        yield _by_insurer("anze_rows_held", "Held in quarantine, not resolved", senders, "held_count")
        yield _gauge("anze_definitions_broken", "Mistakes in files", [({}, len(self.hub.mistakes))])

    def _figures(self) -> Iterator[Metric]:
        with database_errors("reading the newest publication"), self.hub.engine.connect() as connection:
            found = latest_publication(connection)
        age = math.inf if found is None else self._age(found.published_at)
        yield _gauge("anze_publication_age_seconds", "Since figures were published; +Inf = never", [({}, age)])
        if found is not None:
            lacking = len(found.missing_indicators)
            yield _gauge("anze_publication_indicators_missing", "Of the newest publication", [({}, lacking)])
            missing = len(found.missing_feeds)
            yield _gauge("anze_publication_feeds_missing", "Why its figures are provisional", [({}, missing)])

    def _messages(self) -> Iterator[Metric]:
        with database_errors("reading the outbox"), self.hub.engine.connect() as connection:
            found = outbox.standing(connection)
        waiting = [({"receiver": each.receiver}, each.waiting_count) for each in found]
        yield _gauge("anze_messages_waiting", "Alerts in the outbox", waiting)
        given_up = [({"receiver": each.receiver}, each.given_up_count) for each in found]
        yield _gauge("anze_messages_given_up", "Alerts that could not be sent", given_up)

    def _standby(self) -> Iterator[Metric]:
        url = self.hub.settings.read_database_url
        if url is None:
            return
        try:
            engine = connect(url)
            try:
                behind = lag(engine)
            finally:
                engine.dispose()
        except HubError:
            behind = Lag(None, None)
        seconds = 0.0 if behind is None else math.nan if behind.seconds is None else behind.seconds
        yield _gauge(
            "anze_standby_lag_seconds", "At most so far is the standby behind; NaN = not known", [({}, seconds)]
        )

    def _backups(self) -> Iterator[Metric]:
        """Backups and archived log are of real time, whatever the sandbox's clock shows."""
        if backup := backups.last(self.hub.engine):
            age = (self.hub.settings.machine_now() - backup.stopped_at).total_seconds()
            yield _gauge("anze_backup_age_seconds", "Since the newest backup that was told", [({}, age)])
        if archiving := backups.archiving(self.hub.engine):
            age = archiving.age_seconds
            yield _gauge("anze_wal_archived_age_seconds", "Since the server archived log", [({}, age)])
            failing = int(archiving.is_failing)
            yield _gauge("anze_wal_archive_failing", "Whether the last attempt failed", [({}, failing)])

    def _reads_landing(self) -> int:
        try:
            next(manifests.numbers(self.hub.store), None)
        except HubError:
            return 0
        return 1

    def _age(self, moment: dt.datetime | None) -> float:
        return math.inf if moment is None else (self.now - moment).total_seconds()


def _by_insurer(name: str, told: str, senders: list[SenderState], counted: str) -> Metric:
    return _gauge(name, told, [({"insurer": each.insurer_id}, getattr(each, counted)) for each in senders])


def _gauge(name: str, told: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> Metric:
    """One metric; every sample has the same labels."""
    names = list(samples[0][0]) if samples else []
    family = GaugeMetricFamily(name, told, labels=names)
    for labels, value in samples:
        family.add_metric([labels[each] for each in names], value)
    return family
