"""Running a plan: part by part in its order, each marked when it is done, so that a killed run continues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline import steps
from pipeline.backfill.plan import moved
from pipeline.backfill.windows import Days
from pipeline.hub import Hub
from pipeline.judging.replay import replay
from schemas.delivery import Credentials
from schemas.errors import HubError, StopFeed
from warehouse.history import plans
from warehouse.history.plans import Part, Plan, Request

CredentialsOf = Callable[[str], Credentials]
OnPart = Callable[[Part], None]


@dataclass(frozen=True)
class FailedPart:
    """A part that could not be done; the later parts of its insurer were left alone."""

    part: Part
    error: HubError


def run(hub: Hub, plan_id: int, credentials: CredentialsOf, on_part: OnPart | None = None) -> list[FailedPart]:
    """Do all parts that are still to be done; one insurer's fault does not stop the others. Raises StopFeed (moved)."""
    begin(hub, plan_id)
    failed: dict[str, FailedPart] = {}
    for part in plans.read(hub.engine, plan_id).parts:
        if part.insurer_id in failed:
            continue
        try:
            run_part(hub, plan_id, part.part_no, credentials)
        except HubError as error:
            failed[part.insurer_id] = FailedPart(part, error)
        if on_part:
            on_part(part)
    return list(failed.values())


def begin(hub: Hub, plan_id: int) -> Plan:
    """Check that a plan's inputs stand as they were planned on, and mark its start. Raises StopFeed when they moved."""
    plan = plans.read(hub.engine, plan_id)
    changes = moved(hub, plan)
    if changes and plan.state != "done":
        raise StopFeed(f"the inputs of plan {plan_id} moved: {'; '.join(changes)}. Nothing was done: make a new plan")
    if plan.started_at is None:
        plans.start(hub.engine, plan_id, hub.now())
    return plan


def run_part(hub: Hub, plan_id: int, part_no: int, credentials: CredentialsOf) -> list[int]:
    """Do one part, and before it what is still to be done of its insurer; returns the part's batches.

    A part that is done answers with its batches. Raises StopFeed when the plan's inputs moved, RetryLater.
    """
    wanted = _part(begin(hub, plan_id), part_no)
    with plans.claimed(hub.engine, plan_id, wanted.insurer_id):
        plan = plans.read(hub.engine, plan_id)
        for part in plan.parts:
            if part.insurer_id == wanted.insurer_id and part.part_no <= part_no and part.done_at is None:
                batches = perform(hub, plan.request, part, credentials)
                plans.finish_part(hub.engine, plan_id, part.part_no, batches, hub.now())
    return list(_part(plans.read(hub.engine, plan_id), part_no).done_batch_ids or ())


def perform(hub: Hub, request: Request, part: Part, credentials: CredentialsOf) -> list[int]:
    """Collect a part's days again, or replay its batches; doing it twice changes nothing. Returns the batches."""
    if request.mode == "replay":
        replay(hub, part.batch_ids)
        return list(part.batch_ids)
    definition = hub.definition(part.insurer_id)
    days = Days(part.from_date, part.to_date)
    if days.begin >= hub.now():
        return []
    wanted = [name for name in definition.records if name in request.record_types]
    return steps.collect_and_load(
        hub, definition, wanted, days.end, lambda: credentials(part.insurer_id), since=days.begin
    )


def _part(plan: Plan, part_no: int) -> Part:
    return next(part for part in plan.parts if part.part_no == part_no)
