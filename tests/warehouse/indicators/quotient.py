"""Exact quotients, written apart from the warehouse's SQL."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def half_up(numerator: Decimal, denominator: Decimal, digits: int) -> Decimal:
    """The exact quotient, rounded half away from zero to some decimals."""
    scaled = Fraction(numerator) / Fraction(denominator) * 10**digits
    whole = int(abs(scaled) + Fraction(1, 2))
    return Decimal((0 if scaled >= 0 else 1, tuple(map(int, str(whole))), -digits))
