"""The check of an installation: landed bytes against their digests, the ledger, then the oracle's books, replay and indicators."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

from connectors.definition import definition_of
from oracle import landed
from oracle import verify as oracle
from oracle.indicators import Progress, silent
from pipeline.hub import Hub
from pipeline.judging import ledger
from schemas.errors import DefinitionError
from warehouse.landing import editions, manifests, receipts, reconciling, verifications
from warehouse.landing.receipts import Damage
from warehouse.landing.verifications import Verification

__all__ = ["Progress", "verify"]

SHOWN = 10


def verify(hub: Hub, progress: Progress = silent) -> oracle.VerifyReport:
    """Check everything that was acknowledged; reads the database and the landing store, and keeps how much it found.

    What cannot be checked of one batch is a line, and the others are checked: an edition that cannot be read any more
    stops only the batches that it read.
    """
    in_store = list(manifests.numbers(hub.store))  # first of all: what lands meanwhile has its receipt in the end
    damaged = tuple(map(_damage_line, receipts.damaged(hub.engine, hub.store)))
    broken = [f"存证 ledger: {each.line}" for each in ledger.check(hub).broken]
    definitions, unread = _kept_definitions(hub)
    read = landed.reader(hub.settings.landing, hub.settings.environ)
    with hub.engine.connect() as connection:
        report = oracle.verify(connection, read, definitions, now=hub.now(), progress=progress)
    only = reconciling.only_in_store(hub.engine, hub.store, in_store)
    lost = _line("存储中有回执而数据库中没有 receipts that only the landing store has", only.lost)
    covered = _line(
        "收到而未确认的报送,内容另有回执 deliveries that were never acknowledged, and came again", only.covered
    )
    checked = dataclasses.replace(
        report,
        not_run=(*report.not_run, *damaged, *lost),
        details=(*broken, *report.details),
        told=(*report.told, *unread, *covered, *receipts.replaced(hub.engine, hub.store)),
        links_broken=len(broken),
    )
    kept = (checked.rows_replayed, checked.cells_compared, checked.finding_count)
    verifications.keep(hub.engine, Verification(hub.now(), *kept))
    return checked


def _damage_line(damage: Damage) -> str:
    first = (
        "先核对 ANZE_LANDING 是否指向存放它的地方 is ANZE_LANDING where it is kept? then " if damage.is_missing else ""
    )
    return (
        f"批次 batch {', '.join(damage.batches)}: {damage.problem}; 处理 what to do: {first}从备份恢复 {damage.where}, "
        "或请报送方再次报送同一文件 restore it from a backup, or have the same file sent again"
    )


def _line(told: str, batch_ids: Sequence[int]) -> list[str]:
    numbers = ", ".join(map(str, batch_ids[:SHOWN])) + (" …" if len(batch_ids) > SHOWN else "")
    return [f"{told}: {len(batch_ids)} ({numbers}); 处理 what to do: anze landing reconcile"] if batch_ids else []


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
