"""What the form of the ``backfill`` DAG asks for, as a plan; what its mapped tasks are given, as a part."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from pipeline import steps
from pipeline.backfill.plan import make, record_types
from pipeline.backfill.run import CredentialsOf, begin, run_part
from pipeline.hub import Hub
from pipeline.scheduling.oncall import counted
from schemas.errors import SetupError
from warehouse.history import plans
from warehouse.history.plans import Plan, Request

#: Airflow refuses to map over more than 1024.
MAX_PARTS = 1000
logger = logging.getLogger(__name__)


def plan_of(params: Mapping[str, Any], asked_by: str) -> list[dict[str, Any]]:
    """Make the plan that the form asks for, or find it; gives the parts to do as (plan_id, part_no, label).

    A task that is run again finds the plan of its first try. With ``plan_only`` there is nothing to do, and a replay
    is rehearsed. Raises SetupError for a form without days, StopFeed when the inputs of a found plan moved.
    """
    hub = steps.open_hub()
    plan = _plan(hub, params, asked_by)
    logger.info("plan %s: %s parts, see `anze backfill show %s`", plan.plan_id, len(plan.parts), plan.plan_id)
    if params.get("plan_only"):
        return []
    if len(plan.parts) > MAX_PARTS:
        raise SetupError(f"{len(plan.parts)} parts are more than {MAX_PARTS}: choose longer windows or fewer insurers")
    begin(hub, plan.plan_id)
    return [
        {"plan_id": plan.plan_id, "part_no": p.part_no, "label": f"{p.insurer_id} {p.from_date}..{p.to_date}"}
        for p in plan.parts
        if p.done_at is None
    ]


def run_part_of(part: Mapping[str, Any], credentials: CredentialsOf) -> list[int]:
    """Do one part; returns its batch ids. Raises as ``run_part`` does."""
    hub = steps.open_hub()
    return counted(hub, lambda: run_part(hub, int(part["plan_id"]), int(part["part_no"]), credentials))


def _plan(hub: Hub, params: Mapping[str, Any], asked_by: str) -> Plan:
    if params.get("plan_id"):
        return plans.read(hub.engine, int(params["plan_id"]))
    known = [plan for plan in plans.newest(hub.engine, 50) if plan.request.created_by == asked_by]
    if known:
        return known[0]
    if not (params.get("from") and params.get("to")):
        raise SetupError("the form needs a first and a last day, or the number of a plan")
    mode: plans.Mode = "replay" if params["mode"] == "replay" else "recollect"
    request = Request(
        mode, tuple(params["insurers"] or hub.insurers), record_types(params["families"] or ()),
        dt.date.fromisoformat(params["from"]), dt.date.fromisoformat(params["to"]), int(params["window_days"]),
        asked_by, str(params["reason"] or ""),
    )  # fmt: skip
    return make(hub, request, rehearse=mode == "replay" and bool(params.get("plan_only")))
