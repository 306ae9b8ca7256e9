"""Replay: batches judged again from their landed bytes, with today's definition, rules and calendar.

Receipts, received_at and the verdicts of unchanged rows stay as they are; what was accepted stays accepted. Each batch
is one transaction: an interrupted replay is run again, and finds nothing to change in what it did before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.hub import Hub
from pipeline.judging import Judgement, Occasion, judge, judgement_today, patiently
from warehouse import landing, replays
from warehouse.load import LoadReport
from warehouse.replays import Wanted

__all__ = ["Wanted", "choose", "replay"]


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

    A rehearsal commits nothing: it says what each batch would bring by itself. Raises as ``judging.judge`` does.
    """
    judgements: dict[str, Judgement] = {}
    reports = []
    for batch_id in batch_ids:
        insurer_id = landing.read_batch(hub.engine, batch_id).insurer_id
        if insurer_id not in judgements:
            judgements[insurer_id] = judgement_today(hub, insurer_id)
        report = _replay_one(hub, batch_id, judgements[insurer_id], is_rehearsal)
        reports.append(report)
        if on_batch is not None:
            on_batch(report)
    return reports


def _replay_one(hub: Hub, batch_id: int, judgement: Judgement, is_rehearsal: bool) -> LoadReport:
    def act() -> LoadReport:
        occasion = Occasion(hub.now(), "replay", is_rehearsal=is_rehearsal)
        return judge(hub.engine, hub.store, batch_id, judgement, occasion)

    return patiently(act)
