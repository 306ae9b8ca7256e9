"""Loading one batch: everything in one transaction, under the feed's lease.

    with Loading(engine, batch, holder, contract, recorded_at, versions, tell) as loading:
        for table, findings in chunks:
            loading.stage(table, findings)
        report = loading.merge(rules.sql_rules(record_type), bounds)

Leaving the block commits rows, quarantine, findings, verdicts and the batch's state together; an exception leaves
the batch as it was, ready to be loaded again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

import pyarrow as pa
import sqlalchemy as sa

from schemas.contract import Contract
from schemas.errors import RetryLater, SetupError, StopFeed
from schemas.findings import Finding, Rule, SourceColumn, Tell
from warehouse.database import release, statistics
from warehouse.database.engine import database_errors
from warehouse.landing.load_report import LoadKind, LoadReport, Versions
from warehouse.landing.receipts import Batch
from warehouse.loading import lease, merge, profiles, rules, snapshot_deletes, staging
from warehouse.loading.lease import Lease
from warehouse.loading.scope import Counts, Findings, Scope
from warehouse.loading.snapshot_deletes import Bounds

T = TypeVar("T")

LEASE_SECONDS = 900.0
FINAL_STATES = ("loaded", "partly_loaded", "rejected", "duplicate")
_NOTHING_MISSING = Bounds()
_TICK = dt.timedelta(microseconds=1)


class AlreadyLoaded(StopFeed):
    """Raised when a batch has its verdict, or awaits a person's: another loader was faster, or nothing is to be done."""


