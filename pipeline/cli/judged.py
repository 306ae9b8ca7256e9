"""What judging again changed, as the commands that cause it tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.output import print_table, stdout

if TYPE_CHECKING:
    from warehouse.loading.again import Change

#: How a verdict is called.
VERDICTS = {"on_time": "及时 on time", "late": "迟报 late", "undetermined": "待定 undetermined", None: "不判定 none"}
COLUMNS = (
    "机构 insurer", "数据 record type", "原判定 was", "新判定 is", "条数 verdicts", "截止日变动 moved", "例如 such as",
)  # fmt: skip


def print_changes(changes: Sequence[Change]) -> None:
    """Verdicts by insurer, record type and what they were and are; equal ones with no deadline moved were confirmed."""
    if not changes:
        stdout.print("没有判定因此改变 no verdict changes")
        return
    rows = [
        (each.insurer_id, each.record_type, VERDICTS[each.old_timeliness], VERDICTS[each.new_timeliness],
         each.verdict_count, each.moved_count, ", ".join(each.examples))
        for each in changes
    ]  # fmt: skip
    total = sum(each.verdict_count for each in changes)
    print_table(COLUMNS, rows, f"重新判定 judged again: {total}", right=(4, 5))
