"""Where an alert says to look further there is a page of the portal."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.routing import APIRoute
from starlette.routing import Match

from portal.app import ROUTERS
from portal.console.lists import LISTS
from warehouse.alerts.catalogue import load_definitions
from warehouse.indicators.catalogue import load_definitions as load_indicators

#: Names in an address, by the page that they belong to, and those that the page knows.
KNOWN = {
    "/console/lists/{name}": {*LISTS},
    "/console/indicators/{code}": {each.code for each in load_indicators().values()},
}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The portal's routing table."""
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for router in ROUTERS:
        made.include_router(router)
    return made


@pytest.mark.parametrize("kind", sorted(load_definitions()))
def test_the_link_of_a_kind_leads_to_a_page(app: FastAPI, kind: str) -> None:
    asked = urlsplit(load_definitions()[kind].link)
    scope = {"type": "http", "method": "GET", "path": asked.path, "headers": []}
    found = [(route, more) for route in app.routes for match, more in [route.matches(scope)] if match is Match.FULL]
    assert found, asked.path
    route, more = found[0]
    assert isinstance(route, APIRoute)
    assert set(more["path_params"].values()) <= KNOWN.get(route.path, set())
    taken = {field.alias for field in get_flat_dependant(route.dependant).query_params}
    assert set(parse_qs(asked.query)) <= taken
    assert parse_qs(asked.query).get("kind", [kind]) == [kind]
