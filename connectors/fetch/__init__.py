"""Fetching from an insurer's API: the complete answer to one window, or an exception and nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.definition_checks import url_problem
from connectors.fetch.auth import Clock
from connectors.fetch.caller import Caller
from connectors.fetch.paging import Step, first_step, next_step, read_page
from connectors.fetch.proof import Proof
from connectors.model import InsurerDefinition, RecordMapping
from schemas.delivery import Control, Credentials, Payload, Window
from schemas.errors import DefinitionError

__all__ = ["Fetched", "effective_window", "fetch"]


@dataclass(frozen=True)
class Fetched:
    """A complete answer: one payload a page, in order, and the total that the source declared, if it does."""

    payloads: tuple[Payload, ...]
    control: Control | None


def fetch(
    definition: InsurerDefinition,
    record_type: str,
    window: Window,
    credentials: Credentials,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Clock = time.time,
) -> Fetched:
    """All records of one type that changed within the window, or all there are of a full snapshot, proven complete.

    Raises RetryLater's kinds (SourceUnavailable, RateLimited, IncompleteFetch) and StopFeed's (AuthRefused,
    SchemaDrift, DefinitionError). ``clock`` dates signatures; ``sleep`` waits.
    """
    record = _record(definition, record_type)
    proof, payloads = Proof(definition, record, clock), list[Payload]()
    step: Step | None = first_step(definition, record, _everything(window) if record.replaces else window)
    with Caller(definition, credentials, sleep, clock) as caller:
        while step is not None:
            proof.ask(step)
            answer = caller.get(step.url, step.params)
            page = read_page(definition, answer)
            proof.add(page)
            payloads.append(Payload(f"{record_type}/page-{step.number:05d}.json", "application/json", answer.body))
            step = next_step(definition, step, page, proof.is_done())
        for again in proof.unconfirmed():
            proof.confirm(again, read_page(definition, caller.get(again.url, again.params)))
    proof.close()
    return Fetched(tuple(payloads), Control(row_count=proof.total) if proof.total is not None else None)


def effective_window(definition: InsurerDefinition, cursor: dt.datetime | None, until: dt.datetime) -> Window:
    """What to ask for when the feed has come to ``cursor``: from the look-back before it, or from the beginning."""
    since = cursor - definition.lookback if cursor is not None else None
    return Window(since, until)


def _everything(window: Window) -> Window:
    """From the beginning to a day ahead, so that a record which changes while the pages come does not fall out."""
    return Window(None, window.until + dt.timedelta(days=1))


def _record(definition: InsurerDefinition, record_type: str) -> RecordMapping:
    file = f"insurers/{definition.insurer_id}.yml"
    if definition.channel != "api":
        raise DefinitionError(file, "channel", "is drop: there is nothing to fetch", fix="collect its drop folder")
    if record_type not in definition.records:
        raise DefinitionError(file, f"records.{record_type}", "is not delivered", fix=f"add {record_type} to records")
    if "${" in definition.base_url:
        unset = f"{definition.base_url} refers to an environment variable that is not set"
        raise DefinitionError(file, "base_url", unset, fix="set it, or write the address")
    if problem := url_problem(definition.base_url):
        raise DefinitionError(file, "base_url", problem, fix="write https://host/path")
    return definition.records[record_type]
