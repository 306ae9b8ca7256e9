"""B2: every acknowledged delivery replayed in plain Python, and compared with what the warehouse holds.

Reads the receipts, the log of loads and quarantined rows by plain SQL, and the landed bytes; nothing else.
The result must equal core: symmetric difference = 0 rows, every value equal exactly.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from oracle import absence, arriving, batches, clock, compare, merge, regions, renumbering
from oracle.batches import Batch, Load, QuarantinedRow
from oracle.clock import Clock, Facts, clock_at
from oracle.indicators import Progress, silent
from oracle.landed import Read
from oracle.layout import Definitions, UnreadableRow
from oracle.merge import Arrival, Key, Receipt, Version, VersionStore
from oracle.row import reader
from oracle.timeliness import Judged, rejudge
from oracle.world import Record, Records, Sent, Verdict
from schemas.contract import INSURER_RECORD_TYPES, load_contracts


@dataclass(frozen=True)
class Recount:
    """What the replay makes of one load; ``received`` None where its bytes could not be read."""

    received: int | None
    accepted: int = 0
    duplicate: int = 0
    superseded: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class ReplayReport:
    """What the deliveries say; ``differences`` hold no personal values. ``recounts`` go by load number."""

    rows: int
    differences: list[str]
    recounts: Mapping[int, Recount]
    stores: dict[str, VersionStore]
    unread: Mapping[int, str]
    """Batches that could not be read: their lines stand in ``differences``, and core is not compared where they wrote."""

    def at(self, known_at: dt.datetime) -> Records:
        """The records known at a moment."""
        return {record_type: _plain(record_type, store.known(known_at)) for record_type, store in self.stores.items()}

    def forget(self) -> None:
        """Let go of all versions: what is told of them is told, and the records known at a moment stand by themselves."""
        self.stores.clear()

    def verdicts_at(self, known_at: dt.datetime) -> list[Verdict]:
        """The verdicts on the main events of the records known at a moment."""
        return list(_verdicts(self.stores, known_at))


@dataclass
class _State:
    """Where the replay stands, and what it reads."""

    stores: dict[str, VersionStore]
    read: Read
    definitions: Definitions
    facts: Facts
    quarantine: Mapping[int, Mapping[int, QuarantinedRow]]
    in_core: Mapping[int, Collection[tuple[int, dt.datetime]]]
    """Batch that was loaded again -> (row number, recorded_at) of the versions that core holds of it."""
    differences: list[str] = field(default_factory=list)
    recounts: dict[int, Recount] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)
    """Batches that could not be read, each with the line that says so."""


def replay(
    connection: sa.Connection, read: Read, definitions: Definitions, progress: Progress = silent
) -> ReplayReport:
    """Replay the log of loads in its order and compare the result with core.

    ``definitions``: a definition's digest, or the insurer_id of one that was not kept -> the definition.
    """
    state = _State(
        stores={name: VersionStore() for name in load_contracts()},
        read=read,
        definitions=definitions,
        facts=clock.read(connection),
        quarantine=batches.quarantined_rows(connection),
        in_core=compare.rows_loaded_again(connection),
    )
    found, log = batches.read(connection), batches.loads(connection)
    judgings = deque(state.facts.judgings)
    for done, load in enumerate(log, 1):
        while judgings and judgings[0]["judging_no"] < load.load_no:
            _judge_again(state, judgings.popleft())
        _replay_load(state, load, found[load.batch_id])
        progress(f"replay {found[load.batch_id].name}", done / len(log))
    for judging in judgings:
        _judge_again(state, judging)
    state.differences[:0] = state.unread.values()
    state.differences += compare.differences(connection, state.stores, set(state.unread))
    rows = sum(state.recounts[load.load_no].received or 0 for load in log if load.kind == "first")
    return ReplayReport(rows, state.differences, state.recounts, state.stores, state.unread)


def _replay_load(state: _State, load: Load, batch: Batch) -> None:
    if load.is_refused:
        state.recounts[load.load_no] = Recount(0)  # its books are zero and its reason is kept: it is never opened
        return
    contract = load_contracts()[batch.record_type]
    try:
        rows = arriving.rows(state.read, batch, contract, state.definitions, load.definition_digest)
    except arriving.Unreplayed as error:
        state.unread[batch.batch_id] = f"{batch.name}: 无法重放 cannot be replayed: {error}"
        state.recounts[load.load_no] = Recount(None)
        return
    numbers = renumbering.today(state.stores, batch.insurer_id) if batch.record_type in INSURER_RECORD_TYPES else {}
    receipt = Receipt(
        batch.batch_id,
        batch.insurer_id,
        batch.received_at,
        load.recorded_at,
        lambda key: renumbering.former_keys(key, batch.record_type, numbers),
        _judge(state, batch, load),
    )
    found = [
        (row_no, row if isinstance(row, UnreadableRow) else renumbering.under_current_numbers(row, contract, numbers))
        for row_no, row in arriving.arrivals(batch, contract, rows)
    ]
    store = state.stores[batch.record_type]
    arrivals = list(_arrivals(state, load, batch, found, receipt))
    keys = arriving.keys(found, state.quarantine.get(batch.batch_id, {}))
    quarantined = {row_no for row_no, _ in found} - {arrival.row_no for arrival in arrivals}
    missing = absence.missing(store, batch, load, keys, quarantined) if arrivals or not found else []
    counts = merge.merge(store, arrivals, receipt)
    absence.withdraw(store, missing, receipt)
    if batch.record_type == renumbering.RECORD_TYPE:
        renumbering.follow(state.stores, arrivals, receipt)
    recount = Recount(len(rows), counts["accepted"], counts["duplicate"], counts["superseded"], len(missing))
    state.recounts[load.load_no] = recount
    state.differences += _odd_counts(batch, load, recount)


def _arrivals(
    state: _State, load: Load, batch: Batch, rows: Sequence[tuple[int, Arrival | UnreadableRow]], receipt: Receipt
) -> Iterator[Arrival]:
    """The rows that this load kept: all that it did not quarantine. What it says of the others must be in quarantine."""
    quarantined = state.quarantine.get(batch.batch_id, {})
    for row_no, row in rows:
        entry = quarantined.get(row_no)
        if load.kind == "first":
            is_quarantined = entry is not None and entry.quarantined_at == load.recorded_at
        elif isinstance(row, Arrival) and merge.is_known(state.stores[batch.record_type], row, receipt):
            is_quarantined = False
        else:
            is_quarantined = (row_no, load.recorded_at) not in state.in_core.get(batch.batch_id, ())
            if is_quarantined and not _is_open(entry, load, batch):
                state.differences.append(f"{batch.name} row {row_no}: neither kept by the replay nor held")
        if is_quarantined:
            if entry is not None and not entry.reason_count:
                state.differences.append(f"{batch.name} row {row_no}: held without a reason")
        elif isinstance(row, UnreadableRow):
            state.differences.append(f"{batch.name} row {row_no}: kept, but {row.field}: {row.problem}")
        else:
            yield row
    arrived = {row_no for row_no, _ in rows}
    state.differences += [
        f"{batch.name} row {row_no}: held, but never arrived" for row_no in quarantined if row_no not in arrived
    ]


def _is_open(entry: QuarantinedRow | None, load: Load, batch: Batch) -> bool:
    """Whether a row was in quarantine right after a load; a newer row of its record may have resolved it before."""
    if entry is None or entry.quarantined_at > load.recorded_at:
        return False
    is_resolved = entry.resolved_at is not None and entry.resolved_at <= load.recorded_at
    return not is_resolved or entry.resolved_by_batch_id != batch.batch_id


def _odd_counts(batch: Batch, load: Load, recount: Recount) -> Iterator[str]:
    for name in ("received", "accepted", "duplicate", "superseded", "withdrawn"):
        replayed, booked = getattr(recount, name), load.counts[name]
        if replayed != booked:
            yield f"{batch.name}: {name} {booked} in the log of loads, {replayed} by the replay"


def _judge(state: _State, batch: Batch, load: Load) -> Callable[[Arrival, Judged | None], Judged | None]:
    now_known = Clock(state.facts, load.recorded_at, load.calendar_version)
    contract = load_contracts()[batch.record_type]
    current = state.stores["rule_threshold"].current
    live = ((key, version) for key, version in current.items() if not version.arrival.is_withdrawn)
    in_force = [rule for _, rule in _plain("rule_threshold", live) if rule["rule_no"] == "R32"]

    def judge(arrival: Arrival, before: Judged | None) -> Judged | None:
        said = reader(batch.record_type)(arrival.content)
        event_on = now_known.event_on(contract, said) if contract.milestones else None
        if event_on is None:
            return None
        received_at = before.received_at if before else batch.received_at
        record = _record(state, batch.record_type, arrival)
        r32 = _working_days(in_force, event_on)
        days = now_known.working_days(r32, event_on, record, batch.channel, before)
        now = now_known.judge(event_on, received_at, days, record)
        return rejudge(before, now, has_reason=arrival.has_reason) if before else now

    return judge


def _judge_again(state: _State, judging: clock.Row) -> None:
    """Judge the verdicts that a notice, an extension or an outage may change, by what was known then."""
    known = clock_at(state.facts, judging["judged_at"])
    for record_type, store in state.stores.items():
        for key, before in list(store.events.items()):
            current = store.current[key]
            record = _record(state, record_type, current.arrival)
            if not clock.is_due(state.facts, judging, before, record, known.version):
                continue
            days = before.working_days, before.is_shorter
            now = known.judge(before.event_on, before.received_at, days, record)
            if clock.is_changed(judging, before, now):
                store.events[key] = now
                if current.judged is not None and current.judged.timeliness is not None:
                    current.again = (*current.again, (judging["judged_at"], now))


def _record(state: _State, record_type: str, arrival: Arrival) -> clock.Record:
    """Whose event it is; its city is that of its policy as it is current."""
    insurer_id, key = arrival.key

    def city() -> str | None:
        code = _region(state, record_type, insurer_id, arrival)
        place = regions.resolve(code) if code else None
        return place.city_code if place else None

    return clock.Record(insurer_id, record_type, "|".join(map(str, key)), city)


#: How a record leads to its policy, the first that it has.
_PARENTS = (("policy_no", "policy"), ("report_no", "claim"), ("service_no", "service_record"))


def _region(state: _State, record_type: str, insurer_id: str, arrival: Arrival) -> str | None:
    said = reader(record_type)(arrival.content)
    if "region_code" in said:
        return None if said["region_code"] is None else str(said["region_code"])
    for number, parent in _PARENTS:
        if number in said:
            version = state.stores[parent].current.get((insurer_id, (said[number],)))
            return None if version is None else _region(state, parent, insurer_id, version.arrival)
    return None


def _working_days(in_force: Sequence[Record], event_on: dt.date) -> int | None:
    """Working days that rule R32 allowed on a day; None when it was not in force."""
    fitting = [r for r in in_force if r["valid_from_date"] <= event_on <= (r["valid_to_date"] or dt.date.max)]
    latest = max(fitting, key=lambda r: (r["valid_from_date"], r["version_no"]), default=None)
    return None if latest is None else int(latest["threshold_value"])


def _plain(record_type: str, known: Iterator[tuple[Key, Version]]) -> list[Sent]:
    read = reader(record_type)
    return [(insurer_id, read(version.arrival.content)) for (insurer_id, _), version in known]


def _verdicts(stores: Mapping[str, VersionStore], known_at: dt.datetime) -> Iterator[Verdict]:
    for record_type in INSURER_RECORD_TYPES:
        names = list(load_contracts()[record_type].by_name)
        link = next((name for name in ("policy_no", "report_no", "service_no") if name in names), None)
        for (insurer_id, _), version in stores[record_type].known(known_at):
            judged, event_on = version.judged_at(known_at), version.arrival.event_on
            if judged is not None:
                own = version.arrival.content[names.index(link)] if link else None
                number = None if own is None else str(own)
                yield Verdict(insurer_id, record_type, event_on, judged.deadline_on, judged.timeliness, link, number)
