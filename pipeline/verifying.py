"""The check of an installation: landed bytes against their digests, then the oracle's books, replay and indicators."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from pipeline.hub import Hub
from sandbox.oracle import verify as oracle
from sandbox.oracle.indicators import silent
from warehouse import landing

Progress = Callable[[str, float], None]


def verify(hub: Hub, progress: Progress = silent) -> oracle.Verdict:
    """Check everything that was acknowledged; reads the database and the landing store only."""
    damaged = tuple(f"landed file {digest[:12]} is damaged" for digest in landing.damaged(hub.engine, hub.store))
    senders = {**hub.insurers, hub.registers.insurer_id: hub.registers}
    definitions = {insurer_id: dataclasses.asdict(definition) for insurer_id, definition in senders.items()}
    with hub.engine.connect() as connection:
        verdict = oracle.verify(connection, hub.store.root, definitions, now=hub.now(), progress=progress)
    return dataclasses.replace(verdict, details=(*damaged, *verdict.details), not_run=(*verdict.not_run, *damaged))
