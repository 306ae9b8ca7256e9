"""Our own lateness: figures of the day that were not published in time. It is told to engineers, and is no insurer's."""

from __future__ import annotations

import datetime as dt

from pipeline.alerting.configuration import receivers
from pipeline.alerting.content import Content, Item
from pipeline.hub import Hub
from schemas.time_zone import SHANGHAI
from warehouse.alerts import outbox
from warehouse.database.engine import database_errors
from warehouse.publishing.publish import latest_publication

HEADING, REMEDY = "当日数据尚未发布", "请查看 Airflow 中的发布任务和 `anze status`"


def tell_unpublished(hub: Hub, at: dt.datetime | None = None) -> int:
    """Write to every engineer, once a day, that the figures of yesterday are missing; how many messages, 0 where they are there."""
    moment = at or hub.now()
    today = moment.astimezone(SHANGHAI).date()
    with database_errors("looking for the publication"), hub.engine.begin() as connection:
        published = latest_publication(connection)
        if published is not None and published.as_of >= today - dt.timedelta(days=1):
            return 0
        last = f"最近一次发布的统计截止日为 {published.as_of}" if published else "还没有发布过"
        item = Item(
            "critical",
            HEADING,
            f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 仍没有统计截止 {today - dt.timedelta(days=1)} 的数据,{last}。",
            (),
            REMEDY,
        )
        content = Content(f"安责险平台:{HEADING} {today}", "这是平台自己的迟延,不是保险机构的。", [item], 1)
        return sum(
            outbox.write(connection, f"late/{each.name}/{today}", each.name, "critical", content.kept(), moment)
            is not None
            for each in receivers().values()
            if each.role == "engineer"
        )
