"""``anze feed list | rewind``: where each feed stands, and where its next collect begins."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from pipeline.cli.arguments import InsurerId, OnlyInsurer, RecordType
from pipeline.cli.output import AsJson, print_json, print_table, stdout

feed = typer.Typer(help="Feeds 数据接口: an insurer and a record type.", no_args_is_help=True)
COLUMNS = ("机构 insurer", "数据 record type", "已采集至 collected until", "批次 batches", "最近接收 last received", "最近有新 last news", "待入库 pending")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(feed, name="feed")


@feed.command("list")
def list_all(insurer: OnlyInsurer = None, as_json: AsJson = False) -> None:
    """List feeds: up to where they are collected, when they last delivered, what waits."""
    from pipeline.hub import open_hub
    from warehouse.landing import feeds

    found = feeds.states(open_hub().engine, insurer)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            state.insurer_id, state.record_type, _shown(state.collected_until), state.batch_count,
            _shown(state.last_received_at), _shown(state.last_fresh_at), state.pending_count,
        )
        for state in found
    ]  # fmt: skip
    print_table(COLUMNS, rows, right=(3, 6))


@feed.command("rewind")
def rewind(
    insurer_id: InsurerId,
    record_type: RecordType,
    to: Annotated[dt.datetime | None, typer.Option(help="Collect again from here, Asia/Shanghai.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Collect all there is.")] = False,
) -> None:
    """Set where the next collect of a feed begins. What is there already comes back as duplicates; nothing is lost."""
    from pipeline.hub import open_hub
    from schemas.errors import DefinitionError
    from schemas.time_zone import SHANGHAI
    from warehouse.landing import feeds

    if (to is None) != everything:
        raise typer.BadParameter("give either --to or --everything")
    hub = open_hub()
    definition = hub.definition(insurer_id)
    if record_type not in definition.records:
        raise DefinitionError(f"{insurer_id}.yml", "records", f"{record_type} is not delivered", fix="anze feed list")
    moment = None if to is None else to.replace(tzinfo=to.tzinfo or SHANGHAI)
    cursor = feeds.cursor(hub.engine, insurer_id, record_type)
    if moment is not None and (cursor is None or moment > cursor):
        raise typer.BadParameter(f"{moment} lies after {cursor}: what changed between them would never be collected")
    feeds.reset_cursor(hub.engine, insurer_id, record_type, moment, hub.now())
    stdout.print(f"{insurer_id}/{record_type}: 下次采集从 next collect from {_shown(moment) or '头 the beginning'}")


def _shown(moment: dt.datetime | None) -> str:
    from schemas.time_zone import SHANGHAI

    return "" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
