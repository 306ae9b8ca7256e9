"""PostgreSQL roles of the hub: who owns, who loads, who reads.

anze_owner owns every object and cannot log in; anze_loader writes what the pipeline writes and cannot rewrite
history; anze_regulator reads the views of schema ``report`` and nothing else. Logins of persons are members of the group
of their kind, and each kind of anze_reader, which holds the rights; which rows they see, ``access.entitlement`` says.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from psycopg2 import sql

from schemas.errors import SetupError
from warehouse.database.engine import database_errors, driver
from warehouse.database.statements import statement

OWNER, LOADER, REGULATOR, READER = "anze_owner", "anze_loader", "anze_regulator", "anze_reader"
#: Computes the records behind a cell. The owner may hand functions to it, and inherits nothing of it.
EXPLAINER = "anze_explainer"
#: The portal: keeps sessions and the audit; and, a login for each side, becomes the account that asks.
PORTAL, PORTAL_INSURER, PORTAL_REGULATOR = "anze_portal", "anze_portal_insurer", "anze_portal_regulator"
#: Kinds of reader, and their groups.
KINDS = (
    "province", "city", "county", "industry", "finance", "analyst", "insurer_reader", "insurer_submitter", "engineer",
    "auditor",
)  # fmt: skip
GROUPS = {kind: f"anze_{kind}" for kind in KINDS}

#: Attributes and per-role settings. Roles belong to the whole server, hence no settings per database.
ROLE_ATTRIBUTES = {
    OWNER: "nologin noinherit",
    LOADER: "login noinherit connection limit 60",
    REGULATOR: "login noinherit connection limit 40",
    EXPLAINER: "nologin",
    READER: "nologin",
    **dict.fromkeys((PORTAL, PORTAL_INSURER, PORTAL_REGULATOR), "login noinherit connection limit 40"),
    **dict.fromkeys(GROUPS.values(), f"nologin in role {READER}"),
}
#: Logins of the hub's own whose sessions only read, and all that may enter the database of a hub.
_READING = (REGULATOR, PORTAL_INSURER, PORTAL_REGULATOR)
_ENTERING = (LOADER, PORTAL, READER, *_READING)
#: Of every login that reads, and of the two by which the portal reads: settings of a group would not reach its members.
READER_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "temp_file_limit": "2GB",
    "work_mem": "16MB",
    "max_parallel_workers_per_gather": "1",
    "search_path": "report",
    "TimeZone": "Asia/Shanghai",
}
#: Of every login by which a person asks; no reader can change it. The portal records by itself what it reads.
LOGGED = {"log_statement": "all"}


def create_roles(engine: sa.Engine) -> None:
    """Create our roles where they are missing, and undo what a role changed of its own settings.

    Several databases of one server may do so at once, when the login is a superuser's. Another login becomes a member of
    the owner and the loader: it owns what they own and fills what they fill.
    """
    with database_errors("creating the roles"), engine.begin() as connection:
        if not missing(connection) and not strayed(connection) and _is_member(connection):
            return
        # Roles are shared by all databases, advisory locks are not: a lock on the shared catalogue is.
        if is_superuser(connection):
            connection.exec_driver_sql("lock table pg_catalog.pg_authid in share row exclusive mode")
        for role in missing(connection):
            connection.exec_driver_sql(f"create role {role} {ROLE_ATTRIBUTES[role]}")
            if role == EXPLAINER:
                _grant(connection, EXPLAINER, OWNER, "inherit false, set true")
        for role in strayed(connection):
            restore_settings(connection, role)
        if not _is_member(connection):
            connection.exec_driver_sql(f"grant {OWNER}, {LOADER} to current_user")


def protect_database(connection: sa.Connection) -> None:
    """Close the connected database to everybody but our roles; a cloned database needs it again."""
    database = connection.exec_driver_sql("select quote_ident(current_database())").scalar_one()
    connection.exec_driver_sql(f"revoke all on database {database} from public")
    connection.exec_driver_sql(f"grant connect, create on database {database} to {OWNER}")
    connection.exec_driver_sql(f"grant temporary on database {database} to {LOADER}")
    connection.exec_driver_sql(f"grant connect on database {database} to {', '.join(_ENTERING)}")
    connection.exec_driver_sql("revoke all on schema public from public")
    if is_superuser(connection):
        connection.execute(statement("database/access/close_builtins"))
        connection.execute(statement("database/access/open_log"))


def close_database(connection: sa.Connection) -> None:
    """Close the connected database to every role but its owner: a twin holds all that the first one does."""
    database = connection.exec_driver_sql("select quote_ident(current_database())").scalar_one()
    connection.exec_driver_sql(f"revoke all on database {database} from public, {', '.join(_ENTERING)}")


def open_databases(connection: sa.Connection) -> list[str]:
    """Other databases of the server that a login of the hub may enter, quoted."""
    rows = connection.execute(statement("database/access/open_databases"), {"roles": [*_ENTERING]})
    return list(rows.scalars())


def protect_rows(connection: sa.Connection) -> None:
    """Give row security to every table of ours that has none yet."""
    connection.exec_driver_sql("call access.protect_everything()")


def show_version(connection: sa.Connection) -> None:
    """Let the loader read which migrations the connected database has had, and which release is in force."""
    connection.exec_driver_sql(f"grant usage on schema migration to {LOADER}")
    connection.exec_driver_sql(f"grant select on migration.schema_version, migration.release to {LOADER}")


def set_passwords(engine: sa.Engine, passwords: Mapping[str, str]) -> None:
    """Set the passwords of login roles. Raises SetupError for a role that is not ours or cannot log in."""
    for role in passwords:
        if "nologin" in ROLE_ATTRIBUTES.get(role, "nologin"):
            raise SetupError(f"{role} is no login role of the hub")
    with database_errors("setting the passwords"), engine.begin() as connection, driver(connection).cursor() as cursor:
        for role, password in passwords.items():
            cursor.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))


def accounts(connection: sa.Connection) -> list[str]:
    """Logins of persons, disabled ones too."""
    return list(connection.execute(statement("database/access/accounts"), {"groups": [*GROUPS.values()]}).scalars())


def join_group(connection: sa.Connection, role: str, kind: str) -> None:
    """Make a login a member of the group of its kind and of no other; it may not become the group.

    The portal's login of its side may become it. Before PostgreSQL 16 every member may become its group, which sees no row.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    connection.exec_driver_sql(f"revoke {', '.join(GROUPS.values())} from {quoted}")
    _grant(connection, GROUPS[kind], quoted, "inherit true, set false")
    connection.exec_driver_sql(f"revoke {quoted} from {PORTAL_INSURER}, {PORTAL_REGULATOR}")
    _grant(connection, quoted, portal_login(kind), "inherit false, set true")


