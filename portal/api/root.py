"""Where programs begin: links, who they are, the codes of problems, and the description of everything."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from portal.api.answers import problems
from portal.api.answers import router as part
from portal.api.links import add_links
from portal.asking import Here, Who
from portal.problems import KINDS, MEDIA_TYPE, Problem

router = part()


class Start(BaseModel):
    """Where to go from here; only what this account may ask."""

    links: dict[str, str]


class Me(BaseModel):
    """The account that asks, and what it may see; ``*`` stands for everything of a kind."""

    login: str
    kind: str
    region_codes: list[str]
    domain_codes: list[str]
    insurer_id: str
    sees_personal: bool
    scopes: list[str]
    links: dict[str, str]


class ProblemKind(BaseModel):
    """A code of problem details: its status, and its title in Chinese and English."""

    code: str
    status: int
    title_zh: str
    title_en: str


@router.get("", summary="Links to begin with", tags=["start"])
def start(who: Who) -> Start:
    """Every list that this account may read."""
    lists = {
        "self": "/api/v1",
        "me": "/api/v1/me",
        "submissions": "/api/v1/submissions",
        "rules": "/api/v1/rules",
        "record_types": "/api/v1/record-types",
    }
    of_readers = (
        "indicators", "publications", "months", "alerts", "due-soon", "expected", "obligations", "on-time", "extensions",
    )  # fmt: skip
    lists |= {name: f"/api/v1/{name}" for name in of_readers} if who.may("read") else {}
    if not who.person.is_of_insurer and who.may("read"):
        lists |= {name: f"/api/v1/{name}" for name in ("lists", "search", "insurers", "audit", "accounts")}
    return Start(links=lists)


@router.get("/me", summary="Who asks", tags=["start"])
def me(who: Who) -> Me:
    """The account of the token or session, and its scopes."""
    person = who.person
    return Me(
        login=person.login, kind=person.kind, region_codes=[*person.region_codes], domain_codes=[*person.domain_codes],
        insurer_id=person.insurer_id, sees_personal=person.sees_personal,
        scopes=[scope for scope in ("read", "submit") if who.may(scope)], links={"start": "/api/v1"},
    )  # fmt: skip


@router.get("/problems/{code}", summary="A code of problem details", tags=["start"], responses=problems("NOT-FOUND"))
def problem(code: str) -> ProblemKind:
    """What a code means."""
    if code not in KINDS:
        raise Problem("NOT-FOUND")
    kind = KINDS[code]
    return ProblemKind(code=code, status=kind.status, title_zh=kind.zh, title_en=kind.en)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 description of what stands below /api/v1, made once."""
    if app.openapi_schema is None:
        routes = [route for route in app.routes if getattr(route, "path", "").startswith("/api/v1")]
        made = get_openapi(
            title="anze-hub API", version="1", openapi_version="3.1.0", routes=routes,
            description="安全生产责任保险一站式平台接口。Bearer tokens come from the platform's administrator (`anze user token add`).",
        )  # fmt: skip
        made["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"bearer": []}]
        for path in made["paths"].values():
            for operation in path.values():
                _as_answered(operation)
        add_links(made)
        app.openapi_schema = made
    return app.openapi_schema


def openapi(request: Request, here: Here) -> dict[str, Any]:
    """The description, for everybody."""
    return {**describe(request.app), "servers": [{"url": here.address}]}


def _as_answered(operation: dict[str, Any]) -> None:
    """Invalid requests are told as problem details with 400; FastAPI would describe its own 422."""
    said = operation["responses"].get("422", {})
    if "HTTPValidationError" in str(said):
        del operation["responses"]["422"]
    for answer in operation["responses"].values():
        content = answer.get("content", {})
        if MEDIA_TYPE in content and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
