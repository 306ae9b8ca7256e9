"""The portal as one application: its routes, what every answer carries, and how a fault is told."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pipeline import logs
from portal import watching
from portal.api import alerts as api_alerts
from portal.api import audit as api_audit
from portal.api import clock as api_clock
from portal.api import enterprises as api_enterprises
from portal.api import files as api_files
from portal.api import indicators as api_indicators
from portal.api import lists as api_lists
from portal.api import record_types as api_record_types
from portal.api import records as api_records
from portal.api import root as api
from portal.api import rules as api_rules
from portal.api import statements as api_statements
from portal.api import submissions as api_submissions
from portal.asking import Who, client, door, found, language, page, require_own_form
from portal.bodies import Bounded, most_bytes, too_large
from portal.bulletin import pages as bulletin
from portal.clock import alert_pages, list_pages
from portal.console import (
    audit_pages,
    behind_pages,
    body_pages,
    enterprise_pages,
    indicator_pages,
    lists_pages,
    month_pages,
    movement_pages,
    record_pages,
    search_pages,
)
from portal.console import pages as console
from portal.door import Door
from portal.look.pages import CONTENT_SECURITY_POLICY
from portal.look.static_files import static_file
from portal.look.texts import texts
from portal.menu import home
from portal.pace import Pace
from portal.problems import MEDIA_TYPE, OF_STATUS, Problem, of_hub, told
from portal.request_ids import HEADER, Named, request_id
from portal.signing_in import pages as signing_in
from portal.submissions import evidence_pages, receiving, report_files, rule_pages, statement_pages
from portal.submissions import pages as submissions
from portal.submissions.loading import Worker
from schemas.errors import HubError
from warehouse.database.engine import database_errors

logger = logging.getLogger(__name__)

#: What needs nobody signed in: begins so, or is exactly so.
OPEN = ("/healthz", watching.PATH, "/static/")
FOR_ALL = ("/sign-in", "/sign-in/provider", signing_in.PROVIDER_BACK, "/language", "/api/v1/openapi.json")
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
ROUTERS = (
    signing_in.router,
    statement_pages.router,
    report_files.router,
    submissions.router,
    evidence_pages.router,
    rule_pages.router,
    *(each.router for each in (console, indicator_pages, behind_pages, record_pages, movement_pages, month_pages)),
    bulletin.router,
    list_pages.router,
    alert_pages.router,
    lists_pages.router,
    search_pages.router,
    enterprise_pages.router,
    body_pages.router,
    audit_pages.router,
    api.router,
    api_rules.router,
    api_lists.router,
    api_enterprises.router,
    api_audit.router,
    api_alerts.router,
    api_clock.router,
    api_submissions.router,
    api_record_types.router,
    api_files.router,
    api_indicators.router,
    api_records.router,
    api_statements.router,
)


def create_app(door: Door) -> FastAPI:
    """The application that answers for one installation; ``door`` is closed with it."""
    worker = Worker(door.hub.settings)
    receiving.empty(door.hub.settings.var_folder)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        worker.start()
        yield
        await run_in_threadpool(worker.stop)
        door.close()

    app = FastAPI(
        title="anze-hub", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        dependencies=[Depends(require_own_form)],
    )  # fmt: skip
    app.state.door, app.state.pace, app.state.worker = door, Pace(door.bounds), worker
    app.state.watch = watching.Watch(door.hub)
    app.state.one_at_a_time = anyio.CapacityLimiter(1)
    app.add_middleware(Bounded, bounds=door.bounds)
    app.middleware("http")(_guarded)
    app.add_middleware(Named)
    for kind in (Problem, HubError, HTTPException, RequestValidationError, ClientDisconnect, Exception):
        app.exception_handler(kind)(_told)
    app.get("/healthz", include_in_schema=False)(healthz)
    app.get(watching.PATH, include_in_schema=False)(watching.answer)
    app.get("/static/{name}", include_in_schema=False)(static)
    app.get("/", include_in_schema=False)(start)
    app.get("/api/v1/openapi.json", include_in_schema=False)(api.openapi)
    for router in ROUTERS:
        app.include_router(router)
    return app


async def healthz(request: Request) -> dict[str, str]:
    """Whether the portal and its database answer, in a thread of its own. Raises WarehouseUnreachable."""
    await anyio.to_thread.run_sync(_look, door(request), limiter=request.app.state.one_at_a_time)
    return {"status": "ok"}


def _look(here: Door) -> None:
    with database_errors("looking after itself"), here.pulse.connect() as connection:
        connection.exec_driver_sql("select 1")


def static(name: str) -> Response:
    """A file that pages load. Raises Problem NOT-FOUND."""
    try:
        file = static_file(name)
    except FileNotFoundError:
        raise Problem("NOT-FOUND") from None
    return Response(file.content, media_type=file.media_type, headers={"Cache-Control": file.cache_control})


def start(who: Who) -> Response:
    """Where a person begins."""
    return RedirectResponse(home(who.person), 303)


async def _guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Keep the pace, and give every answer the headers that protect it."""
    is_open = request.url.path.startswith(OPEN)
    problem = None if is_open else await run_in_threadpool(_objection, request)
    if who := getattr(request.state, "identity", None):
        logs.from_here(account=who.person.login)
    response = await answer(request) if problem is None else await run_in_threadpool(_told, request, problem)
    return _protected(response)


