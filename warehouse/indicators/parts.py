"""Figures, and the parts of a difference between two of them: plain exact arithmetic."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from warehouse.indicators.attribution import VERSION_CAUSES
from warehouse.indicators.explain import Place
from warehouse.indicators.publication import Publication

CAUSES = ("reference", "period", *VERSION_CAUSES, "definition")


@dataclass(frozen=True)
class Figure:
    """A cell's sums and, where the denominator is positive, its exact value."""

    numerator: Decimal
    denominator: Decimal | None
    value: Fraction | None

    @property
    def counted(self) -> Fraction:
        """The value as parts add it up: zero where there is none."""
        return self.value if self.value is not None else Fraction(0)


@dataclass(frozen=True)
class ChangedRecord:
    """One record behind a part: its version of that cause, and the row that brought it."""

    record_type: str
    insurer_id: str
    record_key: str
    version_id: int
    batch_id: int
    row_no: int
    recorded_at: dt.datetime
    is_linked: bool
    """Whether it shares a number with a contribution that moved; if none does, all changes of the cause are listed."""


@dataclass(frozen=True)
class Load:
    """One load behind a part, with its receipt and what it was judged by."""

    batch_id: int
    kind: str | None
    insurer_id: str
    record_type: str
    received_at: dt.datetime
    recorded_at: dt.datetime
    ruleset_version: str | None
    calendar_version: str | None
    definition_digest: str | None
    files: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """What one cause did to a figure. ``moved_count`` counts contributions (versions) that it moved."""

    cause: str
    numerator: Decimal
    denominator: Decimal | None
    value: Fraction
    moved_count: int = 0
    record_count: int = 0
    records: tuple[ChangedRecord, ...] = ()
    loads: tuple[Load, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Two published figures of one place and the parts between them, every cause in the order of ``CAUSES``."""

    place: Place
    unit: str
    before: Publication
    after: Publication
    first: Figure
    last: Figure
    definitions: tuple[tuple[int, str], tuple[int, str]]
    """Version and digest of the definition, before and after."""
    parts: tuple[Part, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the parts are the difference, exactly: numerator, denominator and value."""
        numerator = sum((part.numerator for part in self.parts), Decimal(0))
        denominator = sum((part.denominator or Decimal(0) for part in self.parts), Decimal(0))
        value = sum((part.value for part in self.parts), Fraction(0))
        return (
            numerator == self.last.numerator - self.first.numerator
            and denominator == (self.last.denominator or 0) - (self.first.denominator or 0)
            and value == self.last.counted - self.first.counted
        )


def figure(unit: str, numerator: Decimal, denominator: Decimal | None) -> Figure:
    """A figure of a definition's unit; a count has no denominator."""
    if unit == "count":
        return Figure(numerator, None, Fraction(numerator))
    divisor = denominator if denominator is not None else Decimal(0)
    return Figure(numerator, divisor, Fraction(numerator) / Fraction(divisor) if divisor > 0 else None)


def part_between(cause: str, before: Figure, after: Figure) -> Part:
    """What happened between two figures, as the part of one cause."""
    has_none = before.denominator is None and after.denominator is None
    moved = None if has_none else (after.denominator or Decimal(0)) - (before.denominator or Decimal(0))
    return Part(cause, after.numerator - before.numerator, moved, after.counted - before.counted)


def together(one: Part, other: Part) -> Part:
    """Two parts of one cause as one."""
    has_none = one.denominator is None and other.denominator is None
    denominator = None if has_none else (one.denominator or Decimal(0)) + (other.denominator or Decimal(0))
    return dataclasses.replace(
        one, numerator=one.numerator + other.numerator, denominator=denominator, value=one.value + other.value
    )


def turned(found: Difference) -> Difference:
    """The same difference seen from its other end: every part with the opposite sign."""
    parts = tuple(
        dataclasses.replace(
            part,
            numerator=-part.numerator,
            denominator=None if part.denominator is None else -part.denominator,
            value=-part.value,
        )
        for part in found.parts
    )
    before, after = found.definitions
    return dataclasses.replace(
        found,
        before=found.after,
        after=found.before,
        first=found.last,
        last=found.first,
        definitions=(after, before),
        parts=parts,
    )
