"""What judging says: rules and findings. Data faults are findings; they are rows, never exceptions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]
Tier = Literal["file", "mapping", "field", "record", "orphan", "cross", "batch", "history"]


@dataclass(frozen=True)
class Rule:
    """One rule: either a Great Expectations ``expectation`` or a ``select`` of failing rows, never both.

    ``select`` reads the temporary table ``staged`` (all rows of the batch, typed) and ``core.*`` and
    returns (row_no, value, expected); row_no null speaks of the whole batch. Tier history reads the profiles of the
    delivery and of those before it, and returns the field as a fourth column.
    """

    rule_id: str
    record_type: str
    """A record type, or ``*`` for every insurer-fed type."""
    tier: Tier
    severity: Severity
    fields: tuple[str, ...]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    confidence: Literal["confirmed", "secondary", "assumption"]
    version: int = 1
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    expectation: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    select: str | None = None
    parent: str | None = None
    """Tier orphan: the record type whose arrival closes the finding."""


@dataclass(frozen=True)
class Finding:
    """One fault at one place. ``row_no`` None speaks of the whole batch; ``value`` is None for personal data."""

    rule_id: str
    severity: Severity
    row_no: int | None
    field: str | None
    value: str | None
    expected: str | None
    message: str
    """Chinese, complete: what was found, what was expected, what to do."""
    parent_record_type: str | None = None
    parent_key: str | None = None
