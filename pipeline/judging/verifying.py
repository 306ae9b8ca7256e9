"""The check of an installation: landed bytes against their digests, the ledger, then the oracle's books, replay and indicators."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

from connectors.definition import definition_of
from oracle import verify as oracle
from oracle.indicators import Progress, silent
from pipeline.hub import Hub
from pipeline.judging import ledger
from schemas.errors import DefinitionError
from warehouse.landing import editions, receipts
from warehouse.landing.receipts import Damage

__all__ = ["Progress", "verify"]


def verify(hub: Hub, progress: Progress = silent) -> oracle.VerifyReport:
    """Check everything that was acknowledged; reads the database and the landing store only.

    What cannot be checked of one batch is a line, and the others are checked: an edition that cannot be read any more
    stops only the batches that it read.
    """
    damaged = tuple(map(_damage_line, receipts.damaged(hub.engine, hub.store)))
    broken = [f"存证 ledger: {each.line}" for each in ledger.check(hub).broken]
    definitions, unread = _kept_definitions(hub)
    with hub.engine.connect() as connection:
        report = oracle.verify(connection, hub.store.root, definitions, now=hub.now(), progress=progress)
    return dataclasses.replace(
        report,
        not_run=(*report.not_run, *damaged),
        details=(*broken, *report.details),
        told=(*report.told, *unread),
        links_broken=len(broken),
    )


def _damage_line(damage: Damage) -> str:
    return (
        f"批次 batch {', '.join(damage.batches)}: {damage.problem}; 处理 what to do: 从备份恢复 {damage.path}, 或请报送方再次报送同一文件 "
        "restore it from a backup, or have the same file sent again"
    )


def _kept_definitions(hub: Hub) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Every definition that ever read a batch, by its digest: old batches are read as they were then.

    And a line for each that this program cannot read any more.
    """
    found, unread = dict[str, dict[str, Any]](), []
    for digest, texts in editions.read_all(hub.engine, "definition").items():
        own = next((name for name in texts if not name.startswith("vendors/")), "")
        try:
            definition = definition_of(pathlib.PurePath(own).stem, texts, hub.settings.environ)
        except DefinitionError as error:
            unread.append(f"{own} {digest[:12]}: 旧定义已无法读取 an earlier edition cannot be read any more: {error}")
        else:
            found[digest] = dataclasses.asdict(definition)
    return found, unread
