"""Bounds for comparing a delivery with those before it, read from ``quality/rules/bounds/deliveries.yml``.

A bound without insurer and record type holds for all; the most specific one that is valid on the day of receipt
counts, the insurer's before the record type's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from quality.bound_files import read_bounds
from schemas.contract import RECORD_TYPES
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes

FILE = "bounds/deliveries.yml"
NAMES = (
    "earlier_deliveries", "least_deliveries", "mad_factor", "row_factor", "row_floor", "seen_factor", "amount_factor", "regular_rows",
    "column_rows", "filled_share", "full_share", "fallen_to_share", "constant_chance", "vanished_keys",
)  # fmt: skip
#: Names that a file may leave out, so that older editions are read as they were: nothing said means 0.
SWITCHES = ("insert_may_change",)
_NEEDED = {"name", "value", "valid_from", "source"}
_ALLOWED = _NEEDED | {"insurer", "record_type", "valid_to"}


@dataclass(frozen=True)
class Bound:
    """One value of one bound; ``*`` = every insurer or record type. Days of validity include both ends."""

    name: str
    value: Decimal
    insurer_id: str
    record_type: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str


def bounds_of(text: str, file: str = FILE) -> tuple[Bound, ...]:
    """The bounds of a file's text. Raises DefinitionError with every mistake; the shipped file says each bound for all."""
    bodies = read_bounds(file, text)
    with Mistakes() as mistakes:
        for body, line in bodies:
            for key, problem, fix in _mistakes(body):
                mistakes.add(DefinitionError(file, f"{body.get('name')}.{key}", problem, line, fix))
        for name in NAMES if file == FILE else ():
            if not any(b.get("name") == name and "insurer" not in b and "record_type" not in b for b, _ in bodies):
                mistakes.add(
                    DefinitionError(FILE, name, "is missing", fix="write it once without insurer and record_type")
                )
    return tuple(_bound(body) for body, _ in bodies)


def as_values(bounds: Iterable[Bound]) -> str:
    """The bounds as a ``values`` list of SQL: (name, value, insurer_id, record_type, valid_from, valid_to)."""
    return "(values " + ", ".join(map(_row, bounds)) + ")"


def _bound(body: dict[str, Any]) -> Bound:
    return Bound(
        body["name"],
        Decimal(str(body["value"])),
        body.get("insurer", "*"),
        body.get("record_type", "*"),
        body["valid_from"],
        body.get("valid_to"),
        body["source"],
    )


def _mistakes(body: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    for key in sorted(_NEEDED - set(body)):
        yield key, "is missing", f"add {key}"
    for key in sorted(set(body) - _ALLOWED):
        yield key, "unknown key", ", ".join(sorted(_ALLOWED))
    if "name" in body and body["name"] not in NAMES + SWITCHES:
        yield "name", "is no bound", ", ".join(NAMES + SWITCHES)
    if body.get("name") in SWITCHES:
        if type(body.get("value")) is not int or body["value"] not in (0, 1):
            yield "value", f"{body.get('value')!r} is neither 0 nor 1", None
    elif "value" in body and not _is_positive(body["value"]):
        yield "value", f"{body['value']!r} is no positive number", None
    if body.get("record_type", "*") not in ("*", *RECORD_TYPES):
        yield "record_type", f"{body['record_type']} is no record type", ", ".join(RECORD_TYPES)
    for key in ("valid_from", "valid_to"):
        if key in body and type(body[key]) is not dt.date:
            yield key, f"{body[key]!r} is no date", "YYYY-MM-DD"


def _is_positive(value: object) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) > 0
    except InvalidOperation:
        return False


def _row(bound: Bound) -> str:
    until = f"date '{bound.valid_to}'" if bound.valid_to else "cast(null as date)"
    names = ", ".join(_quoted(part) for part in (bound.insurer_id, bound.record_type))
    return f"({_quoted(bound.name)}, {bound.value}, {names}, date '{bound.valid_from}', {until})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
