"""A file of bounds as entries with their lines; a province's own bounds lie over the shipped ones from their first day on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import yaml

from schemas.errors import DefinitionError

#: Where the bounds of a province stand among a rule set's files: ``province/bounds/amounts.yml``.
OWN = "province/"


class _Bound(Protocol):
    @property
    def valid_from(self) -> dt.date | None: ...
    @property
    def valid_to(self) -> dt.date | None: ...


_B = TypeVar("_B", bound=_Bound)


def overlaid(shipped: Iterable[_B], own: Iterable[_B], subject: Callable[[_B], Hashable]) -> tuple[_B, ...]:
    """Shipped bounds until the day before the province's first one of the same subject, and the province's."""
    begins: dict[Hashable, dt.date] = {}
    laid = tuple(own)
    for bound in laid:
        first_day = bound.valid_from or dt.date.min
        begins[subject(bound)] = min(begins.get(subject(bound), first_day), first_day)
    return (*(kept for bound in shipped for kept in _until(bound, begins.get(subject(bound)))), *laid)


def _until(bound: _B, day: dt.date | None) -> Iterator[_B]:
    """The bound as it holds before a day; nothing when it begins no earlier."""
    if day is None:
        yield bound
    elif (bound.valid_from or dt.date.min) < day:
        last_day = day - dt.timedelta(days=1)
        yield dataclasses.replace(bound, valid_to=min(bound.valid_to or last_day, last_day))  # type: ignore[type-var]


def read_bounds(file: str, text: str) -> list[tuple[dict[str, Any], int]]:
    """(entry, line) of each bound. Raises DefinitionError for what is no list of them."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        document = yaml.load(text, Loader=yaml.CSafeLoader) or []
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        raise DefinitionError(file, "document", problem, mark.line + 1 if mark else None, "write valid YAML") from error
    if not isinstance(document, list) or not all(isinstance(body, dict) for body in document):
        raise DefinitionError(file, "document", "is no list of bounds", 1, "begin each with `- {`")
    lines = [each.start_mark.line + 1 for each in node.value] if node else []
    return list(zip(document, lines, strict=True))