def portal_login(kind: str) -> str:
    """The login by which the portal reads as an account of this kind."""
    return PORTAL_INSURER if kind.startswith("insurer_") else PORTAL_REGULATOR


def _grant(connection: sa.Connection, role: str, member: str, options: str) -> None:
    """Make a member; before PostgreSQL 16 there are no options, and a member inherits as its own attribute says."""
    said = f" with {options}" if has_grant_options(connection) else ""
    connection.exec_driver_sql(f"grant {role} to {member}{said}")


def has_grant_options(connection: sa.Connection) -> bool:
    """Whether a membership says by itself what is inherited and whether the role can be set: since PostgreSQL 16."""
    return bool((connection.dialect.server_version_info or (0,)) >= (16,))


def is_superuser(connection: sa.Connection) -> bool:
    """Whether the login is a superuser's."""
    return bool(connection.exec_driver_sql("show is_superuser").scalar_one() == "on")


def _is_member(connection: sa.Connection) -> bool:
    """Whether the login has the rights of owner and loader; a superuser has."""
    query = sa.text("select pg_has_role(:owner, 'usage') and pg_has_role(:loader, 'usage')")
    return bool(connection.execute(query, {"owner": OWNER, "loader": LOADER}).scalar_one())


def missing(connection: sa.Connection) -> list[str]:
    """Roles of ours that the server does not have."""
    found = set(connection.exec_driver_sql("select rolname from pg_catalog.pg_roles").scalars())
    return [role for role in ROLE_ATTRIBUTES if role not in found]


def strayed(connection: sa.Connection) -> dict[str, dict[str, str]]:
    """Readers whose settings are not those of readers, with what lacks: every role may change its own."""
    found = {role: _settings(connection, role) for role in (*_READING, *accounts(connection))}
    return {
        role: {name: value for name, value in settings_of(role).items() if (None, f"{name}={value}") not in settings}
        for role, settings in found.items()
        if settings != _wanted(role)
    }


def _wanted(role: str) -> set[tuple[str | None, str]]:
    return {(None, f"{name}={value}") for name, value in settings_of(role).items()}


def settings_of(role: str) -> dict[str, str]:
    """Settings of a login that reads: those of readers, and of a person's login that the server logs what it asks."""
    return READER_SETTINGS if role in (PORTAL_INSURER, PORTAL_REGULATOR) else {**READER_SETTINGS, **LOGGED}


def _settings(connection: sa.Connection, role: str) -> set[tuple[str | None, str]]:
    return {
        (row.database, row.setting)
        for row in connection.execute(statement("database/access/role_settings"), {"role": role})
    }


def restore_settings(connection: sa.Connection, role: str) -> None:
    """Give a login that reads the settings of readers, as far as this login may set them, and no others."""
    databases = {database for database, _ in _settings(connection, role) if database}
    quote = connection.dialect.identifier_preparer.quote_identifier
    for place in ("", *(f"in database {quote(name)}" for name in sorted(databases))):
        connection.exec_driver_sql(f"alter role {quote(role)} {place} reset all")
    wanted = settings_of(role)
    settable = connection.execute(statement("database/access/settable"), {"names": [*wanted]}).scalars().all()
    for name in settable:
        connection.exec_driver_sql(f"alter role {quote(role)} set {name} = '{wanted[name]}'")
