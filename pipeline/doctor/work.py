"""The hub's own work: what waits, what is stuck, what was told, when figures were published and checked, who gives signs of life.

From how long on something is bad is what the alerts of ``deploy/prometheus/rules.yml`` say.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator

from pipeline.doctor.finding import Finding, bad, good, graded, warning
from pipeline.doctor.machine import drop_folder
from pipeline.expecting import expected_feeds
from pipeline.hub import Hub
from schemas.errors import ReceiptsUnknown
from schemas.time_zone import SHANGHAI
from warehouse.alerts import outbox
from warehouse.database.engine import database_errors
from warehouse.landing import feeds, heartbeats, manifests, verifications
from warehouse.publishing.publish import latest_publication

WAITING, STUCK, RECEIPTS = "待入库 waiting", "无法判定 stuck", "回执 receipts"
MESSAGES, VERIFIED, PUBLISHED = "预警发送 messages", "独立核对 verification", "发布 publication"
DEFINITIONS, SIGNS = "定义 definitions", "服务心跳 services"
HOUR = dt.timedelta(hours=1)
#: A warning from the first on, bad from the second.
WAITING_FOR = (2 * HOUR, 24 * HOUR)
PUBLISHED_AGO = (30 * HOUR, 54 * HOUR)
#: How long each service may be silent: the portal gives a sign a minute, the intake every ten.
SILENT_FOR = {"portal": dt.timedelta(minutes=5), "intake": dt.timedelta(minutes=30)}
VERIFIED_AGO = dt.timedelta(days=8)

Look = Callable[[], Iterator[Finding]]


def looks(hub: Hub) -> dict[str, Look]:
    """Every part by its name."""
    parts: dict[str, Callable[[Hub], Iterator[Finding]]] = {
        WAITING: _waiting, RECEIPTS: _receipts, MESSAGES: _messages, PUBLISHED: _published, VERIFIED: _verified,
        SIGNS: _signs, DEFINITIONS: _definitions,
    }  # fmt: skip
    return {name: functools.partial(look, hub) for name, look in parts.items()}


def _waiting(hub: Hub) -> Iterator[Finding]:
    now = hub.now()
    senders = feeds.senders(hub.engine, expected_feeds(hub, now.astimezone(SHANGHAI).date()), now)
    moments = [each.oldest_waiting_at for each in senders if each.oldest_waiting_at]
    if not moments:
        yield good(WAITING, "没有 none")
    else:
        count, oldest = sum(each.waiting_count for each in senders), min(moments)
        seen = f"{count} 批 batches, 最早 oldest {_minute(oldest)}"
        yield _aged(WAITING, now - oldest, WAITING_FOR, seen, "anze intake; Airflow: intake")
    stuck = {each.insurer_id: each.stuck_count for each in senders if each.stuck_count}
    if stuck:
        yield warning(STUCK, f"{sum(stuck.values())} 批 batches: {', '.join(stuck)}", "anze batch list --state stuck")
    else:
        yield good(STUCK, "没有 none")


def _receipts(hub: Hub) -> Iterator[Finding]:
    """Whether the store holds receipts that the database does not know: it was restored to before them."""
    try:
        with database_errors("comparing receipts"), hub.engine.connect() as connection:
            manifests.require_known(connection, hub.store)
    except ReceiptsUnknown as error:
        yield bad(RECEIPTS, str(error), "anze landing reconcile")
    else:
        yield good(RECEIPTS, "数据库与存储一致 the database knows the store's last")


def _messages(hub: Hub) -> Iterator[Finding]:
    with database_errors("reading the outbox"), hub.engine.connect() as connection:
        found = outbox.standing(connection)
    for each in (each for each in found if each.given_up_count):
        seen = f"{each.receiver}: 放弃 given up {each.given_up_count}, {each.last_problem or ''}"
        yield warning(MESSAGES, seen, "anze alerts receivers")
    if not any(each.given_up_count for each in found):
        yield good(MESSAGES, f"待发 waiting {sum(each.waiting_count for each in found)}")


def _published(hub: Hub) -> Iterator[Finding]:
    with database_errors("reading the newest publication"), hub.engine.connect() as connection:
        found = latest_publication(connection)
    if found is None:
        yield warning(PUBLISHED, "从未 never", "anze publish; Airflow: publish")
        return
    seen = f"统计截止 as of {found.as_of}, {_minute(found.published_at)}"
    yield _aged(PUBLISHED, hub.now() - found.published_at, PUBLISHED_AGO, seen, "anze publish; Airflow: publish")
    if found.missing_indicators:
        yield warning(PUBLISHED, f"缺少指标 lacks {', '.join(found.missing_indicators)}", "anze status")


def _verified(hub: Hub) -> Iterator[Finding]:
    last = verifications.last(hub.engine)
    if last is None:
        yield warning(VERIFIED, "从未 never", "anze verify")
        return
    seen = f"{_minute(last.verified_at)}, {last.finding_count} 处不符 findings"
    if last.finding_count:
        yield bad(VERIFIED, seen, "docs/watching.md#verificationfailed")
    else:
        yield _aged(VERIFIED, hub.now() - last.verified_at, (VERIFIED_AGO, dt.timedelta.max), seen, "anze verify")


def _signs(hub: Hub) -> Iterator[Finding]:
    """When each service gave its last sign of life, from whichever machine: the database keeps no host."""
    with database_errors("reading signs of life"), hub.engine.connect() as connection:
        last = {each.service: each for each in heartbeats.last(connection)}
    for service, longest in SILENT_FOR.items():
        if service not in last:
            yield warning(SIGNS, f"{service}: 从未 never", "启动 start it")
            continue
        sign = last[service]
        seen = f"{service}: {_minute(sign.up_to)}"
        if sign.stopped_by:
            yield warning(SIGNS, f"{seen}, 由 {sign.stopped_by} 停止 stopped by", "anze up")
        else:
            yield _aged(SIGNS, hub.now() - sign.up_to, (longest, longest), seen, "docs/watching.md#hubdown")


def _definitions(hub: Hub) -> Iterator[Finding]:
    for mistake in (each.sentence for error in hub.mistakes for each in error.all):
        yield bad(DEFINITIONS, mistake, "anze insurer check; anze docs --check")
    if not hub.mistakes:
        yield good(DEFINITIONS, f"{len(hub.insurers)} 家机构 insurers")
    yield from drop_folder(hub.settings, [i for i, each in hub.insurers.items() if each.channel == "drop"])


def _aged(part: str, age: dt.timedelta, bounds: tuple[dt.timedelta, dt.timedelta], seen: str, to_do: str) -> Finding:
    return graded(part, age.total_seconds(), (bounds[0].total_seconds(), bounds[1].total_seconds()), seen, to_do)


def _minute(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
