"""Decisions of people about batches that await one: the command line and the DAG ``decisions`` take the same path."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import steps
from pipeline.hub import Hub
from schemas.errors import NothingToDecide
from warehouse.landing import batches, decisions
from warehouse.landing.decisions import Choice
from warehouse.landing.load_report import LoadReport


@dataclass(frozen=True)
class Question:
    """What a person is asked about one batch, in Chinese: a headline and the text."""

    subject: str
    body: str


def decide(hub: Hub, batch_id: int, choice: Choice, decided_by: str, reason: str) -> LoadReport:
    """Keep a person's decision, then load the batch by it: accepted it withdraws what it lacks, refused it is rejected.

    A load that is cut off between is done by the next intake. Raises NothingToDecide, SetupError, NotFound, and as
    ``load`` does.
    """
    decisions.decide(hub.engine, batch_id, choice, decided_by, reason, hub.now())
    return steps.load_when_free(hub, batch_id)


def carry_out(hub: Hub, batch_id: int, choice: Choice, decided_by: str, reason: str) -> LoadReport:
    """Decide as ``decide`` does; a decision that was taken elsewhere meanwhile stands, and the batch is loaded by it."""
    try:
        return decide(hub, batch_id, choice, decided_by, reason)
    except NothingToDecide:
        return steps.load_when_free(hub, batch_id)


def waiting(hub: Hub) -> list[int]:
    """The batches that await a decision."""
    return [each.batch_id for each in decisions.awaiting(hub.engine)]


def discard(hub: Hub, batch_id: int, discarded_by: str, reason: str) -> None:
    """Keep a person's decision to give up a batch that cannot be judged. Raises NothingToDecide, SetupError, NotFound."""
    decisions.discard(hub.engine, batch_id, discarded_by, reason, hub.now())


def question(hub: Hub, batch_id: int) -> Question | None:
    """What to ask about a batch; None when it does not await a decision any more. Raises NotFound."""
    receipt = batches.show_batch(hub.engine, batch_id).receipt
    if receipt.state != "awaiting":
        return None
    known = hub.insurers.get(receipt.insurer_id)
    name = known.name if known else receipt.insurer_id
    subject = f"批次 {batch_id}:{name} {receipt.record_type} 缺少 {receipt.missing_count} 条在册记录,是否采用?"
    return Question(subject, f"{receipt.reason_text}。\n\n{receipt.next_action}")
