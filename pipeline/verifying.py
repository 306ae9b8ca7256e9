"""The check of an installation: landed bytes against their digests, then the oracle's books, replay and indicators."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterator

from connectors.definition import definition_of
from connectors.model import InsurerDefinition
from pipeline.hub import Hub
from sandbox.oracle import verify as oracle
from sandbox.oracle.indicators import silent
from warehouse import editions, landing

Progress = Callable[[str, float], None]


def verify(hub: Hub, progress: Progress = silent) -> oracle.Verdict:
    """Check everything that was acknowledged; reads the database and the landing store only."""
    damaged = tuple(f"landed file {digest[:12]} is damaged" for digest in landing.damaged(hub.engine, hub.store))
    definitions = {digest: dataclasses.asdict(definition) for digest, definition in _kept_definitions(hub)}
    with hub.engine.connect() as connection:
        verdict = oracle.verify(connection, hub.store.root, definitions, now=hub.now(), progress=progress)
    return dataclasses.replace(verdict, details=(*damaged, *verdict.details), not_run=(*verdict.not_run, *damaged))


def _kept_definitions(hub: Hub) -> Iterator[tuple[str, InsurerDefinition]]:
    """Every definition that ever read a batch, by its digest: old batches are read as they were then."""
    for digest, texts in editions.read_all(hub.engine, "definition").items():
        own = next(name for name in texts if not name.startswith("vendors/"))
        yield digest, definition_of(pathlib.PurePath(own).stem, texts, hub.settings.environ)
