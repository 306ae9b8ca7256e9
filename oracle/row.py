"""A record as it is read by its field names: its values stay one tuple, which its version holds too."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemas.contract import load_contracts


class Row(Mapping[str, Any]):
    """Values under the names of a record type's fields."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@functools.cache
def reader(record_type: str) -> Callable[[tuple[Any, ...]], Row]:
    """What makes rows of the contents of a record type."""
    return functools.partial(Row, {name: place for place, name in enumerate(load_contracts()[record_type].by_name)})
