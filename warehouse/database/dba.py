"""What a login that is no superuser cannot set, as SQL that a superuser runs once in the hub's database."""

from __future__ import annotations

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database import access
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement, text_of


def left_to_dba(engine: sa.Engine) -> list[str]:
    """Statements for a DBA, each with its reason as a comment; none where nothing is left to do.

    Raises SetupError before the first migration.
    """
    names = {"names": [*access.READER_SETTINGS, *access.LOGGED]}
    with database_errors("reading what is left to a DBA"), engine.connect() as connection:
        if access.missing(connection):
            raise SetupError("尚未迁移 the hub's roles are not there yet: run `anze migrate`")
        strayed = access.strayed(connection)
        left = connection.execute(statement("database/access/left_to_dba"), names).one()
    said = [
        f"alter role {role} set {name} = '{value}';  -- 限制并记录查询 bounds and records what it asks"
        for role, lacking in strayed.items()
        for name, value in lacking.items()
    ]
    if left.is_open:
        said.append(f"{text_of('database/access/close_builtins').strip()};")
    if left.log_functions:
        functions = ", ".join(f"pg_catalog.{name}" for name in left.log_functions)
        said.append(
            f"grant execute on function {functions} to {access.OWNER};  -- 审计 the audit reads the server's log"
        )
    if left.settings:
        said.append(
            f"grant set on parameter {', '.join(left.settings)} to {left.login};  -- 新账号不再需要 DBA new accounts need no DBA"
        )
    if not left.may_end_sessions:
        said.append(
            f"grant pg_signal_backend to {left.login};  -- 停用账号时结束会话 `anze user disable` ends sessions"
        )
    return [f"\\connect {left.database}", *said] if said else []
