"""What the simulator knows of a province: ``world/`` in its folder. A province without one is not simulated."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import Field, Strict

from schemas.errors import DefinitionError, SetupError
from schemas.province import Province, province
from schemas.yaml_files import Entry, Listed, Text, YamlFile, read_yaml

Fault = Literal["throttling", "down", "bad_rows", "silent", "duplicate"]
_T = TypeVar("_T")
_Number = Annotated[int, Strict(strict=False)]
_Window = Annotated[tuple[str, float, float], Strict(strict=False)]


class Member(Entry):
    """An insurer of the cast: how it is called, how it speaks, and what goes wrong with it in the demo night."""

    name: Text
    dialect: Text
    fault: Fault | None = None


class Terms(Entry):
    """What covers promise: limits in 10,000 yuan a person by their weights, the prevention fee in per mille of the premium.

    ``rhythm`` holds (item, share of the year at which the window begins and ends) of each service that a rule names.
    """

    per_person_limits: dict[_Number, float]
    fee_per_mille: Annotated[tuple[int, int], Strict(strict=False)]
    services_a_year: int
    subsidy_pct: int = 0
    rhythm: Listed[_Window] = ()
    rhythm_rule_no: str | None = None


class StrictTerms(Terms):
    """Terms of some cities."""

    cities: Listed[str]


class Said(Entry):
    """``world/world.yml`` of a province."""

    abbreviation: Text
    members: Annotated[dict[str, Member], Field(validation_alias="cast")]
    city_shares: dict[str, float]
    coast: Listed[str]
    zones: dict[str, str]
    terms: Terms
    strict_terms: StrictTerms | None = None


@dataclass(frozen=True, eq=False)
class World:
    """A province that is simulated: its code, the folder of its world, what ``world.yml`` says there and where."""

    code: str
    folder: pathlib.Path
    said: Said
    document: YamlFile

    def refuse(self, key: str, problem: str, fix: str) -> DefinitionError:
        """A mistake at a key of ``world.yml``."""
        return self.document.error((key,), problem, fix)


def world_folder(here: Province) -> pathlib.Path:
    """Where a province keeps its world."""
    return here.folder / "world"


def is_simulated() -> bool:
    """Whether the present province has a world."""
    return (world_folder(province()) / "world.yml").is_file()


@functools.cache
def _read(here: Province) -> World:
    folder = world_folder(here)
    if not (folder / "world.yml").is_file():
        raise SetupError(f"{here.folder} is not simulated: it holds no world/world.yml")
    document = read_yaml("world/world.yml", (folder / "world.yml").read_bytes(), dict)
    return World(here.code, folder, document.part(Said), document)


def world() -> World:
    """The present province's world. Raises SetupError when it has none, DefinitionError for its mistakes."""
    return _read(province())


def of_world(read: Callable[[World], _T]) -> Callable[[], _T]:
    """A reader of the present province's world that reads each once."""
    kept = functools.cache(read)
    return functools.wraps(read)(lambda: kept(world()))
