"""Planning: what would be done, on which inputs, and, after a rehearsal, what it would change."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.definition import REGULATOR
from pipeline.backfill import rehearsal, windows
from pipeline.hub import Hub
from pipeline.judging.replay import Wanted, choose
from schemas.contract import load_contract, load_contracts
from schemas.errors import SetupError
from warehouse.history import plans
from warehouse.history.plans import Plan, Request, ScopeBatch

#: Inputs that must stand still while a plan is under way; new deliveries may go on beside it.
STEADY = ("definitions", "ruleset", "calendar", "contracts")


def record_types(names: Iterable[str]) -> tuple[str, ...]:
    """Record types of families (policy, claim, service) and single types; all when nothing is named. Parents first.

    Raises SetupError for a name that is neither.
    """
    wanted = set(names)
    contracts = {name: load_contract(name) for name in load_contracts() if not load_contract(name).is_register}
    unknown = wanted - set(contracts) - {contract.family for contract in contracts.values()}
    if unknown:
        raise SetupError(f"{', '.join(sorted(unknown))}: neither a record family nor a record type")
    return tuple(n for n, c in contracts.items() if not wanted or n in wanted or c.family in wanted)


def make(hub: Hub, request: Request, *, rehearse: bool = False) -> Plan:
    """Make a plan and store it. ``rehearse`` runs it on a copy of the database and keeps what changed there.

    Raises SetupError for days that make no sense, DefinitionError for an insurer that is not defined.
    """
    if request.to_date < request.from_date or request.window_days < 1:
        raise SetupError(f"{request.from_date}..{request.to_date} by {request.window_days} days is no span of days")
    dropping = [i for i in request.insurer_ids if hub.definition(i).channel == "drop"]
    inputs = fingerprint(hub, request)
    found = windows.parts(request, _batches(hub, request), dropping)
    effects = rehearsal.rehearse(hub, found) if rehearse else None
    plan_id = plans.store(hub.engine, request, found, inputs, effects, hub.now())
    return plans.read(hub.engine, plan_id)


def fingerprint(hub: Hub, request: Request) -> dict[str, str]:
    """Name everything that the outcome of a request hangs on, besides what the insurers will answer."""
    definitions = (f"{i}={hub.definition(i).digest}" for i in sorted(request.insurer_ids))
    contracts = (f"{name}={contract.version}" for name, contract in sorted(load_contracts().items()))
    return {
        "definitions": " ".join(definitions),
        "ruleset": hub.rules.version,
        "calendar": hub.calendar_version,
        "contracts": " ".join(contracts),
        **plans.inputs(hub.engine, [*request.insurer_ids, REGULATOR]),
    }


def moved(hub: Hub, plan: Plan) -> list[str]:
    """Tell which inputs moved since a plan was made, in words; of a plan that has begun, only the steady ones count."""
    now = fingerprint(hub, plan.request)
    names = now if plan.started_at is None else STEADY
    return [
        _told(name, plan.fingerprint.get(name, ""), now[name])
        for name in names
        if plan.fingerprint.get(name) != now[name]
    ]


def _told(name: str, planned: str, now: str) -> str:
    gone, come = (set(text.split()) for text in (planned, now))
    return f"{name} ({', '.join(_short(gone - come))} -> {', '.join(_short(come - gone))})"


def _short(words: set[str]) -> list[str]:
    """Digests cut to what an eye can compare."""
    return sorted(f"{head}={tail[:12]}" if tail else head[:12] for head, _, tail in (w.partition("=") for w in words))


def _batches(hub: Hub, request: Request) -> list[ScopeBatch]:
    """Batches that a request speaks of; to be replayed are those that may be, in the order of their first loads."""
    batches = plans.batches(hub.engine, request)
    if request.mode == "recollect":
        return batches
    wanted = Wanted(request.insurer_ids, request.record_types, since=request.from_date, until=request.to_date)
    place = {batch_id: n for n, batch_id in enumerate(choose(hub, wanted))}
    return sorted((batch for batch in batches if batch.batch_id in place), key=lambda batch: place[batch.batch_id])
