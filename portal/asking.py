"""What every route asks of a request: the door, who asks, in which language, from where; and how it answers with a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Annotated, cast

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator

from portal.door import Door, Event
from portal.look.formats import second
from portal.look.frame import Crumb, Frame, Viewer, theme_of
from portal.look.pages import CSRF_FIELD, CSRF_HEADER, render
from portal.look.texts import LANGUAGES, texts
from portal.menu import menu
from portal.person import KIND_NAMES
from portal.problems import Problem
from portal.signing_in import sessions
from portal.signing_in.sessions import Identity
from schemas.province import province
from schemas.time_zone import SHANGHAI
from warehouse.database.session import Lag


def door(request: Request) -> Door:
    """The front door of this process."""
    return cast("Door", request.app.state.door)


def cookie_name(here: Door) -> str:
    """A name that no other host of the domain can set, where there is TLS."""
    return "__Host-anze" if here.is_secure else "anze"


def found(request: Request) -> Identity | None:
    """Who asks, by a token or a session; None for nobody. Read once a request."""
    if not hasattr(request.state, "identity"):
        request.state.identity = None  # also for the page that tells that the database does not answer
        request.state.identity = _find(request)
    return cast("Identity | None", request.state.identity)


def identity(request: Request) -> Identity:
    """Who asks. Raises Problem SIGN-IN-NEEDED."""
    who = found(request)
    if who is None:
        raise Problem("SIGN-IN-NEEDED")
    return who


SIGN_IN = "/sign-in"


def plain(text: str) -> str:
    """A text that the database can keep. Raises ValueError."""
    if "\0" in text:
        raise ValueError("NUL")
    return text


Who = Annotated[Identity, Depends(identity)]
#: A line that somebody types into a form.
Typed = Annotated[str, Form(max_length=200), AfterValidator(plain)]
Here = Annotated[Door, Depends(door)]


def language(request: Request) -> str:
    """The language of the answer: what the address or the cookie says, else Chinese."""
    chosen = request.query_params.get("lang") or request.cookies.get("language") or LANGUAGES[0]
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def client(request: Request) -> str:
    """The address that asks."""
    return request.client.host if request.client else "-"


def require_regulator(who: Who) -> Identity:
    """Who asks, if it is no insurer's. Raises Problem NOT-ALLOWED."""
    if who.person.is_of_insurer or not who.may("read"):
        raise Problem("NOT-ALLOWED")
    return who


def require_reader(who: Who) -> Identity:
    """Who asks, if it may read. Raises Problem NOT-ALLOWED."""
    if not who.may("read"):
        raise Problem("NOT-ALLOWED")
    return who


def require_insurer(who: Who) -> Identity:
    """Who asks, if it is an insurer's. Raises Problem NOT-ALLOWED."""
    if not who.person.is_of_insurer:
        raise Problem("NOT-ALLOWED")
    return who


def require_submitter(who: Who) -> Identity:
    """Who asks, if it may hand in deliveries. Raises Problem NOT-ALLOWED."""
    if not who.may("submit"):
        raise Problem("NOT-ALLOWED")
    return who


Regulator = Annotated[Identity, Depends(require_regulator)]
Reader = Annotated[Identity, Depends(require_reader)]
Insurer = Annotated[Identity, Depends(require_insurer)]
Submitting = Annotated[Identity, Depends(require_submitter)]


async def require_own_form(request: Request) -> None:
    """Refuse what another site makes a signed-in browser send. Raises Problem FORGED.

    A session's writes carry its own secret; a token is sent by no browser by itself. Who signs in anew may do so from a
    page of before the session.
    """
    who = found(request)
    if request.method in ("GET", "HEAD", "OPTIONS") or (who is not None and who.csrf is None):
        return
    if not came_from_here(request):
        raise Problem("FORGED")
    if who is None or request.url.path == SIGN_IN:
        return
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        given = str((await request.form()).get(CSRF_FIELD, ""))
    given = given or request.query_params.get(CSRF_FIELD)
    if given != who.csrf:
        raise Problem("FORGED")


def came_from_here(request: Request) -> bool:
    """Whether a browser says that one of our own pages sent this; programs that say nothing pass."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin == f"{request.url.scheme}://{request.url.netloc}" or origin == door(request).address


def record(request: Request, who: Identity, kind: str, target: str, **more: object) -> None:
    """Append to the audit what this request did or read; ``more``: filter, identifiers, row_count."""
    event = Event(who.person.login, kind, target, client(request), who.via, **more)  # type: ignore[arg-type]
    door(request).record(event)


def page(
    request: Request, template: str, /, *, crumbs: tuple[Crumb, ...] = (), status: int = 200, **context: object
) -> HTMLResponse:
    """Answer with a page: its template with frame, language and context. ``data_as_of`` and ``has_errors`` go to the frame."""
    frame = _frame(request, crumbs, context)
    return HTMLResponse(render(template, language(request), frame=frame, **context), status)


def part(request: Request, template: str, /, **context: object) -> HTMLResponse:
    """Answer with a part of a page, for htmx to put in its place."""
    return HTMLResponse(render(template, language(request), **context))


def _frame(request: Request, crumbs: tuple[Crumb, ...], context: dict[str, object]) -> Frame:
    who, here, t = found(request), door(request), texts(language(request))
    query = f"?{request.url.query}" if request.url.query else ""
    return Frame(
        platform_name=province().platform_name
        or t("安全生产责任保险一站式平台", "Work-safety liability insurance hub"),
        path=request.url.path + query,
        menu=menu(who.person, request.url.path, t) if who else (),
        crumbs=crumbs,
        viewer=_viewer(who, here, t(*KIND_NAMES[who.person.kind])) if who else None,
        csrf_token=who.csrf or "" if who else "",
        data_as_of=cast("str | None", context.pop("data_as_of", None)),
        standby_lag=_lag_text(behind, t) if (behind := standby_lag(request)) else None,
        watermark_date=f"{dt.datetime.now(SHANGHAI):%Y-%m-%d}",
        has_errors=bool(context.pop("has_errors", False)),
        theme=theme_of(request.cookies.get("theme")),
    )


def standby_lag(request: Request) -> Lag | None:
    """How far the standby is behind from which who asks is answered; None where it is the primary."""
    who = found(request) if door(request).has_standby else None
    return door(request).lag(who.person) if who else None


def _lag_text(lag: Lag, t: Callable[[str, str], str]) -> str:
    if lag.replayed_at is None or lag.seconds is None:
        return t("未知", "not known")
    return t("不超过 {} 秒", "at most {} s").format(round(lag.seconds)) + f" · {second(lag.replayed_at)}"


def _viewer(who: Identity, here: Door, kind: str) -> Viewer:
    person = who.person
    name = here.hub.insurers[person.insurer_id].name if person.insurer_id in here.hub.insurers else None
    return Viewer(person.login, person.login, kind, person.scope(name))


def _find(request: Request) -> Identity | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return sessions.token(door(request), secret.strip())
    cookie = request.cookies.get(cookie_name(door(request)))
    return sessions.session(door(request), cookie) if cookie else None


def reading(request: Request) -> Iterator[object]:
    """A transaction as the caller, for the time of the answer."""
    with door(request).reading_as(identity(request).person) as connection:
        yield connection
