"""Signing in and out, and who a cookie or a token stands for.

A session's cookie is random; the database holds its SHA-256, so that nobody can sign in with what is read there. No
answer tells whether an account exists: every refusal says the same, after the same work.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from portal.door import Door, Event
from portal.person import Person, person_of
from portal.sql_text import statement
from warehouse.database.credentials import digest
from warehouse.database.engine import database_errors
from warehouse.database.passwords import matches

#: A session ends at the latest after a working day, and when nothing was asked for half an hour.
LONGEST_HOURS, IDLE_MINUTES = 10, 30
TOKEN_BYTES = 32
TOTP_SECONDS = 30
_ONE_OF_A_LOGIN = tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True)
class Attempt:
    """What somebody typed, and from where."""

    login: str
    password: str
    code: str
    client: str

    @property
    def login_sha256(self) -> bytes:
        return _subject("login", self.login)

    @property
    def client_sha256(self) -> bytes:
        return _subject("client", self.client)


@dataclass(frozen=True)
class Refused:
    """A sign-in that was refused; ``wait_seconds`` above 0: too many failed, and nothing was checked."""

    wait_seconds: int = 0


@dataclass(frozen=True)
class Identity:
    """Who asks, by what. ``csrf`` is a session's; a token has scopes instead, and needs none."""

    person: Person
    via: str
    csrf: str | None = None
    scopes: frozenset[str] = frozenset({"read", "submit"})

    def may(self, scope: str) -> bool:
        """Whether it may ``read`` or ``submit``."""
        return scope in self.scopes and (scope != "submit" or self.person.may_submit)


def sign_in(door: Door, attempt: Attempt) -> str | Refused:
    """Open a session and return the secret of its cookie, or say that it is refused.

    One at a time of a login: many at once would all be checked before the first is counted.
    """
    with _ONE_OF_A_LOGIN[attempt.login_sha256[0] % len(_ONE_OF_A_LOGIN)]:
        return _sign_in(door, attempt)


def _sign_in(door: Door, attempt: Attempt) -> str | Refused:
    subjects = [attempt.login_sha256, attempt.client_sha256]
    with database_errors("signing in"), door.state.begin() as connection:
        facts = connection.execute(statement("signing_in/facts"), {"login": attempt.login, "subjects": subjects}).one()
    if facts.wait_seconds:
        return Refused(facts.wait_seconds)
    is_known = matches(facts.password_hash, attempt.password)
    with database_errors("signing in"), door.state.begin() as connection:
        if is_known and _second_factor_holds(connection, attempt, facts):
            connection.execute(statement("signing_in/forget_failures"), {"login_sha256": attempt.login_sha256})
            return _open(connection, attempt)
        failed = {"login_sha256": attempt.login_sha256, "client_sha256": attempt.client_sha256}
        connection.execute(statement("signing_in/fail"), failed)
        name = attempt.login if facts.password_hash else "(无此账号)"
        event = Event(name, "sign_in_refused", "session", attempt.client, "portal")
        connection.execute(statement("signing_in/record"), event.values)
    return Refused()


def sign_in_vouched(door: Door, login: str, client: str) -> str | None:
    """Open a session for whom the provider vouches and return its cookie's secret; None where no account has that name.

    Whether a second factor is asked for is the provider's to decide.
    """
    with database_errors("signing in"), door.state.begin() as connection:
        facts = connection.execute(statement("signing_in/facts"), {"login": login, "subjects": []}).one()
        if facts.password_hash is not None:
            return _open(connection, Attempt(login, "", "", client))
        event = Event("(无此账号)", "sign_in_refused", "session", client, "portal")
        connection.execute(statement("signing_in/record"), event.values)
    return None


def session(door: Door, secret: str) -> Identity | None:
    """Who a session's cookie stands for; None when it has ended, or never was."""
    values = {"token_sha256": digest(secret), "idle_minutes": IDLE_MINUTES}
    with database_errors("reading a session"), door.state.begin() as connection:
        row = connection.execute(statement("signing_in/session"), values).mappings().one_or_none()
    return Identity(person_of(row), "portal", row["csrf"]) if row else None


def token(door: Door, secret: str) -> Identity | None:
    """Who a token of the API stands for; None when it was revoked, has expired, or never was."""
    with database_errors("reading a token"), door.state.begin() as connection:
        row = (
            connection.execute(statement("signing_in/token"), {"token_sha256": digest(secret)}).mappings().one_or_none()
        )
    return Identity(person_of(row), "api", scopes=frozenset(row["scopes"])) if row else None


def end(door: Door, secret: str) -> None:
    """End the session of a cookie, if there is one: who signs in anew leaves no open one behind."""
    with database_errors("ending a session"), door.state.begin() as connection:
        connection.execute(statement("signing_in/close_session"), {"token_sha256": digest(secret)})


def sign_out(door: Door, secret: str, identity: Identity, client: str) -> None:
    """End a session."""
    with database_errors("signing out"), door.state.begin() as connection:
        connection.execute(statement("signing_in/close_session"), {"token_sha256": digest(secret)})
        event = Event(identity.person.login, "sign_out", "session", client, "portal")
        connection.execute(statement("signing_in/record"), event.values)


def _open(connection: sa.Connection, attempt: Attempt) -> str:
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        "login": attempt.login, "token_sha256": digest(secret), "csrf": secrets.token_urlsafe(TOKEN_BYTES),
        "client": attempt.client, "hours": LONGEST_HOURS,
    }  # fmt: skip
    connection.execute(statement("signing_in/open_session"), values)
    event = Event(attempt.login, "sign_in", "session", attempt.client, "portal")
    connection.execute(statement("signing_in/record"), event.values)
    return secret


def _second_factor_holds(connection: sa.Connection, attempt: Attempt, facts: sa.Row[tuple[object, ...]]) -> bool:
    """Whether the code is that of this half-minute or its neighbours, and was not used before; true where none is asked."""
    if not facts.needs_totp:
        return True
    if facts.totp_secret is None:
        return False
    now = int(time.time()) // TOTP_SECONDS
    code = pyotp.TOTP(facts.totp_secret)
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(code.generate_otp(step).encode(), attempt.code.strip().encode()):
            taken = connection.execute(statement("signing_in/use_totp_step"), {"login": attempt.login, "step": step})
            return bool(taken.scalar())
    return False


def _subject(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}\n{text}".encode()).digest()
