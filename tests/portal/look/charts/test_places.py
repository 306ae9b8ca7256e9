"""Where the cities lie: a file of the province."""

from __future__ import annotations

import pathlib

import pytest

from portal.look.charts.places import tile_places
from schemas.errors import DefinitionError
from schemas.province import DEFAULT, VARIABLE
from schemas.regions import regions_of


def provinces(folder: pathlib.Path, tiles: str | None) -> None:
    (folder / "province.yml").write_text('code: "410000"\n', encoding="utf-8")
    if tiles is not None:
        (folder / "tiles.yml").write_text(tiles, encoding="utf-8")


def test_every_present_city_of_the_simulated_province_has_a_square(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(DEFAULT))
    cities = {r.region_code for r in regions_of("370000").known if r.level == "city" and r.valid_to is None}
    assert tile_places().keys() == cities


def test_a_province_may_have_none(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provinces(tmp_path, None)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert tile_places() == {}


@pytest.mark.parametrize(
    ("tiles", "told"),
    [
        ('"410100": {column: 0, row: 0}\n"410200": {column: 0, row: 0}\n', "410200"),
        ('"410100": {column: -1, row: 0}\n', "column"),
        ('"410100": {col: 1, row: 0}\n', "col"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, tiles: str, told: str
) -> None:
    provinces(tmp_path, tiles)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(DefinitionError, match=f"tiles.yml.*{told}"):
        tile_places()
