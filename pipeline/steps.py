"""The two verbs and what follows: collect bytes into landing, load a batch, publish.

Composition happens here and only here: connectors, quality and warehouse do not know each other. What is handed from
step to step is a batch id, never data.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import pathlib
import socket
from collections.abc import Callable, Iterable, Iterator

from connectors import mapping, parse
from connectors.drop import Drop, find_drops
from connectors.fetch import effective_window, fetch
from connectors.model import InsurerDefinition
from connectors.template import reading
from pipeline.hub import Hub, open_hub
from pipeline.settings import SHANGHAI
from quality.check import check
from quality.messages import render
from quality.working_days import load_calendar
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.delivery import Credentials, Delivery, PayloadFile
from schemas.errors import DefinitionError, FileChanging, HubError, TellInsurer, WarehouseBusy
from schemas.findings import Finding
from warehouse import feeds, landing
from warehouse.engine import translated
from warehouse.load import Loading, LoadReport, Versions
from warehouse.publish import Publication
from warehouse.publish import publish as publish_figures

__all__ = [
    "collect",
    "intake",
    "load",
    "open_hub",
    "publish",
    "submit",
    "sync_family",
    "sync_insurer",
]

logger = logging.getLogger(__name__)

GetCredentials = Callable[[], Credentials]
MEDIA_TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def sync_family(
    hub: Hub, insurer_id: str, family: str, until: dt.datetime | None, credentials: GetCredentials
) -> list[int]:
    """Collect and load the record types of one family, parents first; returns the batch ids."""
    definition = hub.definition(insurer_id)
    batches: list[int] = []
    for record_type in definition.records:
        if load_contract(record_type).family == family:
            for batch_id in collect(hub, definition, record_type, until, credentials):
                load(hub, batch_id)
                batches.append(batch_id)
    return batches


def sync_insurer(hub: Hub, insurer_id: str, until: dt.datetime | None = None) -> list[LoadReport]:
    """Collect and load every record type of one sender, the regulator included, with credentials from the environment."""
    definition = hub.definition(insurer_id)
    reports = []
    for record_type in definition.records:
        batches = collect(hub, definition, record_type, until, lambda: hub.settings.credentials(insurer_id))
        reports += [load(hub, batch_id) for batch_id in batches]
    return reports


def collect(
    hub: Hub,
    definition: InsurerDefinition,
    record_type: str,
    until: dt.datetime | None,
    credentials: GetCredentials,
) -> list[int]:
    """Bring one feed's new bytes into landing and return the new batch ids; nothing is looked inside.

    ``until`` is the end of the data interval; the hub's clock bounds it. Raises RetryLater, StopFeed.
    """
    if record_type not in definition.records:
        raise DefinitionError(
            f"{definition.insurer_id}.yml", "records", f"{record_type} is not delivered by this insurer"
        )
    if definition.channel == "drop":
        drops = find_drops(definition, hub.settings.drop_folder / definition.insurer_id)
        return [batch for d in drops if _is_of(d, record_type, definition) for batch in _land_drop(hub, definition, d)]
    now = hub.now()
    cursor = feeds.cursor(hub.engine, definition.insurer_id, record_type)
    window = effective_window(definition, cursor, min(until or now, now))
    fetched = fetch(definition, record_type, window, credentials())
    delivery = Delivery(
        insurer_id=definition.insurer_id,
        record_type=record_type,
        channel="api",
        received_at=hub.now(),
        payloads=fetched.payloads,
        window=window,
        control=fetched.control,
        cursor=window.until,
        definition_digest=definition.digest,
    )
    return [landing.land(hub.engine, hub.store, delivery).batch_id]


def submit(hub: Hub, insurer_id: str, record_type: str, path: pathlib.Path) -> landing.Landed:
    """Land one file that a person hands in, as a drop would; the receipt comes before anything is looked inside."""
    definition = hub.definition(insurer_id)
    load_contract(record_type)
    payload = _payload(path, path.name)
    delivery = Delivery(insurer_id, record_type, "submit", hub.now(), (payload,), definition_digest=definition.digest)
    return landing.land(hub.engine, hub.store, delivery)


def load(hub: Hub, batch_id: int) -> LoadReport:
    """Judge and merge one landed batch in one transaction; a batch that is loaded already answers with its report.

    Raises WarehouseBusy when another loader holds the feed, LandingDamaged, DefinitionError.
    """
    batch = landing.read_batch(hub.engine, batch_id)
    if batch.state != "received":
        return feeds.report(hub.engine, batch_id)
    contract = load_contract(batch.record_type)
    definition = hub.definition(batch.insurer_id)
    paths = [payload.path for payload in landing.payloads(hub.engine, hub.store, batch_id)]
    versions = Versions(hub.rules.version, load_calendar().version, definition.digest)
    with Loading(hub.engine, batch_id, _holder(), contract, hub.now(), versions) as loading:
        try:
            how = reading(definition, contract, batch.channel, paths)
            told: set[Finding] = set()
            for raw in parse.read_batch(paths, how.source, expected=how.expected):
                mapped = mapping.apply(raw, how.layout(raw.column_names), contract)
                checked = check(mapped.table, contract, hub.rules, batch.received_at)
                loading.stage(checked.table, _once([*mapped.findings, *checked.findings], told))
        except TellInsurer as refusal:
            return loading.reject(refusal.code, refusal.message, refusal.where)
        return loading.merge(hub.rules.sql_rules(batch.record_type), render)


def intake(hub: Hub) -> list[int]:
    """Land what was dropped by insurers without an interface, then load every batch that waits; returns their ids.

    A batch that cannot be loaded does not stop the others; the first such fault is raised at the end.
    """
    for definition in hub.insurers.values():
        if definition.channel == "drop":
            for drop in find_drops(definition, hub.settings.drop_folder / definition.insurer_id):
                _land_drop(hub, definition, drop)
    waiting = landing.pending(hub.engine)
    faults: list[HubError] = []
    for batch_id in waiting:
        try:
            load(hub, batch_id)
        except WarehouseBusy:
            continue  # another loader has the feed, and will load this batch or leave it for the next look
        except HubError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return waiting


def publish(hub: Hub, until: dt.datetime | None = None) -> Publication:
    """Compute all indicators as of the Shanghai day before ``until``, from what is known now."""
    now = hub.now()
    as_of = min(until or now, now).astimezone(SHANGHAI).date() - dt.timedelta(days=1)
    expected = [(i, t) for i, d in hub.insurers.items() for t in INSURER_RECORD_TYPES if t in d.records]
    since = dt.datetime.combine(as_of, dt.time(18), tzinfo=SHANGHAI)
    with translated("publishing"), hub.engine.begin() as connection:
        return publish_figures(connection, as_of, now, now, expected=expected, delivered_since=since)


def _once(findings: Iterable[Finding], told: set[Finding]) -> Iterator[Finding]:
    """Findings without those of the whole batch that an earlier chunk told; ``told`` remembers them."""
    for finding in findings:
        if finding.row_no is not None or finding not in told:
            yield finding
        if finding.row_no is None:
            told.add(finding)


def _is_of(drop: Drop, record_type: str, definition: InsurerDefinition) -> bool:
    """Whether a drop is to be landed with one feed; refused ones go with the sender's first."""
    if drop.refusal is not None:
        return record_type == next(iter(definition.records))
    return drop.record_type == record_type


def _land_drop(hub: Hub, definition: InsurerDefinition, drop: Drop) -> list[int]:
    """Land a dropped file unless this very file (name and bytes) has its receipt, or somebody still writes it."""
    payload = _payload(drop.path, drop.name)
    delivery = Delivery(
        insurer_id=definition.insurer_id,
        record_type=drop.record_type,
        channel="drop",
        received_at=hub.now(),
        payloads=(payload,),
        control=drop.control,
        definition_digest=definition.digest,
    )
    try:
        if feeds.has_receipt(hub.engine, definition.insurer_id, drop.record_type, payload):
            return []
        if drop.refusal is None:
            return [landing.land(hub.engine, hub.store, delivery).batch_id]
        return [landing.refuse(hub.engine, hub.store, delivery, drop.refusal).batch_id]
    except FileChanging as error:
        logger.warning("%s: %s; it is left for the next look", definition.insurer_id, error)
        return []


def _payload(path: pathlib.Path, name: str) -> PayloadFile:
    return PayloadFile(name, MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream"), path)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
