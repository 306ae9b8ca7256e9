"""What every answer of the API has in common: pages of a list, links to go on, entity tags, described problems."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from portal.asking import door, standby_lag
from portal.problems import KINDS, MEDIA_TYPE

Item = TypeVar("Item")
#: Rows of one page of a list, and how many may be asked for.
PAGE_ROWS, MOST_ROWS = 100, 1000
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page.")]
Text = Annotated[str | None, Query(max_length=200)]
BIGGEST = 2**63 - 1
#: Seconds by which the standby that was read is behind, at most, or "unknown"; absent where the primary was read.
LAG_HEADER = "Standby-Lag-Seconds"


class ProblemDetails(BaseModel):
    """What was wrong with a request (RFC 9457); ``code`` is one of ours, ``detail`` says what to do."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str


class Page(BaseModel, Generic[Item]):
    """A page of a list: its rows, how many the whole list has, and where the next page is (null on the last)."""

    items: list[Item]
    total: int = Field(description="Rows of the whole list.")
    next: str | None = Field(description="Address of the next page; null on the last.")


class Tagged(APIRoute):
    """Answers of a GET carry an entity tag of their content; the same content again is 304."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            behind = await run_in_threadpool(standby_lag, request) if door(request).has_standby else None
            if behind:
                response.headers[LAG_HEADER] = "unknown" if behind.seconds is None else f"{behind.seconds:.0f}"
            if request.method != "GET" or response.status_code != 200 or not response.body:
                return response
            tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
            headers = {
                "ETag": tag,
                "Cache-Control": "private, no-cache",
                "Vary": "Authorization, Cookie, Accept-Language",
            }
            if tag in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
                if LAG_HEADER in response.headers:
                    headers[LAG_HEADER] = response.headers[LAG_HEADER]
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return tagged


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems, for its description; those that every route may give are among them."""
    of_all = ("REQUEST-INVALID", "SIGN-IN-NEEDED", "NOT-ALLOWED", "TOO-MANY", "NOT-NOW")
    found: dict[int | str, dict[str, Any]] = {}
    for code in (*of_all, *codes):
        told = found.setdefault(
            KINDS[code].status, {"model": ProblemDetails, "description": "", "content": {MEDIA_TYPE: {}}}
        )
        told["description"] = "; ".join(filter(None, (told["description"], f"{code}: {KINDS[code].en}")))
    return found


def router(prefix: str = "") -> APIRouter:
    """A part of the API."""
    return APIRouter(prefix=f"/api/v1{prefix}", route_class=Tagged, responses=problems())


def next_page(request: Request, cursor: object | None) -> str | None:
    """The address of the next page, with the same conditions."""
    return None if cursor is None else f"{request.url.path}?{request.url.include_query_params(cursor=cursor).query}"
