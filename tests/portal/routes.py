"""Every route of the portal, found by itself, and how its address is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute


@dataclass(frozen=True)
class Asked:
    """One method of one route: its address with names in braces, what the address and the query take, fields of its form."""

    method: str
    path: str
    path_names: tuple[str, ...]
    query_names: tuple[str, ...]
    form_names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, values: Mapping[str, str]) -> str:
        """The address. Raises KeyError for a name that nobody said how to fill: say it, so that the route is tested."""
        return re.sub(r"{(\w+)(?::\w+)?}", lambda found: values[found[1]], self.path)


def routes(app: FastAPI) -> list[Asked]:
    """Every method of every route. Fails for a kind of route that it cannot look into."""
    return list(_routes(app.routes))


def _routes(found: list[BaseRoute]) -> Iterator[Asked]:
    for route in found:
        assert isinstance(route, APIRoute), f"{route}: say here how such a route is tested"
        flat = get_flat_dependant(route.dependant, skip_repeats=True)
        for method in sorted(route.methods):
            yield Asked(
                method, route.path, *(tuple(field.alias for field in fields) for fields in (
                    flat.path_params, flat.query_params, flat.body_params)),
            )  # fmt: skip