def _protected(response: Response) -> Response:
    for name, value in (HEADERS | {HEADER: request_id()}).items():
        response.headers.setdefault(name, value)
    return response


def _objection(request: Request) -> Problem | None:
    """Why a request gets no further: it is too large, it came too often, or nobody is signed in."""
    if b"%00" in request.scope["query_string"] or "\0" in request.url.path:
        return Problem("REQUEST-INVALID", "NUL")
    told, bounds = request.headers.get("content-length", ""), door(request).bounds
    if told.isdigit() and int(told) > most_bytes(request.url.path, bounds):
        return too_large(request.url.path, bounds)
    try:
        who = found(request)
    except HubError as error:
        return of_hub(error)
    pace: Pace = request.app.state.pace
    if seconds := pace.seconds_to_wait(who.person.login if who else None, client(request)):
        return Problem("TOO-MANY", retry_after=seconds)
    if who is None and request.url.path not in FOR_ALL:
        return Problem("SIGN-IN-NEEDED")
    return None


def _told(request: Request, error: Exception) -> Response:
    """A fault as the caller understands it: problem details for programs, a page for people, a way to sign in."""
    problem = _problem(request, error)
    answer = told(problem, language(request))
    if not _is_browser(request):
        document = answer.document(request.url.path)
        return _protected(JSONResponse(document, answer.status, media_type=MEDIA_TYPE, headers=answer.headers))
    if answer.code == "SIGN-IN-NEEDED":
        return _to_sign_in(request)
    return _protected(_page(request, answer.status, answer.title, answer.detail, answer.headers))


def _is_browser(request: Request) -> bool:
    """Whether a person looks: a program gets problem details, whatever it asks for."""
    return not request.url.path.startswith(("/api/", "/healthz", watching.PATH)) and "text/html" in request.headers.get(
        "accept", ""
    )


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HubError):
        logger.warning("%s %s: %s", request.method, request.url.path, error)
        return of_hub(error)
    if isinstance(error, RequestValidationError):
        return Problem("REQUEST-INVALID", "; ".join(_place(each) for each in error.errors()))
    if isinstance(error, HTTPException):
        return Problem(OF_STATUS.get(error.status_code, "REQUEST-INVALID"), headers=error.headers)
    if isinstance(error, ClientDisconnect):
        return Problem("REQUEST-INVALID", "the client went away")
    logger.error("%s %s", request.method, request.url.path, exc_info=error)
    return Problem("FAULT")


def _place(error: dict[str, object]) -> str:
    """Where in the request something is wrong, and what; never what was sent."""
    where = error["loc"]
    assert isinstance(where, tuple)
    return f"{'.'.join(map(str, where))}: {error['msg']}"


def _to_sign_in(request: Request) -> Response:
    """To the form, and from there back to the page that was asked for."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = f"?{urlencode({'next': back})}" if request.method == "GET" and back != "/" else ""
    return RedirectResponse(f"/sign-in{wanted}", 303)


def _page(request: Request, status: int, title: str, detail: str, headers: dict[str, str]) -> Response:
    t = texts(language(request))
    answer = page(
        request, "message.html", status=status, heading=title, what=detail or title, todo=[],
        reference=request_id() if status >= 500 else None, links=[(t("返回首页", "Home"), "/")], has_errors=True,
    )  # fmt: skip
    answer.headers.update(headers)
    return answer
