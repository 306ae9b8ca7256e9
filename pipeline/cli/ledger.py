"""``anze ledger verify | head | keep | export``: the chain of receipts and verdicts, and what proves it outside the hub."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import AsJson, green, print_json, red, stderr, stdout

if TYPE_CHECKING:
    from warehouse.landing.ledger import Walk

ledger = typer.Typer(help="The ledger 存证 of receipts, verdicts and publications.", no_args_is_help=True)
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(ledger, name="ledger")


@ledger.command()
def verify(
    since: Annotated[
        int, typer.Option("--from", min=1, help="Begin at this entry; the ones before it are believed.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Walk the chain: each entry against the tables, the landed files and the heads kept outside. Exit code 1 if a link is broken."""
    from pipeline.hub import open_hub
    from pipeline.judging.ledger import check

    hub = open_hub()
    found = check(hub, since, hub.store)
    if as_json:
        broken = [{**vars(each), "line": each.line} for each in found.broken]
        print_json({"entries": found.entries, "head": found.head, "links_broken": len(broken), "broken": broken})
    else:
        _show(found)
    if found.broken:
        raise typer.Exit(1)


@ledger.command()
def head(as_json: AsJson = False) -> None:
    """Show position and hash of the newest entry: write it down elsewhere, and no earlier entry can be changed unseen."""
    from pipeline.hub import open_hub
    from warehouse.landing.ledger import head as newest

    found = newest(open_hub().engine)
    if as_json:
        print_json(found)
    else:
        stdout.print(f"{found.position} {found.hash}", soft_wrap=True)


@ledger.command()
def keep() -> None:
    """Keep the head in the file of today, as each publication does; exit code 4 when it cannot be written."""
    from pipeline.hub import open_hub
    from pipeline.judging.ledger import keep_head

    stdout.print(keep_head(open_hub()) or "存证为空 the ledger is empty", soft_wrap=True)


@ledger.command()
def export(
    receipt: Annotated[str, typer.Argument(help="A batch, or the number of its receipt, like 20261121-7-0A1B2C3D.")],
    file: Annotated[pathlib.Path, typer.Argument(help="The JSON to write; it must not exist.", dir_okay=False)],
) -> None:
    """Write a receipt with its proof; docs/verify_receipt.py checks it with Python alone, on any machine."""
    from pipeline.hub import open_hub
    from warehouse.landing.receipt_bundles import bundle

    written = json.dumps(bundle(open_hub().engine, receipt), ensure_ascii=False, indent=1)
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(written + "\n")
    except FileExistsError:
        raise typer.BadParameter(f"{file} 已存在 is there already") from None
    stdout.print(f"已写入 written: {file}", soft_wrap=True)
    stderr.print("核对 check: python docs/verify_receipt.py FILE.json YOUR_FILE", soft_wrap=True)


def _show(found: Walk) -> None:
    stdout.print(
        f"存证 entries walked {found.entries}, 链头 head {found.head.position} {found.head.hash}", soft_wrap=True
    )
    if not found.broken:
        stdout.print(green("全部相符 every link holds"))
        return
    stdout.print(
        red(f"断开 links broken: {len(found.broken)}"), "首处 the first:", found.broken[0].line, soft_wrap=True
    )
    for each in found.broken[1:SHOWN]:
        stdout.print(f"  {each.line}", soft_wrap=True)
    if len(found.broken) > SHOWN:
        stdout.print(f"  … 共 {len(found.broken)} 处 in all: --json")
