"""What one load works on: the batch under merge, and the books of it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from schemas.contract import Contract
from schemas.findings import Tell
from warehouse.landing.decisions import Choice
from warehouse.landing.load_report import LoadKind

Findings = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Scope:
    """One batch under merge: what its receipt and a person said of it, how it is judged, and when.

    ``replaces`` is ``all`` or ``window`` for a delivery that withdraws what it does not hold; the window's days are
    inclusive. ``recorded_at`` is the knowledge time of all that the load writes.
    """

    contract: Contract
    batch_id: int
    insurer_id: str
    record_type: str
    channel: str
    received_at: dt.datetime
    declared_row_count: int | None
    declared_amount_field: str | None
    declared_amount: Decimal | None
    replaces: str | None
    replaces_from: dt.date | None
    replaces_to: dt.date | None
    decision: Choice | None
    decided_by: str | None
    decision_reason: str | None
    decided_missing_count: int | None
    calendar_version: str
    recorded_at: dt.datetime
    kind: LoadKind
    tell: Tell
    """Makes a finding of an observation, in the words of the catalogue."""
    is_logged_moment: bool = False
    """Whether moment and calendar come from the log of loads, and are taken as they are."""
    is_renumbered: bool = False
    """Whether a number of its insurer's records was ever given up for another; known under the load's locks."""
    is_large: bool = False
    """Whether tables are read whole for its rows, rather than looked up by index."""

    @property
    def is_replay(self) -> bool:
        return self.kind == "replay"

    @functools.cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The bind parameters of every statement of a load."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("contract", "tell")}
        milestones = self.contract.milestones
        return {
            **said,
            "is_replay": self.is_replay,
            "is_register": self.contract.is_register,
            "main_milestone": milestones[0].name if milestones else None,
        }

    @property
    def slots(self) -> dict[str, str]:
        """SQL text for the statements' slots, from the contract."""
        names = tuple(self.contract.by_name)
        return {
            "core": f"core.{self.contract.record_type}",
            "key_match": " and ".join(f"c.{name} = s.{name}" for name in self.contract.key),
            "columns": ", ".join(names),
            "values": ", ".join(f"s.{name}" for name in names),
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
