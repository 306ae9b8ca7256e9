"""Standbys: those that stream from the primary, as far as its login may see, and the one that is read from."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from pipeline.doctor.finding import Finding, bad, good, graded, warning
from pipeline.settings import Settings
from warehouse.database.engine import connect, database_errors
from warehouse.database.session import lag
from warehouse.database.statements import statement

STREAMING, TO_READ_FROM = "备库 standbys", "查询备库 standby to read from"
#: How far a standby may be behind.
LAG_SECONDS = (60.0, 300.0)


def streaming(engine: sa.Engine) -> Iterator[Finding]:
    """Each standby of the primary; and whether a commit that must wait for one finds one."""
    with database_errors("looking for standbys"), engine.connect() as connection:
        wanted = connection.execute(statement("database/clock/synchronous")).one()
        standbys = connection.execute(statement("database/clock/standbys")).all()
    for each in standbys:
        if each.state is None:
            todo = "grant pg_monitor to anze_loader"
            yield warning(STREAMING, f"{each.name}: 无权查看状态 this login may not see how it stands", todo)
        else:
            seen = f"{each.name}: {each.state}, {each.sync_state}, {each.seconds or 0:.1f} s"
            yield graded(STREAMING, each.seconds or 0, LAG_SECONDS, seen, "docs/watching.md#standbybehind")
    if wanted.names and not any(each.state is None or each.is_waited_for for each in standbys):
        yield bad(
            STREAMING,
            f"synchronous_standby_names = {wanted.names},没有同步备库在线 none of them streams: commits hang",
            "启动一台备库,或由 DBA 改设置 start a standby, or a DBA changes the setting: docs/postgresql.md",
        )
    elif not standbys:
        yield good(STREAMING, "没有备库 none")


def to_read_from(settings: Settings) -> Iterator[Finding]:
    """The standby of ANZE_READ_DATABASE_URL. Raises as ``connect`` does."""
    url = settings.read_database_url
    if url is None:
        return
    engine = connect(url)
    try:
        behind = lag(engine)
    finally:
        engine.dispose()
    if behind is None:
        yield warning(TO_READ_FROM, "应答的是主库 the primary answers", "检查备库 is the standby up?")
    elif behind.seconds is None:
        yield warning(TO_READ_FROM, "滞后未知 nothing was replayed since it started", "稍后再看 look again")
    else:
        seen = f"滞后不超过 {behind.seconds:.0f} 秒 at most so far behind"
        yield graded(TO_READ_FROM, behind.seconds, LAG_SECONDS, seen, "docs/watching.md#standbybehind")
