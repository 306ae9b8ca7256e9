"""Where each insurer stands, the worst first, and what to do about it: the second half of ``anze status``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.cli.output import print_table, stdout

if TYPE_CHECKING:
    from pipeline.hub import Hub
    from warehouse.landing.feeds import SenderState

#: Feeds come nightly: a day, and the two hours that a night may take.
IN_TIME = dt.timedelta(hours=26)
#: What may be wrong, the worst first: its name, and what to do.
NEXT = {
    "broken": ("定义有误 its definition is broken", "anze insurer check {0}"),
    "stuck": ("有批次无法判定 a batch cannot be judged", "anze batch show {2}"),
    "awaiting": ("待决定 awaits a decision", "anze batch list --state awaiting"),
    "silent": ("未按时报送 not delivered", "anze feed list --insurer {0}; Airflow: sync__{0}"),
    "refused": ("最近一批被退回 last one refused", "anze batch show {1}"),
    "waiting": ("待入库 waits to be loaded", "anze load"),
    "held": ("有隔离的行 rows held", "anze batch list --insurer {0} --state partly_loaded"),
}
COLUMNS = (
    "机构 insurer", "按时 in time", "最近接收 received", "最久有新 oldest news", "待入库 wait", "无法判定 stuck", "待决定 decide",
    "隔离 held", "情况 what is wrong",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One sender, and what is wrong with it, the worst first."""

    sender: SenderState
    problems: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sorts the worst first; of equals by id."""
        order = list(NEXT)
        worst = order.index(self.problems[0]) if self.problems else len(order)
        return worst, -len(self.problems), self.sender.insurer_id


def told() -> dict[str, object]:
    """Senders, worst first, what is broken, and what to do next, for scripts."""
    hub = _open()
    found = _standings(hub)
    return {
        "broken": _broken(hub),
        "insurers": [{**vars(each.sender), "problems": each.problems} for each in found],
        "next": [{"problem": problem, "insurers": ids, "command": command} for problem, ids, command in _steps(found)],
    }


def show() -> None:
    """Print one line for each sender, worst first, and what to do next."""
    hub = _open()
    found = _standings(hub)
    print_table(COLUMNS, map(_row, found), right=(1, 4, 5, 6, 7))
    broken = _broken(hub)
    for line in broken:
        stdout.print(f"有误 broken: {line}", soft_wrap=True)
    steps = _steps(found)
    for problem, ids, command in steps:
        who = ", ".join(ids[:4]) + (f" … {len(ids)}" if len(ids) > 4 else "")
        stdout.print(f"下一步 next: {NEXT[problem][0]} ({who}): {command}", soft_wrap=True)
    if not steps and not broken:
        stdout.print("一切正常 all is well")


def _open() -> Hub:
    from pipeline.hub import open_hub

    return open_hub()


def _broken(hub: Hub) -> list[str]:
    """A line for each mistake in definitions, rules and indicators, and each batch that waits to be replayed in vain."""
    from warehouse.landing.troubles import lasting

    mistakes = [each.sentence for error in hub.mistakes for each in error.all]
    waiting = [
        f"批次 batch {each.batch_id} {each.insurer_id}/{each.record_type}: 无法重放 cannot be replayed: {each.reason_text}"
        for each in lasting(hub.engine)
    ]
    return mistakes + waiting + _gaps(hub)


def _gaps(hub: Hub) -> list[str]:
    """A line for each indicator that the newest publication lacks, unless its mistake was told."""
    from warehouse.publishing.publish import gaps, latest_publication

    told = {str(error) for error in hub.mistakes}
    with hub.engine.connect() as connection:
        latest = latest_publication(connection)
        found = gaps(connection, latest.publication_id) if latest else []
    return [
        f"最近发布缺少指标 the newest publication lacks {gap.indicator}: {gap.reason}"
        for gap in found
        if gap.reason not in told
    ]


def _standings(hub: Hub) -> list[Standing]:
    from pipeline.expecting import expected_feeds
    from schemas.time_zone import SHANGHAI
    from warehouse.landing.feeds import senders

    today = hub.now().astimezone(SHANGHAI).date()
    found = senders(hub.engine, expected_feeds(hub, today), hub.now() - IN_TIME)
    return sorted((Standing(each, _problems(each, hub.broken)) for each in found), key=lambda each: each.rank)


def _problems(sender: SenderState, broken: Collection[str]) -> tuple[str, ...]:
    wrong = {
        "broken": sender.insurer_id in broken,
        "stuck": sender.stuck_count,
        "awaiting": sender.awaiting_count,
        "silent": sender.in_time_count < sender.feed_count,
        "refused": sender.refused_batch_id,
        "waiting": sender.waiting_count,
        "held": sender.held_count,
    }
    return tuple(name for name in NEXT if wrong[name])


def _steps(found: list[Standing]) -> list[tuple[str, list[str], str]]:
    """(problem, insurers, command) for each kind of problem, worst first; the command names the first insurer."""
    steps = []
    for problem, (_, command) in NEXT.items():
        them = [each.sender for each in found if problem in each.problems]
        if them:
            first = them[0]
            named = command.format(first.insurer_id, first.refused_batch_id, first.stuck_batch_id)
            steps.append((problem, [s.insurer_id for s in them], named))
    return steps


def _row(each: Standing) -> tuple[object, ...]:
    sender = each.sender
    return (
        sender.insurer_id,
        f"{sender.in_time_count}/{sender.feed_count}" if sender.feed_count else "—",
        _moment(sender.last_received_at),
        _moment(sender.oldest_fresh_at),
        sender.waiting_count or "",
        sender.stuck_count or "",
        sender.awaiting_count or "",
        sender.held_count or "",
        "; ".join(NEXT[name][0] for name in each.problems),
    )


def _moment(moment: dt.datetime | None) -> str:
    from schemas.time_zone import SHANGHAI

    return "从未 never" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
