"""Fetching from an insurer's API: the complete answer to one window, or an exception and nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.definition_checks import url_problem
from connectors.fetch.caller import Caller
from connectors.fetch.opening import Answer, without_secrets
from connectors.fetch.paging import Page, Step, first_step, next_step, read_page, request
from connectors.fetch.proof import Proof
from connectors.fetch.signature import Clock
from connectors.model import InsurerDefinition, RecordMapping
from connectors.parse.nested import split
from schemas.delivery import Control, Credentials, Payload, Window
from schemas.errors import DefinitionError, SchemaDrift

__all__ = ["Fetched", "effective_window", "fetch", "first_page"]


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
    record = asked_record(definition, record_type)
    proof, payloads = Proof(definition, record, clock), list[Payload]()
    step: Step | None = first_step(definition, record, _everything(window) if record.replaces else window)
    with Caller(definition, credentials, sleep, clock) as caller:
        while step is not None:
            proof.ask(step)
            answer = caller.ask(request(definition, step))
            page = read_page(definition, answer)
            _check_nested(definition, record, page)
            proof.add(page)
            payloads.append(_payload(definition, record, step, (answer, caller.kept_out())))
            step = next_step(definition, step, page, proof.is_done())
        for again in proof.unconfirmed():
            proof.confirm(again, read_page(definition, caller.ask(request(definition, again))))
        _look_beyond(definition, proof, caller)
    proof.close()
    return Fetched(tuple(payloads), Control(row_count=proof.total) if proof.total is not None else None)


def _look_beyond(definition: InsurerDefinition, proof: Proof, caller: Caller) -> None:
    """Ask for one page more than the source tells; that it refuses such a page is as good as an empty one."""
    step = proof.beyond()
    if step is None:
        return
    try:
        answer = caller.ask(request(definition, step))
    except SchemaDrift:
        return
    proof.check_beyond(answer)


def _payload(
    definition: InsurerDefinition, record: RecordMapping, step: Step, came: tuple[Answer, tuple[str, ...]]
) -> Payload:
    """What lands of one page: the bytes as they arrived, or as they were inside their envelope, without our secrets.

    The name tells the digest of the envelope, or the status or code that said that there is nothing.
    """
    answer, secrets = came
    sealed = f".envelope-{answer.sealed_sha256}" if answer.sealed_sha256 else ""
    nothing = f".nothing-{answer.nothing}" if answer.nothing else ""
    body = without_secrets(answer.body, definition.source_format.items_path, secrets, definition.insurer_id)
    name = f"{record.record_type}/page-{step.number:05d}{sealed}{nothing}.json"
    return Payload(name, "application/json", body)


def _check_nested(definition: InsurerDefinition, record: RecordMapping, page: Page) -> None:
    """Raise SchemaDrift when a record of the page lacks the lists of other records that it should hold."""
    for other in definition.records.values():
        if other.within and other.within.record_type == record.record_type:
            for item in page.items:
                split(item, other.within)


def first_page(
    definition: InsurerDefinition,
    record_type: str,
    window: Window,
    credentials: Credentials,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Clock = time.time,
) -> Page:
    """The first page of a record type, and no more: nothing is proven by it. Raises as ``fetch`` does."""
    record = asked_record(definition, record_type)
    with Caller(definition, credentials, sleep, clock) as caller:
        answer = caller.ask(request(definition, first_step(definition, record, window)))
    return read_page(definition, answer)


def effective_window(definition: InsurerDefinition, cursor: dt.datetime | None, until: dt.datetime) -> Window:
    """What to ask for when the feed has come to ``cursor``: from the look-back before it, or from the beginning."""
    since = cursor - definition.lookback if cursor is not None else None
    return Window(since, until)


def _everything(window: Window) -> Window:
    """From the beginning to a day ahead, so that a record which changes while the pages come does not fall out."""
    return Window(None, window.until + dt.timedelta(days=1))


def asked_record(definition: InsurerDefinition, record_type: str) -> RecordMapping:
    """The mapping whose address is asked for a record type: its own, or that of the records around it.

    Raises DefinitionError where there is nothing to ask.
    """
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
    record = definition.records[record_type]
    return definition.records[record.within.record_type] if record.within else record
