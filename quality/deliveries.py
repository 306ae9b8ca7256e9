"""Bounds for comparing a delivery with those before it, read from ``quality/rules/bounds/deliveries.yml``.

A bound without insurer and record type holds for all; the most specific one that is valid on the day of receipt
counts, the insurer's before the record type's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from schemas.contract import RECORD_TYPES
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes
from schemas.yaml_files import Entry, Number, Text, Told, among, read_yaml

FILE = "bounds/deliveries.yml"
NAMES = (
    "earlier_deliveries", "least_deliveries", "mad_factor", "row_factor", "row_floor", "seen_factor", "amount_factor", "regular_rows",
    "column_rows", "filled_share", "full_share", "fallen_to_share", "constant_chance", "vanished_keys",
)  # fmt: skip
#: Names that a file may leave out, so that older editions are read as they were: nothing said means 0.
SWITCHES = ("insert_may_change",)
_OF_ALL = "*"


class Bound(Entry):
    """One value of one bound; ``*`` = every insurer or record type. Days of validity include both ends."""

    name: Annotated[str, among(lambda: NAMES + SWITCHES)]
    value: Number
    valid_from: dt.date
    source: Text
    insurer_id: Annotated[str, Field(validation_alias="insurer")] = _OF_ALL
    record_type: Annotated[str, among(lambda: RECORD_TYPES)] = _OF_ALL
    valid_to: dt.date | None = None

    def mistakes(self) -> Iterator[Told]:
        """A switch is on or off; every other bound is above nothing."""
        if self.name in SWITCHES and self.value not in (0, 1):
            yield "value", f"{self.value} is neither 0 nor 1", "1 is yes, 0 is no"
        if self.name not in SWITCHES and self.value <= 0:
            yield "value", f"{self.value} is no positive number", "write a number above 0"

    @property
    def is_for_all(self) -> bool:
        """Whether it speaks of every insurer and record type."""
        return self.insurer_id == self.record_type == _OF_ALL


def bounds_of(text: str, file: str = FILE) -> tuple[Bound, ...]:
    """The bounds of a file's text. Raises DefinitionError with every mistake; the shipped file says each bound for all."""
    bounds = read_yaml(file, text, list, names=("name",)).parts(Bound)
    said = {bound.name for bound in bounds if bound.is_for_all}
    with Mistakes() as mistakes:
        for name in filter(lambda name: name not in said, NAMES if file == FILE else ()):
            fix = "write it once without insurer and record_type"
            mistakes.add(DefinitionError(FILE, name, "is missing", fix=fix))
    return bounds


def as_values(bounds: Iterable[Bound]) -> str:
    """The bounds as a ``values`` list of SQL: (name, value, insurer_id, record_type, valid_from, valid_to)."""
    return "(values " + ", ".join(map(_row, bounds)) + ")"


def _row(bound: Bound) -> str:
    until = f"date '{bound.valid_to}'" if bound.valid_to else "cast(null as date)"
    names = ", ".join(_quoted(part) for part in (bound.insurer_id, bound.record_type))
    return f"({_quoted(bound.name)}, {bound.value}, {names}, date '{bound.valid_from}', {until})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
