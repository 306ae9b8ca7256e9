"""A province's own bounds lie over the shipped ones from their first day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar

#: Where the bounds of a province stand among a rule set's files: ``province/bounds/amounts.yml``.
OWN = "province/"


class Dated(Protocol):
    """An entry with days of validity, both ends included; None = open."""

    @property
    def valid_from(self) -> dt.date | None: ...

    @property
    def valid_to(self) -> dt.date | None: ...

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same entry, with other values."""


B = TypeVar("B", bound=Dated)


def overlaid(shipped: Iterable[B], own: Iterable[B], subject: Callable[[B], Hashable]) -> tuple[B, ...]:
    """Shipped bounds until the day before the province's first one of the same subject, and the province's."""
    begins: dict[Hashable, dt.date] = {}
    found = list(own)
    for bound in found:
        first_day = bound.valid_from or dt.date.min
        begins[subject(bound)] = min(begins.get(subject(bound), first_day), first_day)
    kept = [part for bound in shipped for part in _until(bound, begins.get(subject(bound)))]
    return tuple(kept + found)


def _until(bound: B, day: dt.date | None) -> Iterator[B]:
    """The bound as it holds before a day; nothing when it begins no earlier."""
    if day is None:
        yield bound
    elif (bound.valid_from or dt.date.min) < day:
        last_day = day - dt.timedelta(days=1)
        yield bound.model_copy(update={"valid_to": min(bound.valid_to or last_day, last_day)})