class Loading:
    """One batch being loaded. Raises WarehouseBusy (lease), WarehouseUnreachable, AlreadyLoaded, NotFound, SetupError.

    ``is_logged_moment``: recorded_at comes from the log of loads and is taken as it is. ``is_rehearsal``: the report
    says what would become of the batch, and nothing is committed. ``landing`` lands the batch itself in the transaction of
    the load and gives its number: together with a rehearsal, a delivery is judged and leaves nothing.
    """

    _scope: Scope

    def __init__(
        self,
        engine: sa.Engine,
        batch: Batch,
        holder: str,
        contract: Contract,
        recorded_at: dt.datetime,
        versions: Versions,
        tell: Tell,
        *,
        kind: LoadKind = "first",
        is_logged_moment: bool = False,
        is_rehearsal: bool = False,
        landing: Callable[[sa.Connection], int] | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.kind, self._is_logged_moment, self._is_rehearsal = kind, is_logged_moment, is_rehearsal
        if batch.record_type != contract.record_type:
            raise SetupError(f"batch {batch.batch_id} holds {batch.record_type}, not {contract.record_type}")
        self.engine, self.batch_id, self.contract, self.versions = engine, batch.batch_id, contract, versions
        self._landing = landing
        self._feed = f"{batch.insurer_id}/{batch.record_type}"
        self._tell = tell
        self._holder, self._lease_seconds, self._asked_recorded_at = holder, lease_seconds, recorded_at
        self.report: LoadReport | None = None
        self._lease: Lease | None = None
        self._spool = staging.RawSpool()
        self._columns: dict[str, SourceColumn] = {}
        self._profile = profiles.Profile()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy")
        self._copying: Future[None] | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        with database_errors(f"opening batch {self.batch_id}"), contextlib.ExitStack() as undo:
            statistics.keep(self.engine)
            self._connection = self.engine.connect()
            undo.callback(self._close)
            session = lease.session_of(self._connection)
            self._lease = lease.acquire(self.engine, self._feed, self._holder, session, self._lease_seconds)
            self._open()
            undo.pop_all()
        return self

    def stage(
        self,
        table: pa.Table,
        findings: Iterable[Finding] = (),
        columns: Mapping[str, SourceColumn] = MappingProxyType({}),
    ) -> None:
        """Add a chunk: row_no, place, raw and all contract fields, typed; findings of these rows or of the batch.

        ``columns``: where each field stands in the delivery; findings of a field are told with it.
        """
        self._know(columns)
        self._await_copy()
        self._copying = self._worker.submit(self._take, table, list(findings))

    def read(self, reading: Callable[[sa.Connection, int], T]) -> T:
        """What ``reading`` finds in the load's own transaction, given the batch's number."""
        with database_errors(f"reading batch {self.batch_id}"):
            return reading(self._connection, self.batch_id)

    @property
    def is_replacing(self) -> bool:
        """Whether the delivery withdraws what it does not hold."""
        return self._scope.replaces is not None

    def tell(self, findings: Iterable[Finding]) -> None:
        """Add findings that only the whole batch shows, after its last chunk."""
        self._await_copy()
        with database_errors(f"staging batch {self.batch_id}"):
            staging.stage_findings(self._connection, findings)

    def merge(self, sql_rules: Sequence[Rule], bounds: Bounds = _NOTHING_MISSING) -> LoadReport:
        """Judge across records, split, merge and account. Rows with any error are held, all others are kept.

        A delivery that replaces and lacks more than ``bounds`` ends as ``awaiting`` with nothing written, until a person decides.
        """
        if self._scope.decision == "refuse":
            return self.reject([self._tell(snapshot_deletes.refusal(self._scope))])
        self._await_copy()
        within = [rule for rule in sql_rules if rule.tier != profiles.HISTORY]
        with database_errors(f"loading batch {self.batch_id}"):
            staging.stage_columns(self._connection, self._columns)
            self._scope = merge.prepare(self._connection, self._scope)
            rules.run(self._connection, within, self._scope.parameters, self._tell)
            counts = merge.split(self._connection, self._scope)
            question = snapshot_deletes.question_of(
                self._connection, self._scope, counts.received, counts.withdrawn, bounds
            )
        if question is not None and self._scope.decision is None:
            return self._ask(question)
        if question is not None and question.missing > (self._scope.decided_missing_count or 0):
            return self.reject([self._tell(snapshot_deletes.outgrown(self._scope, question))])
        with database_errors(f"loading batch {self.batch_id}"):
            if question is not None:
                snapshot_deletes.tell_accepted(self._connection, self._scope, question)
            profiles.compare(self._connection, self._scope, self._profile, sql_rules)
            findings, cleared = merge.write(self._connection, self._scope, self._spool, counts)
        state = merge.state_of(counts)
        report = self._finish(state, counts, findings, merge.reason_of(self._scope, state, findings))
        self.report = replace(report, cleared=cleared)
        return self.report

    def reject(self, findings: Sequence[Finding]) -> LoadReport:
        """End the batch as unreadable: nothing is kept, and the receipt says all that is wrong, and where."""
        self._await_copy()
        with database_errors(f"rejecting batch {self.batch_id}"):
            staging.clear(self._connection)
            staging.stage_findings(self._connection, findings)
            counts, found = merge.account_nothing(self._connection, self._scope)
        self.report = self._finish("rejected", counts, found, (findings[0].rule_id, _told_together(findings)))
        return self.report

    def _ask(self, question: snapshot_deletes.Question) -> LoadReport:
        """Leave the batch to a person; its books stay open."""
        with database_errors(f"asking about batch {self.batch_id}"):
            snapshot_deletes.ask(self._connection, self._scope, question)
        self.report = LoadReport(
            self.batch_id, self._scope.insurer_id, self.contract.record_type, "awaiting", 0, 0, 0, 0, 0, 0,
            ((snapshot_deletes.MANY_MISSING, "warning", 1),), time.monotonic() - self._began,
        )  # fmt: skip
        return self.report

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.report is not None and not self._is_rehearsal:
                self._commit()
        finally:
            self._close()

    def _know(self, columns: Mapping[str, SourceColumn]) -> None:
        """Remember where fields stand; a letter that differs between the files of a batch is none."""
        for field, column in columns.items():
            if self._columns.setdefault(field, column) != column:
                self._columns[field] = replace(column, letter=None)

    def _take(self, table: pa.Table, findings: Sequence[Finding]) -> None:
        """Keep a chunk's rows as they arrived, profile them, and copy them with their findings."""
        self._spool.add(table)
        self._profile.add(self.contract, table)
        unstorable = staging.stage_rows(self._connection, self.contract, table)
        staging.stage_findings(self._connection, [*findings, *map(self._tell, unstorable)])

    def _open(self) -> None:
        release.hold(self._connection, shared=True)
        if self._landing is not None:
            self.batch_id = self._landing(self._connection)
        row = merge.open_batch(self._connection, self.batch_id)
        if row.state in FINAL_STATES and (self.kind == "first" or row.state == "duplicate"):
            raise AlreadyLoaded(f"batch {self.batch_id} is {row.state} already")
        if row.state == "awaiting":
            raise AlreadyLoaded(f"batch {self.batch_id} awaits a decision: anze batch accept or refuse {self.batch_id}")
        self._scope = Scope(
            contract=self.contract,
            calendar_version=self.versions.calendar,
            recorded_at=self._recorded_at(row),
            kind=self.kind,
            tell=self._tell,
            is_logged_moment=self._is_logged_moment,
            **{name: value for name, value in row._asdict().items() if name not in ("state", "last_known_at")},
        )
        staging.create(self._connection, self.contract, row.insurer_id)

    def _recorded_at(self, row: sa.Row[tuple[object, ...]]) -> dt.datetime:
        """Knowledge time only moves forward within a feed and past every publication, whatever the hub's clock says."""
        last: dt.datetime | None = row.last_known_at
        return (
            self._asked_recorded_at
            if last is None or self._is_logged_moment
            else max(self._asked_recorded_at, last + _TICK)
        )

    def _own_lease(self) -> Lease:
        if self._lease is None:
            raise RuntimeError("a batch is staged and merged inside its with block")
        return self._lease

    def _await_copy(self) -> None:
        """Wait for the chunk that is being taken while its follower is judged; prolong the lease."""
        if self._copying is not None:
            copying, self._copying = self._copying, None
            with database_errors(f"staging batch {self.batch_id}"):
                copying.result()
        lease.renew(self.engine, self._own_lease())

    def _finish(
        self,
        state: str,
        counts: Counts,
        findings: Findings,
        reason: tuple[str | None, str | None],
    ) -> LoadReport:
        values = {
            "state": state,
            "contract_version": self.contract.version,
            "ruleset_version": self.versions.ruleset,
            "calendar_version": self._scope.calendar_version,
            "definition_digest": self.versions.definition,
            "reason_code": reason[0],
            "reason_text": reason[1],
            "release": release.own(),
        }
        with database_errors(f"closing batch {self.batch_id}"):
            merge.finish(self._connection, self._scope, counts, values)
        return LoadReport(
            self.batch_id, self._scope.insurer_id, self.contract.record_type, state,
            counts.received, counts.accepted, counts.quarantined, counts.duplicate, counts.superseded, counts.withdrawn,
            findings, time.monotonic() - self._began,
        )  # fmt: skip

    def _commit(self) -> None:
        with database_errors(f"committing batch {self.batch_id}"):
            lease.assert_token(self._connection, self._own_lease())
            self._connection.commit()

    def _close(self) -> None:
        """Roll back what was not committed, and let go.

        A lost connection has rolled back by itself, and frees the lease by itself: neither hides the first error.
        """
        self._worker.shutdown(wait=True)
        self._spool.close()
        with contextlib.suppress(sa.exc.DBAPIError):
            self._connection.close()
        if self._lease is not None:
            with contextlib.suppress(RetryLater):
                lease.release(self.engine, self._lease)


def _told_together(findings: Sequence[Finding]) -> str:
    """What the receipt says of a rejected batch: the reason, or all of them by number."""
    if len(findings) == 1:
        return findings[0].message
    told = "".join(f" ({number}) {finding.message}" for number, finding in enumerate(findings, start=1))
    return f"共 {len(findings)} 处问题:{told}"
