"""Where a province's cities lie on a grid of tiles: ``tiles.yml`` of its folder, column and row by region code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from schemas.mistakes import Mistakes
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, YamlFile, read_yaml

FILE = "tiles.yml"
Place = tuple[int, int]
_Step = Annotated[int, Field(ge=0)]


class _Tile(Entry):
    """One city's square, counted from the upper left, from 0."""

    column: _Step
    row: _Step


@by_province
def tile_places(province: Province) -> Mapping[str, Place]:
    """Column and row by region code, from 0; empty without the file. Raises DefinitionError for its mistakes."""
    path = province.folder / FILE
    if not path.is_file():
        return {}
    document = read_yaml(f"{province.folder.name}/{FILE}", path.read_bytes(), dict)
    tiles = document.part(dict[str, _Tile])
    return _each_alone(document, {code: (tile.column, tile.row) for code, tile in tiles.items()})


def _each_alone(document: YamlFile, places: dict[str, Place]) -> dict[str, Place]:
    """Refuse two cities on one square."""
    first = {place: code for code, place in reversed(places.items())}
    with Mistakes() as mistakes:
        for code, place in places.items():
            if first[place] != code:
                problem = f"lies where {first[place]} lies"
                mistakes.add(document.error((code,), problem, "give each city a column and row of its own"))
    return places
