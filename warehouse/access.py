"""PostgreSQL roles of the hub: who owns, who loads, who reads.

anze_owner owns every object and cannot log in; anze_loader writes what the pipeline writes and cannot rewrite
history; anze_regulator reads the views of schema ``report`` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from psycopg2 import sql

from schemas.errors import SetupError
from warehouse.engine import driver, translated

OWNER, LOADER, REGULATOR = "anze_owner", "anze_loader", "anze_regulator"

#: Attributes and per-role settings. Roles belong to the whole server, hence no settings per database.
ROLE_ATTRIBUTES = {
    OWNER: "nologin",
    LOADER: "login noinherit connection limit 60",
    REGULATOR: "login noinherit connection limit 40",
}
ROLE_SETTINGS = {
    REGULATOR: {
        "default_transaction_read_only": "on",
        "statement_timeout": "60s",
        "idle_in_transaction_session_timeout": "60s",
        "temp_file_limit": "2GB",
        "work_mem": "16MB",
        "search_path": "report",
    },
}


def create_roles(engine: sa.Engine) -> None:
    """Create our roles where they are missing; several databases of one server may do so at once."""
    with translated("creating the roles"), engine.begin() as connection:
        if not _missing(connection):
            return
        # Roles are shared by all databases, advisory locks are not: a lock on the shared catalogue is.
        connection.exec_driver_sql("lock table pg_catalog.pg_authid in share row exclusive mode")
        for role in _missing(connection):
            connection.exec_driver_sql(f"create role {role} {ROLE_ATTRIBUTES[role]}")
            for name, value in ROLE_SETTINGS.get(role, {}).items():
                connection.exec_driver_sql(f"alter role {role} set {name} = '{value}'")


def protect_database(connection: sa.Connection) -> None:
    """Close the connected database to everybody but our roles; a cloned database needs it again."""
    database = connection.exec_driver_sql("select quote_ident(current_database())").scalar_one()
    connection.exec_driver_sql(f"revoke all on database {database} from public")
    connection.exec_driver_sql(f"grant connect, create on database {database} to {OWNER}")
    connection.exec_driver_sql(f"grant connect, temporary on database {database} to {LOADER}")
    connection.exec_driver_sql(f"grant connect on database {database} to {REGULATOR}")
    connection.exec_driver_sql("revoke all on schema public from public")


def set_passwords(engine: sa.Engine, passwords: Mapping[str, str]) -> None:
    """Set the passwords of login roles. Raises SetupError for a role that is not ours or cannot log in."""
    for role in passwords:
        if "nologin" in ROLE_ATTRIBUTES.get(role, "nologin"):
            raise SetupError(f"{role} is no login role of the hub")
    with translated("setting the passwords"), engine.begin() as connection, driver(connection).cursor() as cursor:
        for role, password in passwords.items():
            cursor.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))


def _missing(connection: sa.Connection) -> list[str]:
    found = set(connection.exec_driver_sql("select rolname from pg_catalog.pg_roles").scalars())
    return [role for role in ROLE_ATTRIBUTES if role not in found]
