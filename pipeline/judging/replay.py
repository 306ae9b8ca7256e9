"""Replay: batches judged again from their landed bytes, with today's definition, rules and calendar.

Receipts, received_at and the verdicts of unchanged rows stay as they are; what was accepted stays accepted. Each batch
is one transaction: an interrupted replay is run again, and finds nothing to change in what it did before.

A batch whose rows came before their parents is replayed by itself once a parent came, with what judged it the last time:
the rules that need the parent speak then. What is still to be done is read from the database (``replay_due``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from connectors.definition import is_defined
from pipeline.hub import Hub
from pipeline.judging import stuck
from pipeline.judging.judge import Judgement, LoadMode, judge, judgement_by, judgement_today, retry_while_busy
from pipeline.judging.past import EditionCache
from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import HubError, OtherRelease, WarehouseBusy
from warehouse.history import replays
from warehouse.history.replays import LoggedLoad, Wanted
from warehouse.landing import receipts, troubles
from warehouse.landing.load_report import LoadReport
from warehouse.loading import snapshot_deletes

__all__ = ["Wanted", "catch_up", "choose", "replay", "replay_due"]

#: Faults that leave no trouble behind: another loader, or a worker of another release, does it.
PASSING = (WarehouseBusy, OtherRelease)

logger = logging.getLogger(__name__)


def choose(hub: Hub, wanted: Wanted) -> list[int]:
    """Batches that fit, in the order of their first loads. Raises StopFeed for one asked for that cannot be replayed."""
    return replays.choose(hub.engine, wanted)


def replay(
    hub: Hub,
    batch_ids: Iterable[int],
    on_batch: Callable[[LoadReport], None] | None = None,
    *,
    is_rehearsal: bool = False,
) -> list[LoadReport]:
    """Replay batches in the order given, each waiting its turn while another loader has its feed.

    A rehearsal commits nothing: it says what each batch would bring by itself. Else children whose parents this brought
    are replayed. Raises as ``judging.judge`` does.
    """
    judgements: dict[str, Judgement] = {}
    reports = []
    for batch_id in batch_ids:
        batch = receipts.read_batch(hub.engine, batch_id)
        if batch.insurer_id not in judgements:
            judgements[batch.insurer_id] = _judgement(hub, batch)
        report = _replay_one(hub, batch, judgements[batch.insurer_id], is_rehearsal)
        reports.append(report)
        if on_batch is not None:
            on_batch(report)
    if not is_rehearsal:
        for insurer_id in judgements:
            replay_due(hub, insurer_id)
    return reports


def _judgement(hub: Hub, batch: receipts.Batch) -> Judgement:
    """What judges a batch now; of a retired insurer, whose file is gone, the definition that read it last."""
    sender = batch.insurer_id
    past = None if is_defined(sender) else EditionCache(hub).last_definition(batch.batch_id, sender)
    return judgement_today(hub, sender) if past is None else judgement_by(hub, past)


def catch_up(hub: Hub) -> list[HubError]:
    """Replay what replacing deliveries left out of order, and children whose parents came, of all senders.

    One batch's fault does not stop the others. Returned is what was not told before: a batch whose bytes are gone keeps
    its verdict, is told once, and is then named by its status and by ``anze verify``.
    """
    faults: dict[int, HubError] = {}
    for batch_id in snapshot_deletes.out_of_order(hub.engine):
        try:
            replay(hub, [batch_id])
        except HubError as fault:
            faults[batch_id] = fault
    faults |= replay_due(hub)
    lasting = {batch_id: fault for batch_id, fault in faults.items() if not isinstance(fault, PASSING)}
    news = troubles.keep(
        hub.engine, {batch_id: stuck.reason_of(fault) for batch_id, fault in lasting.items()}, hub.now()
    )
    return [lasting[batch_id] for batch_id in news]


def replay_due(hub: Hub, insurer_id: str | None = None) -> dict[int, HubError]:
    """Replay the batches whose rows came before their parents, of one sender or all; returns what could not be done.

    A replay may bring parents in turn, and the next round replays their children: types are no deeper than their number.
    What another loader holds, and what is returned, is left for the next look.
    """
    edition_cache, faults = EditionCache(hub, {hub.rules.version: hub.rules}), dict[int, HubError]()
    for _ in INSURER_RECORD_TYPES:
        waiting = [load for load in replays.due(hub.engine, insurer_id) if load.batch_id not in faults]
        if not waiting:
            break
        for load in waiting:
            fault = _replay_due_one(hub, load, edition_cache)
            if fault is not None:
                faults[load.batch_id] = fault
    return faults


def _replay_due_one(hub: Hub, load: LoggedLoad, edition_cache: EditionCache) -> HubError | None:
    try:
        batch = receipts.read_batch(hub.engine, load.batch_id)
        judge(hub.engine, hub.store, batch, edition_cache.judgement(load), LoadMode(hub.sure_now(), "replay"))
    except HubError as fault:
        logger.warning("batch %s waits to be judged against its parents: %s", load.batch_id, fault)
        return fault
    return None


def _replay_one(hub: Hub, batch: receipts.Batch, judgement: Judgement, is_rehearsal: bool) -> LoadReport:
    def act() -> LoadReport:
        mode = LoadMode(hub.sure_now(), "replay", is_rehearsal=is_rehearsal)
        return judge(hub.engine, hub.store, batch, judgement, mode)

    return retry_while_busy(act)
