"""How a figure's numbers are read: units, decimals, periods in words, and samples too small to compare.

The same wording in SQL: the baseline migration, ``core.shown_number`` and ``core.period_text``; a test holds them together.
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.mistakes import nearest
from schemas.yaml_files import Entry, Number, Words, mistake, read_yaml

UNITS_FILE = pathlib.Path(__file__).parent / "units.yml"
#: What stands where there is no value.
NOTHING = "—"
_PERIODS = {"month": "当月", "ytd": "本年累计", "rolling12": "近12个月"}
_ROOM = Context(prec=80)


class Unit(Words):
    """A unit as people read it: the word behind the number, and how many decimals the number has."""

    decimals: int


@functools.cache
def load_units() -> dict[str, Unit]:
    """Every unit by its name. Raises DefinitionError with every mistake."""
    return read_yaml(UNITS_FILE.name, UNITS_FILE.read_bytes(), dict).part(dict[str, Unit])


def _unit(name: object) -> Unit:
    if not isinstance(name, str) or name not in load_units():
        raise mistake(f"{name!r} is no unit", nearest(str(name), load_units()))
    return load_units()[name]


class Measure(Words):
    """What a numerator or denominator counts, in words and in a unit."""

    unit: Annotated[Unit, BeforeValidator(_unit)]


class MinDenominator(Entry):
    """Below it, in the denominator's unit, a figure is marked and compared with no other; 0 = none."""

    value: Annotated[Number, Field(ge=0)]
    label: str
    source: str


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
