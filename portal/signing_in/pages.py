"""The pages for signing in and out, and for the language of pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal.asking import Here, Typed, Who, client, cookie_name, found, language, page
from portal.door import Door
from portal.look.texts import LANGUAGES, texts
from portal.menu import home
from portal.signing_in import sessions
from portal.signing_in.sessions import Attempt, Refused
from portal.sql_text import statement
from warehouse.database.engine import database_errors

router = APIRouter(include_in_schema=False)
A_YEAR = 365 * 24 * 3600


@router.get("/sign-in")
def form(request: Request, here: Here, next: str = "/") -> Response:  # noqa: A002 - the name of the address's parameter
    """The form; who is signed in already goes on."""
    if who := found(request):
        return _see_other(_own_path(next) or home(who.person))
    return _form(request, here, next_path=next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    here: Here,
    login: Typed,
    password: Typed,
    code: Typed = "",
    next: Typed = "/",  # noqa: A002
) -> Response:
    """Check what was typed; every refusal reads the same."""
    opened = sessions.sign_in(here, Attempt(login.strip(), password, code, client(request)))
    if isinstance(opened, Refused):
        return _refused(request, here, opened, login=login, next_path=next)
    sessions.end(here, request.cookies.get(cookie_name(here), ""))
    answer = _see_other(_own_path(next) or "/")
    answer.set_cookie(
        cookie_name(here), opened, httponly=True, secure=here.is_secure, samesite="lax", path="/",
        max_age=sessions.LONGEST_HOURS * 3600,
    )  # fmt: skip
    return answer


@router.post("/sign-out")
def sign_out(request: Request, here: Here, who: Who) -> Response:
    """End the session, on the server too."""
    sessions.sign_out(here, request.cookies.get(cookie_name(here), ""), who, client(request))
    answer = _see_other("/sign-in")
    answer.delete_cookie(cookie_name(here), path="/", secure=here.is_secure, httponly=True, samesite="lax")
    return answer


@router.post("/language")
def choose_language(here: Here, language: Typed, back: Typed = "/") -> Response:
    """Remember the language of pages and go back."""
    answer = _see_other(_own_path(back) or "/")
    if language in LANGUAGES:
        answer.set_cookie("language", language, max_age=A_YEAR, samesite="lax", secure=here.is_secure, httponly=True)
    return answer


def _refused(request: Request, here: Door, refused: Refused, *, login: str, next_path: str) -> HTMLResponse:
    t = texts(language(request))
    if refused.wait_seconds:
        minutes = -(-refused.wait_seconds // 60)
        told = t(f"失败次数过多,请 {minutes} 分钟后再试", f"Too many failed: try again in {minutes} min")
        answer = _form(request, here, login=login, next_path=next_path, errors=[told], status=429)
        answer.headers["Retry-After"] = str(refused.wait_seconds)
        return answer
    told = t("账号、密码或验证码不正确", "Account, password or code is not right")
    return _form(request, here, login=login, next_path=next_path, errors=[told], status=401)


def _form(
    request: Request, here: Door, *, next_path: str, login: str = "", errors: list[str] | None = None, status: int = 200
) -> HTMLResponse:
    with database_errors("signing in"), here.state.begin() as connection:
        asks_code = connection.execute(statement("signing_in/asks_for_codes")).scalar_one()
    return page(
        request, "sign_in.html", status=status, action="/sign-in", login=login, errors=errors or [],
        next_path=_own_path(next_path) or "/", asks_code=asks_code, has_errors=bool(errors),
    )  # fmt: skip


def _own_path(address: str) -> str | None:
    """The address, if it is a path of this site and no other's; None else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    is_own = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_own and "\\" not in address and address != "/sign-in" else None


def _see_other(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)
