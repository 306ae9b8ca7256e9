"""Which schema a database has, and whether it is the one that this program was written for."""

from __future__ import annotations

import functools
import pathlib
import re

import sqlalchemy as sa
from sqlalchemy import exc

from schemas.errors import OtherRelease, SetupError
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

SHOWN_VIEWS = 6
VERSIONS = pathlib.Path(__file__).parents[1] / "migrations" / "versions"


#: Revisions of the databases that were made before the first release.
_BEFORE_RELEASE = re.compile(r"[0-9]{4}")


@functools.cache
def newest() -> str:
    """The newest migration that this program brings, for example ``v1_0008``; names sort in the order of migrations."""
    return max(path.stem[: len("v1_0001")] for path in VERSIONS.glob("v*_*.py"))


def found(connection: sa.Connection) -> str | None:
    """The newest migration that a database has had; None where there is none, or the login may not see it."""
    try:
        with connection.begin_nested():
            version: str | None = connection.exec_driver_sql(
                "select version_num from migration.schema_version"
            ).scalar_one_or_none()
    except exc.ProgrammingError:
        return None
    return version


def refuse_foreign(connection: sa.Connection) -> None:
    """Raise SetupError for the tables of a newer program, and for those of before the first release."""
    version = found(connection)
    if version is not None:
        _refuse_before_release(version)
    if version is not None and version > newest():
        raise SetupError(f"a newer anze-hub made this database (schema {version}, here {newest()}): update the program")


def _refuse_before_release(version: str) -> None:
    if _BEFORE_RELEASE.fullmatch(version):
        raise SetupError(
            f"this database is older than the first release (schema {version}) and is not upgraded: "
            "make a new database, migrate it and hand the files in again"
        )


def refuse_reader(connection: sa.Connection) -> None:
    """Raise SetupError for a login that may not see which migrations the hub's database has had."""
    rights = connection.execute(statement("database/access/rights")).one()
    if not rights.is_hub or rights.may_load:
        return
    views = "、".join(rights.views[:SHOWN_VIEWS]) + ("…" if len(rights.views) > SHOWN_VIEWS else "")
    may = (
        f"可用 psql 或报表工具查询 {len(rights.views)} 个视图 may select from: {views}"
        if views
        else "在本库中没有可读的内容"
    )
    raise SetupError(
        f"登录 {rights.login} 不能运行 anze 命令 may not run this command; 它{may}; "
        "运行命令请用入库登录 to run it, set ANZE_DATABASE_URL to the loader's login (anze_loader)"
    )


def require_current(engine: sa.Engine) -> None:
    """Raise OtherRelease, saying what to do, when a database has another schema than this program needs.

    Raises SetupError for one without, and of before the first release. A login that only reads is told what it may do: it is no loader's, and no migration would help.
    """
    with database_errors("reading the schema's version"), engine.connect() as connection:
        refuse_reader(connection)
        version = found(connection)
    if version is None:
        raise SetupError(
            f"the database has no schema of this program, {newest()} is needed: run `anze migrate` (a local one: `anze up`)"
        )
    _refuse_before_release(version)
    if version != newest():
        raise OtherRelease(
            f"数据库结构 the database has schema {version}, 本程序为 this program is for {newest()}: "
            + (
                "请换成现行版本并重启 update the program and start it again"
                if version > newest()
                else "请升级数据库 run `anze migrate` (a local one: `anze up`)"
            )
        )
