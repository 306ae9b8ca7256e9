"""What the simulator knows of a province: ``world/`` in its folder. A province without one is not simulated."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable
from typing import TypeVar

from schemas.errors import SetupError
from schemas.lined import Lined
from schemas.province import Province, province

KEYS = ("abbreviation", "cast", "city_shares", "coast", "zones", "terms")
_T = TypeVar("_T")


class World(Lined):
    """``world/world.yml`` of a province, and the tables beside it."""

    def __init__(self, here: Province) -> None:
        self.code, self.folder = here.code, world_folder(here)
        if not (self.folder / "world.yml").is_file():
            raise SetupError(f"{here.folder} is not simulated: it holds no world/world.yml")
        super().__init__(self.folder / "world.yml", required=KEYS, optional=("strict_terms",))


def world_folder(here: Province) -> pathlib.Path:
    """Where a province keeps its world."""
    return here.folder / "world"


def is_simulated() -> bool:
    """Whether the present province has a world."""
    return (world_folder(province()) / "world.yml").is_file()


@functools.cache
def _read(here: Province) -> World:
    return World(here)


def world() -> World:
    """The present province's world. Raises SetupError when it has none, DefinitionError for its mistakes."""
    return _read(province())


def of_world(read: Callable[[World], _T]) -> Callable[[], _T]:
    """A reader of the present province's world that reads each once."""
    kept = functools.cache(read)
    return functools.wraps(read)(lambda: kept(world()))
