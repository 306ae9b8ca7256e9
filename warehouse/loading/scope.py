"""What one load works on: the batch under merge, and the books of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.contract import Contract, Milestone
from warehouse.database.expressions import shanghai_date

Findings = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Scope:
    """One batch under merge: its contract, and the bind parameters of every statement."""

    contract: Contract
    insurer_id: str
    parameters: dict[str, Any]

    @staticmethod
    def of(batch: sa.Row[Any], contract: Contract, calendar_version: str, recorded_at: dt.datetime, kind: str) -> Scope:
        """Make the scope of a row of ``merge/open_batch``."""
        parameters = {
            **{name: value for name, value in batch._asdict().items() if name not in ("state", "last_known_at")},
            "calendar_version": calendar_version,
            "recorded_at": recorded_at,
            "kind": kind,
            "is_replay": kind == "replay",
            "is_register": contract.is_register,
            "main_milestone": contract.milestones[0].name if contract.milestones else None,
        }
        return Scope(contract, batch.insurer_id, parameters)

    @property
    def slots(self) -> dict[str, str]:
        """SQL text for the statements' slots, from the contract."""
        names = tuple(self.contract.by_name)
        return {
            "core": f"core.{self.contract.record_type}",
            "key_match": " and ".join(f"c.{name} = s.{name}" for name in self.contract.key),
            "columns": ", ".join(names),
            "values": ", ".join(f"s.{name}" for name in names),
            "events": "), (".join(_event(self.contract, milestone) for milestone in self.contract.milestones),
        }


@dataclass(frozen=True)
class Counts:
    """The books of a batch: received = accepted + quarantined + duplicate + superseded. Withdrawn are no rows of it."""

    received: int
    accepted: int
    quarantined: int
    duplicate: int
    superseded: int
    withdrawn: int = 0


def _event(contract: Contract, milestone: Milestone) -> str:
    """One (name, Shanghai date) pair of a staged row."""
    return f"cast('{milestone.name}' as text), {shanghai_date(contract.by_name[milestone.field], 's')}"
