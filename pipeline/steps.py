"""The steps of the hub: collect bytes into landing, load a batch, publish. Each is idempotent: done twice it comes to the same.

Composition happens here and only here: connectors, quality and warehouse do not know each other. What is handed from
step to step is a batch id, never data.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import pathlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa

from connectors.drop import Drop
from connectors.fetch import effective_window
from connectors.model import InsurerDefinition
from pipeline import logs
from pipeline.collecting.answers import Answers
from pipeline.collecting.declaring import with_control_sheet
from pipeline.collecting.files import Beside, dropped, handed_in, judged_by, land_drop, land_drops, submit
from pipeline.expecting import expected_feeds, keep_register
from pipeline.freezing import delivered_since, versions_in_force
from pipeline.hub import Hub, open_hub
from pipeline.judging import ledger, stuck
from pipeline.judging.judge import PATIENCE_SECONDS, LoadMode, judge, judgement_today, retry_while_busy
from pipeline.judging.replay import catch_up, replay, replay_due
from pipeline.judging.trial import judge_for_trial
from pipeline.lineage.telling import run_of
from quality.messages import refusals
from schemas.contract import load_contract
from schemas.delivery import Credentials, Delivery, Replacement, Window
from schemas.errors import DefinitionError, HubError, ProgramFault, RetryLater, SetupError, TellInsurer, WarehouseBusy
from schemas.findings import Finding
from schemas.time_zone import SHANGHAI
from warehouse.database import server_log
from warehouse.database.engine import database_errors
from warehouse.indicators.publication import Publication
from warehouse.landing import batches, feeds, receipts
from warehouse.landing.load_report import LoadReport
from warehouse.loading import snapshot_deletes
from warehouse.loading.load import AlreadyLoaded
from warehouse.publishing import months
from warehouse.publishing.publish import publish as publish_figures

__all__ = [
    "Beside",
    "check",
    "collect",
    "collect_and_load",
    "intake",
    "load",
    "load_when_free",
    "month_ends",
    "open_hub",
    "publish",
    "ship_audit",
    "submit",
    "sync_family",
    "sync_insurer",
]

logger = logging.getLogger(__name__)

#: Systems differ in which end of a window they include: a window in the past begins a little earlier.
OVERLAP = dt.timedelta(minutes=1)
Found = TypeVar("Found")
GetCredentials = Callable[[], Credentials]


@dataclass(frozen=True)
class Checked(Generic[Found]):
    """What would become of a file: its report and what was read of its verdict; or why no row of it is looked at."""

    report: LoadReport | None
    found: Found | None
    refused: tuple[Finding, ...] = ()


def sync_family(
    hub: Hub,
    insurer_id: str,
    family: str,
    until: dt.datetime | None,
    credentials: GetCredentials,
    *,
    since: dt.datetime | None = None,
) -> list[int]:
    """Collect and load the record types of one family, parents first; returns the batch ids. ``since`` as ``collect``.

    What a try that was cut off had landed is loaded first: its interval is not asked for again.
    """
    definition = hub.definition(insurer_id)
    record_types = [name for name in definition.records if load_contract(name).family == family]
    left_over = receipts.left_over(hub.engine, insurer_id, record_types)
    for batch_id in left_over:
        load_when_free(hub, batch_id)
    return [*left_over, *collect_and_load(hub, definition, record_types, until, credentials, since=since)]


def collect_and_load(
    hub: Hub,
    definition: InsurerDefinition,
    record_types: Iterable[str],
    until: dt.datetime | None,
    credentials: GetCredentials,
    *,
    since: dt.datetime | None = None,
) -> list[int]:
    """Collect and load some record types of one insurer in the order given; returns the batch ids."""
    batch_ids: list[int] = []
    answers = Answers(definition)
    for record_type in record_types:
        for batch_id in collect(hub, definition, record_type, until, credentials, since=since, answers=answers):
            load_when_free(hub, batch_id)
            batch_ids.append(batch_id)
    return batch_ids


def sync_insurer(hub: Hub, insurer_id: str, until: dt.datetime | None = None) -> list[LoadReport]:
    """Collect and load every record type of one sender, the regulator included, with credentials from the environment."""
    definition = hub.definition(insurer_id)
    reports, answers = [], Answers(definition)
    for record_type in definition.records:
        own = functools.partial(hub.settings.credentials, insurer_id)
        batch_ids = collect(hub, definition, record_type, until, own, answers=answers)
        reports += [load(hub, batch_id) for batch_id in batch_ids]
    return reports


def collect(
    hub: Hub,
    definition: InsurerDefinition,
    record_type: str,
    until: dt.datetime | None,
    credentials: GetCredentials,
    *,
    since: dt.datetime | None = None,
    answers: Answers | None = None,
) -> list[int]:
    """Bring one feed's new bytes into landing and return the new batch ids; nothing is looked inside.

    ``until`` is the end of the data interval; the hub's clock bounds it. With ``since`` exactly this interval is
    collected again and the cursor stays where it is, so that no order of such runs moves it back or leaves a gap;
    without, everything since the cursor. Dropped files are landed whenever they are found, whatever the interval.
    ``answers`` are those of this run, which records inside others are read from.
    Raises RetryLater, StopFeed, SetupError (a clock that cannot be believed, too).
    """
    if record_type not in definition.records:
        raise DefinitionError(
            f"{definition.insurer_id}.yml", "records", f"{record_type} is not delivered by this insurer"
        )
    with logs.about(insurer_id=definition.insurer_id, record_type=record_type):
        hub.sure_now()
        if definition.channel == "drop":
            drops = [each for each in dropped(hub, definition) if _is_of(each, record_type, definition)]
            return [batch for each in drops for batch in land_drop(hub, definition, each)]
        is_snapshot = definition.records[record_type].replaces == "all"
        window = Window(None, hub.now()) if is_snapshot else _window(hub, definition, record_type, since, until)
        answered = (answers or Answers(definition)).of(record_type, window, credentials)
        window, fetched = answered.window, answered.fetched
        delivery = Delivery(
            insurer_id=definition.insurer_id,
            record_type=record_type,
            channel="api",
            received_at=hub.now(),
            payloads=fetched.payloads,
            window=window,
            control=fetched.control,
            cursor=window.until if since is None else None,
            **judged_by(hub, definition),
            replaces=Replacement() if is_snapshot else None,
        )
        return [receipts.land(hub.engine, hub.store, delivery).batch_id]


def check(
    hub: Hub,
    insurer_id: str,
    record_type: str,
    path: pathlib.Path,
    beside: Beside,
    reading: Callable[[sa.Connection, int], Found],
) -> Checked[Found]:
    """Judge a file as if it were submitted now; nothing of it stays. Raises as ``submit`` and ``load`` do."""
    delivery = handed_in(hub, insurer_id, record_type, path, beside)
    try:
        told = with_control_sheet(delivery)
    except TellInsurer as refusal:
        return Checked(None, None, tuple(refusals(hub.rules.words, refusal)))
    return Checked(*judge_for_trial(hub, told, path, reading))


def load(hub: Hub, batch_id: int) -> LoadReport:
    """Judge and merge one landed batch in one transaction; a batch that is loaded already answers with its report.

    Where deliveries replace, later ones that were loaded before it are replayed after it: the order received decides.
    Batches with children of what it brought are replayed too; what of that fails is told by the next intake.
    A batch that cannot be judged is marked as stuck, with the reason; the next look tries it again.
    Raises WarehouseBusy when another loader holds the feed, OtherRelease when this program is not the one that loads,
    LandingDamaged, DefinitionError, SchemaDrift, SetupError.
    """
    batch = receipts.read_batch(hub.engine, batch_id)
    if batch.state not in ("received", "stuck"):
        return batches.report(hub.engine, batch_id)
    hub.require_release()
    with logs.about(batch_id=batch_id, insurer_id=batch.insurer_id, record_type=batch.record_type):
        try:
            report = _judged(hub, batch)
        except AlreadyLoaded:
            return batches.report(hub.engine, batch_id)  # another loader was faster than our look at the state
    replay(hub, snapshot_deletes.out_of_order(hub.engine, batch.insurer_id, batch.record_type))
    replay_due(hub, batch.insurer_id)
    return report


def _judged(hub: Hub, batch: receipts.Batch) -> LoadReport:
    """Judge and merge a batch, and say what came of it: a fault marks it as stuck, lineage is told when all is committed."""
    mode, run = LoadMode(hub.sure_now()), run_of(hub, batch.batch_id)
    try:
        judgement = judgement_today(hub, batch.insurer_id)
        report = judge(hub.engine, hub.store, batch, judgement, mode)
    except (AlreadyLoaded, RetryLater):
        raise
    except HubError as fault:
        stuck.mark(hub.engine, batch.batch_id, fault)
        run.failed(fault)
        raise
    except Exception as error:  # whatever a batch brings about, it stands in nobody's way
        logger.exception("batch %s", batch.batch_id)
        unexpected = ProgramFault(f"{type(error).__name__} while batch {batch.batch_id} was judged")
        stuck.mark(hub.engine, batch.batch_id, unexpected)
        run.failed(unexpected)
        raise unexpected from error
    run.completed(judgement.versions)
    return report


def load_when_free(hub: Hub, batch_id: int, seconds: float = PATIENCE_SECONDS) -> LoadReport:
    """Load as ``load`` does, but wait while another loader (a backfill's part, the intake) has the feed.

    Raises as ``load`` does; WarehouseBusy when the feed is still taken after some seconds.
    """
    return retry_while_busy(lambda: load(hub, batch_id), seconds)


def intake(hub: Hub) -> list[int]:
    """Land what was dropped by insurers without an interface, then load every batch that waits; returns their ids.

    A batch that cannot be loaded, or a drop folder that is not mounted, does not stop the others; the first such fault is raised at the end. A batch that is
    stuck for the reason that was told before is tried again in silence: status and its receipt name it.
    """
    hub.sure_now()
    hub.require_release()
    keep_register(hub)
    faults: list[HubError] = []
    try:
        land_drops(hub)
    except SetupError as fault:  # a share that is not mounted stops none of those who hand in otherwise
        faults.append(fault)
    for insurer_id, error in hub.broken.items():
        logger.error("%s 的定义有误,其投递未收取 has a broken definition, its drops wait: %s", insurer_id, error)
    known, waiting = stuck.told(hub.engine), receipts.pending(hub.engine)
    for batch_id in waiting:
        try:
            load(hub, batch_id)
        except WarehouseBusy:
            continue  # another loader has the feed, and will load this batch or leave it for the next look
        except HubError as fault:
            if known.get(batch_id) != stuck.reason_of(fault):
                faults.append(fault)
    faults += catch_up(hub)
    ledger.try_to_keep_head(hub)
    if faults:
        raise faults[0]
    return waiting


def publish(hub: Hub, until: dt.datetime | None = None) -> Publication:
    """Compute all indicators as of the Shanghai day before ``until``, from what is known now; keep the ledger's head."""
    now = hub.sure_now()
    as_of = min(until or now, now).astimezone(SHANGHAI).date() - dt.timedelta(days=1)
    keep_register(hub)
    expected, since, versions = expected_feeds(hub, as_of), delivered_since(as_of), versions_in_force(hub)
    with database_errors("publishing"), hub.engine.begin() as connection:
        publication = publish_figures(
            connection, as_of, now, now, expected=expected, delivered_since=since, versions=versions, beside=hub.engine
        )
    ledger.try_to_keep_head(hub)
    return publication


def month_ends(hub: Hub, seconds: float = months.REFRESH_SECONDS) -> list[dt.date]:
    """Compute the month-end figures that are missing or may have moved; first days of the months computed."""
    return months.fill(hub.engine, hub.sure_now(), seconds=seconds)


def ship_audit(hub: Hub) -> server_log.Shipped:
    """Move what readers asked with psql and BI tools from the server's log into the audit, each line once.

    Raises SetupError where the server logs in another time zone than UTC, and WarehouseBusy.
    """
    return server_log.ship(hub.engine)


def _window(
    hub: Hub, definition: InsurerDefinition, record_type: str, since: dt.datetime | None, until: dt.datetime | None
) -> Window:
    """What to ask for: the interval itself when its start is given, else everything since the feed's cursor."""
    now = hub.now()
    end = min(until or now, now)
    if since is not None:
        return Window(min(since, end) - OVERLAP, end)
    cursor = feeds.cursor(hub.engine, definition.insurer_id, record_type)
    return effective_window(definition, min(cursor, end) if cursor else None, end)


def _is_of(drop: Drop, record_type: str, definition: InsurerDefinition) -> bool:
    """Whether a drop is to be landed with one feed; refused ones go with the sender's first."""
    if drop.refusal is not None:
        return record_type == next(iter(definition.records))
    return drop.record_type == record_type
