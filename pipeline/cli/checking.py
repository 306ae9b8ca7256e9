"""``anze submit --check``: what would become of a file, and nothing of it kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipeline.cli.output import print_json, print_table, stdout

if TYPE_CHECKING:
    import pathlib

    from pipeline.collecting.files import Beside
    from pipeline.hub import Hub

SHOWN_DETAILS = 20
BOOKS = ("接收 rows", "入库 accepted", "隔离 held", "重复 duplicate", "旧版 superseded")


def check(hub: Hub, insurer_id: str, record_type: str, file: pathlib.Path, beside: Beside, as_json: bool) -> None:
    """Tell what would become of a file. Exit code 1 unless all of it would be loaded."""
    from pipeline import steps
    from pipeline.cli.receipt import STATES
    from pipeline.reporting.problems import problems_of
    from warehouse.landing.batches import findings_of

    tried = steps.check(hub, insurer_id, record_type, file, beside, findings_of)
    report, found = tried.report, problems_of(tried.found or map(vars, tried.refused))
    state = report.state if report else "rejected"
    if as_json:
        print_json({"state": state, "report": report, "problems": found})
    else:
        stdout.print("试校验,没有保存 checked, nothing kept: ", STATES[state], sep="")
        if report:
            books = (report.received, report.accepted, report.quarantined, report.duplicate, report.superseded)
            print_table(BOOKS, [books], right=(0, 1, 2, 3, 4))
        rows = [(each.where, each.rule_id, each.severity, each.message) for each in found[:SHOWN_DETAILS]]
        title = f"问题 problems: {len(rows)} of {len(found)} shown"
        print_table(("位置 place", "规则 rule", "程度 severity", "原因与处理 reason"), rows, title)
    if state != "loaded":
        raise typer.Exit(1)
