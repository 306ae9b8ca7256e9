"""The pages for signing in and out, and for the language of pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal.asking import Here, Typed, Who, client, cookie_name, found, language, page
from portal.door import Door
from portal.look.texts import LANGUAGES, texts
from portal.menu import home
from portal.problems import Problem
from portal.signing_in import oidc, sessions
from portal.signing_in.oidc import Provider
from portal.signing_in.sessions import Attempt, Refused
from portal.sql_text import statement
from warehouse.database.engine import database_errors

router = APIRouter(include_in_schema=False)
A_YEAR = 365 * 24 * 3600
#: Where the identity provider sends people back to; it is registered there.
PROVIDER_BACK = "/sign-in/provider/back"


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
    return _entered(request, here, opened, next)


@router.get("/sign-in/provider")
def to_provider(here: Here, next: str = "/") -> Response:  # noqa: A002
    """Send somebody to the identity provider, whose word is taken. Raises Problem NOT-FOUND where there is none."""
    begun = oidc.begin(_provider(here), _back(here), _own_path(next) or "/")
    answer = _see_other(begun.address)
    answer.set_cookie(
        _begun_cookie(here), begun.kept, httponly=True, secure=here.is_secure, samesite="lax", path="/",
        max_age=oidc.SECONDS_TO_SIGN_IN,
    )  # fmt: skip
    return answer


@router.get(PROVIDER_BACK)
def from_provider(request: Request, here: Here) -> Response:
    """Let in whom the provider vouches for, if an account has that name; every refusal ends the attempt."""
    kept = request.cookies.get(_begun_cookie(here), "")
    vouched = oidc.finish(_provider(here), _back(here), dict(request.query_params), kept)
    opened = sessions.sign_in_vouched(here, vouched.login, client(request)) if vouched else None
    t = texts(language(request))
    if vouched and opened:
        answer: Response = _entered(request, here, opened, vouched.next_path)
    elif vouched:
        told = t(
            "该身份在本平台没有账号，请联系平台管理员",
            "This identity has no account here: ask the platform's administrator",
        )
        answer = _form(request, here, next_path=vouched.next_path, errors=[told], status=401)
    else:
        told = t(
            "统一身份认证没有完成，请重新登录", "The sign-in at the identity provider was not completed: try again"
        )
        answer = _form(request, here, next_path="/", errors=[told], status=401)
    answer.delete_cookie(_begun_cookie(here), path="/", secure=here.is_secure, httponly=True, samesite="lax")
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


def _provider(here: Door) -> Provider:
    if here.provider is None:
        raise Problem("NOT-FOUND")
    return here.provider


def _back(here: Door) -> str:
    return here.address + PROVIDER_BACK


def _begun_cookie(here: Door) -> str:
    return f"{cookie_name(here)}-begun"


def _entered(request: Request, here: Door, secret: str, next_path: str) -> RedirectResponse:
    """Give the cookie of a session that was opened, and end the one of before."""
    sessions.end(here, request.cookies.get(cookie_name(here), ""))
    answer = _see_other(_own_path(next_path) or "/")
    answer.set_cookie(
        cookie_name(here), secret, httponly=True, secure=here.is_secure, samesite="lax", path="/",
        max_age=sessions.LONGEST_HOURS * 3600,
    )  # fmt: skip
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
        has_provider=here.provider is not None,
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
