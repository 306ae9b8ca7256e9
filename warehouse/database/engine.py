"""Connections to PostgreSQL, and its errors in our words: SQLSTATE and constraint name, never a row's values."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import cast

import psycopg2
import psycopg2.extensions
import sqlalchemy as sa
from sqlalchemy import exc

from schemas.errors import HubError, SetupError, WarehouseBusy, WarehouseUnreachable
from schemas.time_zone import SHANGHAI

APPLICATION_NAME = "anze-hub"
TIME_ZONE = SHANGHAI.key
CONNECT_TIMEOUT_SECONDS = 10
#: A batch is staged in temporary tables: most batches stay in memory. It is taken only as it is used.
TEMP_BUFFERS = "256MB"

#: SQLSTATE classes and codes after which the same call may succeed.
BUSY_STATES = ("40", "08", "55P03", "57P01", "57P02", "57P03", "57014", "53300")

#: SQLSTATEs that mean that the installation is not ready, in words for the person who must act.
SETUP_STATES = {
    "53100": "the database server's disk is full",
    "53200": "the database server is out of memory",
    "28P01": "the database refuses the password",
    "28000": "the database refuses the login",
    "3D000": "the database does not exist",
    "42501": "登录权限不足 this login may not do that: commands use the loader's login, migrate that of the database's owner, with createrole, or a superuser's",
    "25006": "权限不足或为备库 the session only reads: a reader's login, or a standby; commands use the loader's, on the primary",
    "42P01": "a table is missing: run `anze migrate`",
    "3F000": "a schema is missing: run `anze migrate`",
    "58030": "the database server cannot read or write its files",
}

#: Signs in libpq's words that a person must act, and what to say.
REFUSALS = {
    "root certificate file": "there is no file of the CA's certificate where sslrootcert says",
    "certificate verify failed": "its certificate is not from the CA that sslrootcert names, or has expired",
    "does not match host name": "its certificate names another host than the address",
    "does not support SSL": "the server has no TLS, and sslmode asks for it",
    "password authentication failed": "wrong password",
    "no password supplied": "a password is needed",
    "does not exist": "no such database or role",
    "no pg_hba.conf entry": "the server does not let this login in from here",
    "permission denied": "the login may not use this database",
    "is not permitted to log in": "the role may not log in",
    "unsupported startup parameter": "连接池不可用于此登录 a pooler stands there, which takes no time zone: name PostgreSQL itself, poolers are for regulators",
}
#: Signs that the server is not there just now, and what to say.
ABSENCES = {
    "Connection refused": "nothing listens there (a local one: `anze up`)",
    "No such file or directory": "no server socket there",
    "could not translate host name": "unknown host name",
    "timeout expired": "no answer in time",
    "starting up": "the server is starting up",
    "shutting down": "the server is shutting down",
    "in recovery mode": "the server is recovering from a crash",
    "session is read-only": "only a standby answers, no primary",
    "server is in hot standby mode": "only a standby answers, no primary",
    "server closed the connection": "it hangs up: no PostgreSQL, or one that is stopping",
    "too many clients": "the server has no free connection",
    "too many connections": "the role has no free connection",
}


def connect(url: str, *, role: str | None = None) -> sa.Engine:
    """Open an engine with a small pool, checked to answer; ``role`` is assumed by every connection.

    Raises, in one clear line, SetupError (wrong password, no such database) and WarehouseUnreachable (nothing there, not
    ready, full).
    """
    options = f"-c timezone={TIME_ZONE} -c temp_buffers={TEMP_BUFFERS}" + (f" -c role={role}" if role else "")
    engine = sa.create_engine(
        _address(url),
        pool_pre_ping=True,
        pool_size=4,
        max_overflow=4,
        connect_args={
            "application_name": APPLICATION_NAME,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": options,
        },
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("select 1")
    except exc.DBAPIError as error:
        engine.dispose()
        raise _unusable(engine.url, str(error.orig)) from None
    return engine


@contextlib.contextmanager
def database_errors(doing: str) -> Iterator[None]:
    """Turn driver errors raised inside into WarehouseBusy, WarehouseUnreachable or SetupError; ``doing`` was tried."""
    try:
        yield
    except exc.DBAPIError as error:
        raise hub_error(doing, error.orig) from None
    except psycopg2.Error as error:
        raise hub_error(doing, error) from None
    except exc.TimeoutError:
        raise WarehouseBusy(f"{doing}: every connection of this process is taken") from None


def hub_error(doing: str, error: BaseException | None) -> HubError:
    """Choose the HubError for a driver error, without its message: that may hold a row's values."""
    state = getattr(error, "pgcode", None)
    if state is None:
        return WarehouseUnreachable(f"{doing}: the connection to the database was lost")
    if state.startswith(BUSY_STATES):
        return WarehouseBusy(f"{doing}: the database asks for a retry (SQLSTATE {state})")
    diagnosis = getattr(error, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    reason = SETUP_STATES.get(state, "the database refused the statement")
    named = f", constraint {constraint}" if constraint else ""
    return SetupError(f"{doing}: {reason} (SQLSTATE {state}{named})")


def driver(connection: sa.Connection) -> psycopg2.extensions.connection:
    """Give the driver's own connection, for COPY and for statements that SQLAlchemy does not compose."""
    return cast("psycopg2.extensions.connection", connection.connection.driver_connection)


def _address(url: str) -> sa.URL:
    """The parts of an address. Raises SetupError, without repeating it: it may hold a password."""
    try:
        found = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        found = None
    if found is None or found.drivername not in ("postgresql", "postgresql+psycopg2"):
        raise SetupError(
            "the database's address must read postgresql+psycopg2://user:password@host:port/database "
            "(several hosts: @/database?host=a:5432&host=b:5432&target_session_attrs=read-write)"
        )
    return found


def _unusable(url: sa.URL, said: str) -> HubError:
    """One line that names the server, from libpq's words: they hold no data, and come without SQLSTATE."""
    where = f"{_hosts(url)}/{url.database}"
    for sign, reason in REFUSALS.items():
        if sign in said:
            return SetupError(f"PostgreSQL at {where} cannot be used: {reason}")
    unknown = said.strip().splitlines()[-1] if said.strip() else "no reason given"
    reasons = dict.fromkeys(reason for sign, reason in ABSENCES.items() if sign in said)
    return WarehouseUnreachable(f"PostgreSQL at {where} cannot be used: {'; '.join(reasons) or unknown}")


def _hosts(url: sa.URL) -> str:
    """The servers that an address names, one or several."""
    if url.host:
        return f"{url.host}:{url.port or 5432}"
    named = url.query.get("host", "local socket")
    return ",".join((named,) if isinstance(named, str) else named)
