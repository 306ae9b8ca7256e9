"""What a reader may choose in the forms of the console: areas, sectors, insurers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from portal.console import names
from portal.console.address import View
from portal.console.names import Region
from portal.console.scope import ALL
from portal.look.texts import texts

Choices = list[tuple[str, str]]


def region_choices(connection: sa.Connection, view: View) -> Choices:
    """(code, name) of the caller's own areas and those below them; a county with its city's name."""
    day = view.publication.as_of
    return regions_of(names.regions(connection, day), day, {*view.scope.region_codes})


def regions_of(known: Mapping[str, Region], day: dt.date, own: set[str]) -> Choices:
    """(code, name) of some areas and those below them, as they are on a day; ``*`` is all."""
    valid = {c: r for c, r in known.items() if _is_valid(r, day)}
    return [
        (code, _within(region, valid) + region.region_name)
        for code, region in sorted(valid.items())
        if ALL in own or {code, region.parent_code} & own
    ]


def domain_choices(connection: sa.Connection, view: View, language: str) -> Choices:
    """(code, name) of the caller's own sectors."""
    t, own = texts(language), {*view.scope.domain_codes}
    own |= {"11", "12"} if "10" in own else set()
    return [(code, t(*words)) for code, words in names.codes(connection, "CL-DOMAIN").items() if own & {ALL, code}]


def insurer_choices(connection: sa.Connection) -> Choices:
    """(id, name) of insurers."""
    return [*names.insurers(connection).items()]


def _is_valid(region: Region, day: dt.date) -> bool:
    return region.valid_from <= day and (region.valid_to is None or region.valid_to >= day)


def _within(region: Region, valid: dict[str, Region]) -> str:
    parent = valid.get(region.parent_code or "")
    return f"{parent.region_name} " if parent and region.region_level == "county" else ""
