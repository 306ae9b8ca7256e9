"""How much a delivery that replaces may lack before a person is asked, read from ``quality/rules/bounds/replacing.yml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from schemas.errors import DefinitionError
from schemas.yaml_files import Entry, Number, Text, read_yaml

FILE = "bounds/replacing.yml"


class ReplacingBound(Entry):
    """A share of the live records in what is replaced, and a number of them; more than either is asked about."""

    valid_from: dt.date
    missing_ratio: Number
    missing_count: int
    source: Text
    confidence: Text
    valid_to: dt.date | None = None


def replacing_of(text: str, file: str = FILE) -> tuple[ReplacingBound, ...]:
    """The bounds of a file's text. Raises DefinitionError with every mistake."""
    return read_yaml(file, text, list, names=("valid_from",)).parts(ReplacingBound)


def in_force(bounds: Iterable[ReplacingBound], day: dt.date) -> ReplacingBound:
    """The bound of a Shanghai date: the last that began. Raises DefinitionError when none is in force."""
    found = [bound for bound in bounds if bound.valid_from <= day and (bound.valid_to is None or day <= bound.valid_to)]
    if not found:
        raise DefinitionError(FILE, "valid_from", f"no bounds are in force on {day}", fix="add an earlier entry")
    return max(found, key=lambda bound: bound.valid_from)
