"""Which feeds a publication could count on, recomputed from the receipts; and which cells are provisional for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa

from oracle import batches
from oracle.batches import Batch, Load, QuarantinedRow
from oracle.cells import ALL, CellKey, half_up
from schemas.contract import INSURER_RECORD_TYPES

Feed = tuple[str, str]
"""(insurer_id, record type)."""
_COVER = ("policy", "endorsement")
_PAID = (*_COVER, "claim", "claim_payment")
_SERVED = (*_COVER, "service_plan", "service_record")
_FOUND = (*_COVER, "service_record", "hazard")
#: What an indicator is computed from, besides the registers; policies and endorsements where nothing else is said.
NEEDS: Mapping[str, Sequence[str]] = {
    "paid_coverage_ratio": (*_COVER, "premium_receipt"),
    "loss_ratio_simple": _PAID,
    "loss_ratio_with_expense": _PAID,
    "loss_ratio_received": (*_PAID, "premium_receipt"),
    "earned_loss_ratio": _PAID,
    "claim_closing_ratio": (*_COVER, "claim"),
    "advance_payment_share": _PAID,
    "service_completion_ratio": _SERVED,
    "service_on_time_ratio": _SERVED,
    "service_completion_uncapped_ratio": _SERVED,
    "obligation_completion_ratio": _SERVED,
    "service_breadth_ratio": (*_COVER, "service_record"),
    "hazard_rectification_ratio": _FOUND,
    "general_hazard_rectification_ratio": _FOUND,
    "major_hazard_rectification_ratio": _FOUND,
    "due_rectification_ratio": _FOUND,
    "guided_rectification_ratio": _FOUND,
    "punctual_rectification_ratio": _FOUND,
    "mean_rectification_days": _FOUND,
    "fee_payment_ratio": (*_COVER, "fee_expense", "premium_receipt"),
    "fee_input_ratio": (*_COVER, "fee_expense", "premium_receipt"),
    "fee_per_service": (*_COVER, "fee_expense", "service_record"),
    "accrued_unpaid_ratio": (*_COVER, "fee_expense"),
    "timeliness_ratio": INSURER_RECORD_TYPES,
}


class FeedState(NamedTuple):
    """What a publication says of an expected feed."""

    is_delivered: bool
    is_balanced: bool


@dataclass(frozen=True)
class Receipts:
    """Everything that was received, as it stood at a moment."""

    batches: Mapping[int, Batch]
    loads: Sequence[Load]
    quarantined: Mapping[int, Mapping[int, QuarantinedRow]]
    known_at: dt.datetime

    def of(self, feed: Feed) -> list[Batch]:
        """The batches of a feed that were loaded, or found to be duplicates, by then."""
        return [b for b in self.batches.values() if (b.insurer_id, b.record_type) == feed]

    def is_loaded(self, batch: Batch) -> bool:
        return batch.loaded_at is not None and batch.loaded_at <= self.known_at


def read(connection: sa.Connection, known_at: dt.datetime) -> Receipts:
    """Read the receipts, the log of loads and quarantine."""
    return Receipts(batches.read(connection), batches.loads(connection), batches.quarantined_rows(connection), known_at)


def states(receipts: Receipts, feeds: Sequence[Feed], since: dt.datetime) -> dict[Feed, FeedState]:
    """What the receipts say of each expected feed; a delivery counts from ``since`` on."""
    return {feed: FeedState(_is_delivered(receipts, feed, since), _is_balanced(receipts, feed)) for feed in feeds}


def of_cells(cells: Sequence[CellKey], found: Mapping[Feed, FeedState]) -> dict[CellKey, tuple[Decimal | None, bool]]:
    """(completeness, is provisional) of each cell."""
    judged = {
        indicator: dict(_of_insurers(NEEDS.get(indicator, _COVER), found)) for indicator in {c.indicator for c in cells}
    }
    return {cell: judged[cell.indicator].get(cell.insurer_id, (None, False)) for cell in cells}


def _of_insurers(
    needed: Sequence[str], found: Mapping[Feed, FeedState]
) -> Iterator[tuple[str, tuple[Decimal | None, bool]]]:
    by_insurer: dict[str, list[FeedState]] = {}
    for (insurer_id, record_type), state in found.items():
        if record_type in needed:
            by_insurer.setdefault(insurer_id, []).append(state)
    if not by_insurer:
        return
    delivered = {i: all(state.is_delivered for state in states) for i, states in by_insurer.items()}
    balanced = {i: all(state.is_balanced for state in states) for i, states in by_insurer.items()}
    for insurer_id, is_delivered in delivered.items():
        yield insurer_id, (Decimal(is_delivered), not (is_delivered and balanced[insurer_id]))
    share = half_up(Fraction(sum(delivered.values()), len(delivered)), 6)
    yield ALL, (share, share < 1 or not all(balanced.values()))


def _is_delivered(receipts: Receipts, feed: Feed, since: dt.datetime) -> bool:
    return any(
        since <= batch.received_at <= receipts.known_at and _counts(receipts, batch) for batch in receipts.of(feed)
    )


def _counts(receipts: Receipts, batch: Batch) -> bool:
    """Whether a batch is a delivery: an interface that answered, or a file that is a nil return or brings news."""
    first = batch if batch.duplicate_of is None else receipts.batches[batch.duplicate_of]
    if not receipts.is_loaded(first) or not first.is_kept:
        return False
    received, quarantined = first.counts["received"] or 0, first.counts["quarantined"] or 0
    if received == 0:
        return True
    if batch.channel == "api":
        return quarantined < received
    return (batch.counts["accepted"] or 0) + (batch.counts["superseded"] or 0) > 0


def _is_balanced(receipts: Receipts, feed: Feed) -> bool:
    loaded = [batch for batch in receipts.of(feed) if batch.state != "duplicate" and receipts.is_loaded(batch)]
    return not any(
        _is_odd(receipts, batch) and not any(_heals(later, batch) for later in loaded if later.is_kept)
        for batch in loaded
    )


def _is_odd(receipts: Receipts, batch: Batch) -> bool:
    """Whether a batch's totals did not add up, and nothing of its own resolved that by the moment."""
    known_at = receipts.known_at
    is_open = any(
        row.quarantined_at <= known_at and (row.resolved_at is None or row.resolved_at > known_at)
        for row in receipts.quarantined.get(batch.batch_id, {}).values()
    )
    is_declared = batch.declared_row_count is not None or batch.declared_amount is not None
    if batch.counts["received"]:
        return bool(batch.counts["quarantined"]) and (batch.state == "rejected" or is_declared) and is_open
    read_again = any(
        load.batch_id == batch.batch_id
        and load.kind == "replay"
        and load.recorded_at <= known_at
        and load.counts["received"]
        for load in receipts.loads
    )
    return (batch.state == "rejected" or bool(batch.declared_row_count)) and (not read_again or is_open)


def _heals(later: Batch, odd: Batch) -> bool:
    """Whether a later delivery stands in place of one whose totals do not add up."""
    if later.batch_id <= odd.batch_id:
        return False
    if later.replaces == "all":
        return True
    if later.replaces == odd.replaces == "window":
        covers_start = (later.replaces_from or dt.date.min) <= (odd.replaces_from or dt.date.min)
        if covers_start and (later.replaces_to or dt.date.max) >= (odd.replaces_to or dt.date.max):
            return True
    if odd.counts["received"] or not later.counts["received"]:
        return False
    if odd.channel != "api":
        return later.channel != "api"
    return _start(later) <= _start(odd) and _end(later) >= _end(odd) and later.interval_end is not None


_ALWAYS = dt.datetime.min.replace(tzinfo=dt.UTC)


def _start(batch: Batch) -> dt.datetime:
    return batch.interval_start or _ALWAYS


def _end(batch: Batch) -> dt.datetime:
    return batch.interval_end or _ALWAYS
