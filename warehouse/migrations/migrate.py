"""Brings a database to the newest schema."""

from __future__ import annotations

import pathlib
import threading

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse.database import access, describing, locks, release, schema_version
from warehouse.database.engine import connect, database_errors
from warehouse.indicators import queries

SCRIPTS = pathlib.Path(__file__).parent
_alembic = threading.Lock()
"""Alembic keeps its context in module globals: one migration at a time in a process."""


def migrate(url: str, scripts: pathlib.Path = SCRIPTS) -> None:
    """Create our roles and all tables that are missing, and put this release into force, in one transaction.

    Running it again changes nothing. A change of release waits for the loads and publications that run; those that come
    meanwhile wait, and go on if they are of this release.

    The login of ``url`` must be a superuser, or own the database and be allowed to create roles.
    Raises SetupError (a newer program's database and one of before the first release, too) and RetryLater.
    """
    engine = connect(url)
    try:
        with database_errors("migrating the warehouse"):
            access.create_roles(engine)
            with _alembic, engine.begin() as connection:
                locks.migration(connection)
                schema_version.refuse_foreign(connection)
                if not release.is_in_force(connection):
                    locks.cut(connection)
                access.protect_database(connection)
                connection.exec_driver_sql("set local role anze_owner")
                _upgrade(connection, scripts)
                release.put_in_force(connection)
                access.protect_rows(connection)
                access.show_version(connection)
                queries.install(connection)
                describing.describe_records(connection)
                describing.describe_views(connection)
    finally:
        engine.dispose()


def _upgrade(connection: sa.Connection, scripts: pathlib.Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    connection.exec_driver_sql("create schema if not exists migration")
    connection.exec_driver_sql("set local search_path = migration, pg_catalog")
    command.upgrade(config, "head")
