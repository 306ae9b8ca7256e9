"""What a load is made by and what it says afterwards; both stand in the log of loads, beside the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LoadKind = Literal["first", "replay"]


@dataclass(frozen=True)
class Versions:
    """What a batch is judged by, besides its contract: digest of the rules, calendar, digest of the definition."""

    ruleset: str
    calendar: str
    definition: str = ""


@dataclass(frozen=True)
class LoadReport:
    """What became of a batch; received = accepted + quarantined + duplicate + superseded."""

    batch_id: int
    insurer_id: str
    record_type: str
    state: str
    received: int
    accepted: int
    quarantined: int
    duplicate: int
    superseded: int
    withdrawn: int
    """Records that this delivery withdrew by not holding them; no rows of it."""
    findings: tuple[tuple[str, str, int], ...]
    """(rule id, severity, count)."""
    seconds: float
    cleared: int = 0
    """Held rows of the batch that this replay resolved: they pass now, or are no rows any more."""
