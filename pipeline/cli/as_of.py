"""``anze as-of``: any table as of a business day, as known at a moment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import OnlyInsurer
from pipeline.cli.moments import AsOf, KnownAt, day, moment
from pipeline.cli.output import AsJson, print_json, print_table, stderr
from pipeline.reporting.tables import text_of, write_csv

if TYPE_CHECKING:
    from warehouse.history.bitemporal import Found

#: What a person sees of a record first; CSV and JSON have every column.
SHOWN = {
    "policy_state": ("is_in_force", "cover_start_date", "cover_end_date", "employee_count", "written_premium_amount"),
    "quarantine": ("record_type", "record_key", "batch_id", "row_no", "place", "quarantined_at"),
    "finding": ("record_type", "record_key", "batch_id", "place", "column_letter", "rule_id", "severity", "message"),
    "batch": ("batch_id", "record_type", "channel", "received_at", "state", "received_count", "accepted_count"),
}
TITLES = {
    "insurer_id": "机构 insurer",
    "record_key": "主键 key",
    "version_id": "版本 version",
    "batch_id": "批次 batch",
    "row_no": "行 row",
    "files": "文件 file",
    "recorded_at": "入库 recorded at",
}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("as-of")(as_of)


def as_of(
    table: Annotated[
        str, typer.Argument(help="A record type such as policy, or policy_state, quarantine, finding, batch.")
    ],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    insurer: OnlyInsurer = None,
    key: Annotated[str | None, typer.Option(help="Only this natural key; several fields joined by |.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows at most.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer in CSV with every column.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the records of a table that speak of a business day, as they were known at a moment.

    Each with its version, batch, row and file. Exit code 1 if there is none.
    """
    from pipeline.cli.reading import open_to_read
    from schemas.time_zone import SHANGHAI
    from warehouse.database.engine import database_errors
    from warehouse.history import bitemporal

    hub = open_to_read()
    now = hub.now()
    known = moment(known_at, now) if known_at else now
    on = day(as_of) if as_of else now.astimezone(SHANGHAI).date()
    try:
        with database_errors("reading history"), hub.engine.connect() as connection:
            found = bitemporal.read_at(connection, table, on, known, insurer_id=insurer, key=key, limit=limit)
            is_settled = bitemporal.is_settled(connection)
    except LookupError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json({**vars(found), "is_settled": is_settled})
    elif as_csv:
        write_csv(sys.stdout, found.columns, ([row[name] for name in found.columns] for row in found.rows))
    else:
        _print_found(found)
    _say(
        f"{len(found.rows)} of {found.total_count} rows, as of {on}, known at {known.astimezone(SHANGHAI).isoformat()}"
    )
    if not is_settled:
        _say(
            "a load is running: what is known of the last minutes may still grow 正在入库,最近几分钟的数据可能还会增加"
        )
    if not found.rows:
        raise typer.Exit(1)


def _print_found(found: Found) -> None:
    columns = _shown(found)
    rows = [[text_of(row[name]) for name in columns] for row in found.rows]
    right = [n for n, name in enumerate(columns) if name in ("version_id", "batch_id", "row_no")]
    print_table([TITLES.get(name, name) for name in columns], rows, right=right)


def _shown(found: Found) -> tuple[str, ...]:
    from schemas.contract import load_contracts
    from warehouse.history.bitemporal import TRACE

    own: tuple[str, ...] = SHOWN.get(found.table, ())
    if found.table in load_contracts():
        contract = load_contracts()[found.table]
        own = tuple(dict.fromkeys((*contract.valid_time.fields, *(m.field for m in contract.milestones))))
    return (*TRACE, *own) if "files" in found.columns else ("insurer_id", *own)


def _say(text: str) -> None:
    stderr.print(text, soft_wrap=True)
