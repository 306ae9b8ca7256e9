"""How a figure's numbers are read: units, decimals, periods in words, and samples too small to compare.

The same wording in SQL: migration 0010, ``core.shown_number`` and ``core.period_text``; a test holds them together.
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

import yaml

UNITS_FILE = pathlib.Path(__file__).parent / "units.yml"
#: What stands where there is no value.
NOTHING = "—"
_PERIODS = {"month": "当月", "ytd": "本年累计", "rolling12": "近12个月"}
_ROOM = Context(prec=80)


@dataclass(frozen=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Unit:
    """A unit as people read it: the word behind the number, and how many decimals the number has."""

    zh: str
    en: str
    decimals: int


@dataclass(frozen=True)
class Measure:
    """What a numerator or denominator counts, in words and in a unit."""

    zh: str
    en: str
    unit: Unit


@dataclass(frozen=True)
class MinDenominator:
    """Below it, in the denominator's unit, a figure is marked and compared with no other."""

    value: Decimal
    label: str
    source: str


@functools.cache
def load_units() -> dict[str, Unit]:
    """Every unit by its name."""
    return {name: Unit(**entry) for name, entry in yaml.safe_load(UNITS_FILE.read_text(encoding="utf-8")).items()}


def number_text(number: Decimal, unit: Unit, per: int = 1) -> str:
    """A number divided by ``per``, rounded half up once, in its unit: ``1,304 家``, ``36,500.00 元``."""
    return f"{_rounded(Fraction(number) / per, unit.decimals):,f} {unit.zh}"


def change_text(number: Decimal, unit: Unit, per: int = 1) -> str:
    """A difference in its unit, always with its sign; zero is ``0``."""
    return f"{_rounded(Fraction(number) / per, unit.decimals):+,f} {unit.zh}" if number else "0"


def period_text(kind: str, start: dt.date, end: dt.date) -> str:
    """A period in words: ``截至 2026-11-20``, ``本年累计 2026-01-01 至 2026-11-20``."""
    return f"截至 {end}" if kind == "as_of" else f"{_PERIODS[kind]} {start} 至 {end}"


def _rounded(exact: Fraction, decimals: int) -> Decimal:
    """Half away from zero, from the exact number, to exactly so many decimals."""
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals, _ROOM)
