"""The database as this process's session sees it: tables, login, TLS, session and clock."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.doctor.finding import Finding, bad, good, warning
from pipeline.settings import Settings
from schemas.errors import OtherRelease, SetupError
from schemas.province import province
from warehouse.database import release
from warehouse.database.clock import require_believable
from warehouse.database.engine import database_errors, driver
from warehouse.database.own_province import require_own
from warehouse.database.schema_version import newest, require_current
from warehouse.database.session import drift, require_fit
from warehouse.database.statements import statement

DATABASE, SCHEMA, LOGIN = "数据库 database", "数据库结构 schema", "数据库登录 login"
IN_FORCE = "现行版本 in force"
TLS, SESSION = "数据库加密 TLS", "会话与时钟 session"
#: Where a connection that nobody encrypts leaves no machine.
LOCAL = ("", "localhost", "127.0.0.1", "::1")


def findings(engine: sa.Engine, settings: Settings) -> Iterator[Finding]:
    """What is seen over one session. Raises WarehouseUnreachable."""
    with database_errors("looking at the session"), engine.connect() as connection:
        about = driver(connection).info
        version = f"PostgreSQL {about.parameter_status('server_version')}"
        yield good(DATABASE, f"{version}, {about.host}:{about.port}/{about.dbname}")
        yield _tls(engine, about.host or "", is_encrypted=bool(about.ssl_in_use))
        yield _login(connection)
    yield _schema(engine)
    yield _in_force(engine)
    yield _session(engine, settings)


def _schema(engine: sa.Engine) -> Finding:
    try:
        require_current(engine)
        require_own(engine, province())
    except (SetupError, OtherRelease) as error:
        return bad(SCHEMA, str(error), "anze migrate,或换用相符的程序 or the release that fits")
    return good(SCHEMA, newest())


def _in_force(engine: sa.Engine) -> Finding:
    with database_errors("reading the release in force"), engine.connect() as connection:
        if release.is_in_force(connection):
            return good(IN_FORCE, release.own())
    return bad(
        IN_FORCE,
        f"{release.own()} 不是现行版本 is not in force",
        "换用现行版本 run the release in force, or anze migrate",
    )


def _session(engine: sa.Engine, settings: Settings) -> Finding:
    try:
        require_fit(engine, settings.machine_now)
        require_believable(engine, settings.now(), settings.clock_offset, settings.clock_confirmed_on)
    except SetupError as error:
        return bad(SESSION, str(error), "按所述校准 as the line says")
    seconds = drift(engine, settings.machine_now)
    return good(SESSION, f"与数据库相差 {seconds:+.3f} 秒 apart from the database's, Asia/Shanghai")


def _login(connection: sa.Connection) -> Finding:
    has = connection.execute(statement("database/access/login")).one()
    too_much = [word for word, is_so in (("superuser", has.is_superuser), ("bypassrls", has.sees_every_row)) if is_so]
    if too_much:
        return bad(
            LOGIN,
            f"{has.login}: {', '.join(too_much)}",
            "ANZE_DATABASE_URL 改用入库登录 name the loader's login (anze_loader)",
        )
    return good(LOGIN, has.login)


def _tls(engine: sa.Engine, host: str, *, is_encrypted: bool) -> Finding:
    mode = str(engine.url.query.get("sslmode", "prefer"))
    if is_encrypted and mode == "verify-full":
        return good(TLS, mode)
    if host in LOCAL or host.startswith("/"):
        return good(TLS, f"本机连接 this machine, {'TLS' if is_encrypted else 'no TLS'}")
    seen = f"sslmode={mode}" if is_encrypted else "未加密 not encrypted"
    return warning(TLS, seen, "sslmode=verify-full&sslrootcert=…: docs/postgresql.md#tls")
