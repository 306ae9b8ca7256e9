"""Judging one landed batch: its bytes read, mapped, checked and merged, by whatever editions are handed in.

First loads, replays and rebuilds share this one path; they differ in kind, in the moment that is recorded, and in what
judges: today's definition and rules, or those of the day.
"""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from connectors import mapping
from connectors.chunks import Chunk, read_chunks
from connectors.mapping import Mapped
from connectors.model import InsurerDefinition
from connectors.parse.reasons import refuse
from pipeline.hub import Hub
from pipeline.judging.ahead import ahead
from quality.catalogue import RuleSet, find_rules
from quality.check import RecordRules, check_fields
from quality.messages import refusals, telling
from quality.replacing import in_force
from schemas.contract import Contract, load_contract
from schemas.errors import TellInsurer, WarehouseBusy
from schemas.findings import Finding, Note, Notes, Observation, Rule
from schemas.time_zone import SHANGHAI
from warehouse.landing import editions, receipts
from warehouse.landing.editions import Edition
from warehouse.landing.load_report import LoadKind, LoadReport, Versions
from warehouse.loading.load import Loading
from warehouse.loading.snapshot_deletes import Bounds

#: How long a load waits for another loader of its feed, and how often it looks.
PATIENCE_SECONDS, LOOK_SECONDS = 120.0, 0.5


@dataclass(frozen=True)
class Judgement:
    """What judges a batch: its sender's definition, the rules, and the version of the working-day calendar."""

    definition: InsurerDefinition
    rules: RuleSet
    calendar_version: str

    @property
    def versions(self) -> Versions:
        return Versions(self.rules.version, self.calendar_version, self.definition.digest)

    @property
    def words(self) -> dict[str, Rule]:
        """What observations are told by: the rules that judge, and today's for what is observed only since then."""
        return find_rules().by_id | self.rules.by_id

    @property
    def editions(self) -> tuple[Edition, Edition]:
        """The texts, as they are kept beside the log of loads."""
        return (
            Edition(self.definition.digest, "definition", self.definition.texts),
            Edition(self.rules.version, "ruleset", self.rules.texts),
        )


@dataclass(frozen=True)
class LoadMode:
    """When and as what a batch is loaded; see ``Loading``."""

    recorded_at: dt.datetime
    kind: LoadKind = "first"
    is_logged_moment: bool = False
    is_rehearsal: bool = False


def judgement_today(hub: Hub, insurer_id: str) -> Judgement:
    """What judges a sender's batches now. Raises DefinitionError."""
    return judgement_by(hub, hub.definition(insurer_id))


def judgement_by(hub: Hub, definition: InsurerDefinition) -> Judgement:
    """Today's rules and calendar, with a definition."""
    return Judgement(definition, hub.rules, hub.calendar_version)


def judge(
    engine: sa.Engine, store: receipts.Store, batch: receipts.Batch, judgement: Judgement, mode: LoadMode
) -> LoadReport:
    """Load one batch in one transaction; the texts that judge it are kept before.

    Raises WarehouseBusy when another loader holds the feed, LandingMissing, LandingDamaged, LandingUnreachable, StopFeed.
    """
    contract = load_contract(batch.record_type)
    with receipts.lent(engine, store, batch.batch_id) as parts:
        editions.keep(engine, judgement.editions, mode.recorded_at)
        tell = telling(judgement.words, contract)
        with Loading(
            engine, batch, holder(), contract, mode.recorded_at, judgement.versions, tell,
            kind=mode.kind, is_logged_moment=mode.is_logged_moment, is_rehearsal=mode.is_rehearsal,
        ) as loading:  # fmt: skip
            return judge_into(loading, batch, [part.path for part in parts], judgement)


def judge_into(
    loading: Loading, batch: receipts.Batch, paths: Sequence[pathlib.Path], judgement: Judgement
) -> LoadReport:
    """Read, check and merge a batch's bytes into an open load; the caller commits. Raises as ``judge`` does."""
    try:
        _stage(loading, batch, paths, judgement)
    except TellInsurer as refusal:
        return loading.reject(refusals(judgement.words, refusal))
    return loading.merge(judgement.rules.sql_rules(batch.record_type), _missing_bounds(judgement.rules, batch))


def _missing_bounds(rules: RuleSet, batch: receipts.Batch) -> Bounds:
    """What a delivery that replaces may lack without a question, on the day of its receipt."""
    found = in_force(rules.replacing_bounds, batch.received_at.astimezone(SHANGHAI).date())
    return Bounds(found.missing_ratio, found.missing_count)


def retry_while_busy(act: Callable[[], LoadReport], seconds: float = PATIENCE_SECONDS) -> LoadReport:
    """Load, waiting while another loader (the nightly run, a backfill's part, the intake) has the feed.

    Raises as ``act`` does; WarehouseBusy when the feed is still taken after some seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except WarehouseBusy as busy:
            if busy.after_seconds is None or time.monotonic() > deadline:
                raise
        time.sleep(LOOK_SECONDS)


def _stage(loading: Loading, batch: receipts.Batch, paths: Sequence[pathlib.Path], judgement: Judgement) -> None:
    """Read, map and check the batch's bytes chunk by chunk. Raises TellInsurer."""
    contract, told = loading.contract, set[Finding]()
    tell = telling(judgement.words, contract)
    notes = Notes()
    record_rules = RecordRules(contract, judgement.rules, batch.received_at)
    row_count, is_file, not_records = 0, False, set[int]()
    for mapped in ahead(_mapped(read_chunks(judgement.definition, contract, batch.channel, paths), contract)):
        checked = check_fields(mapped.table, contract, judgement.rules)
        not_records |= mapped.not_records
        judged = [*checked.findings, *record_rules.add(checked.table)]
        of_records = (finding for finding in judged if finding.row_no not in not_records)
        loading.stage(checked.table, _once([*map(tell, mapped.observed), *of_records], told), mapped.columns)
        row_count, is_file = row_count + checked.table.num_rows, is_file or mapped.is_file
        notes.add([*(Note.of(tell(first), count) for first, count in mapped.notes), *checked.notes])
    loading.tell(finding for finding in record_rules.rest() if finding.row_no not in not_records)
    if is_file and not row_count:
        loading.tell([tell(_blank(loading, batch))])
    loading.tell(notes.findings())


def _mapped(chunks: Iterable[Chunk], contract: Contract) -> Iterator[Mapped]:
    for chunk in chunks:
        yield mapping.apply(chunk.rows, chunk.layout, contract)


def _blank(loading: Loading, batch: receipts.Batch) -> Observation:
    """What is observed of a file with a header alone: a sender's system may have had nothing to tell, a person who hands it in had.

    Raises EmptyFile (FILE-070), unless the file says that there is nothing any more.
    """
    if batch.channel == "submit" and not loading.is_replacing:
        raise refuse("FILE-070")
    return Observation("MAP-022")


def _once(findings: Iterable[Finding], told: set[Finding]) -> Iterator[Finding]:
    """Findings without those of the whole batch that an earlier chunk told; ``told`` remembers them."""
    for finding in findings:
        if finding.row_no is not None or finding not in told:
            yield finding
        if finding.row_no is None:
            told.add(finding)


def holder() -> str:
    """How this process is named in a lease."""
    return f"{socket.gethostname()}:{os.getpid()}"
