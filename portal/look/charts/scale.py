"""Axes: where a value lies, and which round values are written beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Tick:
    """A value on an axis and its text."""

    value: Decimal
    text: str


@dataclass(frozen=True)
class Scale:
    """From values ``low`` to ``high`` to places ``start`` to ``end``, in px."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def place(self, value: Decimal) -> float:
        """Where a value lies, px; beyond the ends it lies at the end."""
        share = float((min(max(value, self.low), self.high) - self.low) / (self.high - self.low))
        return self.start + share * (self.end - self.start)


def ticks(
    values: Iterable[Decimal | None], suffix: str = "", about: int = 4, from_zero: bool = False
) -> tuple[Tick, ...]:
    """Round values from below the lowest to above the highest one, about so many; exact, never rounded figures."""
    known = [value for value in values if value is not None] or [Decimal(0), Decimal(1)]
    low, high = (min(Decimal(0), *known) if from_zero else min(known)), max(known)
    span = (high - low) or abs(high) or Decimal(1)
    rough = span / about
    size = Decimal(1).scaleb(rough.adjusted())
    step = next(s * size for s in _STEPS if s * size >= rough)
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    last = (high / step).to_integral_value(rounding="ROUND_CEILING")
    last = max(last, first + 1)
    return tuple(Tick(n * step, f"{_plain(n * step)}{suffix}") for n in range(int(first), int(last) + 1))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}" if value else "0"
