"""``anze landing reconcile``: receipts of the landing store and of the database, compared and made the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import AsJson, dim, green, print_json, red, stdout

if TYPE_CHECKING:
    from warehouse.landing.reconciling import Reconciled

landing = typer.Typer(
    help="The landing store 接收存储: bytes, and the manifests of their receipts.", no_args_is_help=True
)
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(landing, name="landing")


@landing.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@landing.command()
def reconcile(
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be landed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Land again what only the store knows, with number and moment; after a restore of the database, before anything else.

    Receipts without a manifest get one. Safe to run again. Exit code 1 if bytes or a manifest are missing or changed.
    """
    from pipeline import steps
    from warehouse.landing.reconciling import reconcile as compare

    hub = steps.open_hub()
    found = compare(hub.engine, hub.store, is_dry_run=is_dry_run)
    if as_json:
        print_json(found)
    else:
        _show(found, is_dry_run)
    if found.unreadable or found.without_bytes:
        raise typer.Exit(1)


def _show(found: Reconciled, is_dry_run: bool) -> None:
    stdout.print(f"只在存储中的回执 receipts that only the store had: {_numbers(found.landed)}", soft_wrap=True)
    stdout.print(f"没有存储凭单的回执 receipts without a manifest: {_numbers(found.written)}", soft_wrap=True)
    for line in [*found.unreadable, *(f"{'、'.join(each.batches)}: {each.problem}" for each in found.without_bytes)]:
        stdout.print(red(line), soft_wrap=True)
    if is_dry_run:
        stdout.print(dim("试算,未改动 a dry run: nothing was changed"))
    elif found.landed:
        stdout.print(green("已重新接收,等待入库 landed again, they wait to be loaded: anze intake"), soft_wrap=True)


def _numbers(batch_ids: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, batch_ids[:SHOWN])) + (" …" if len(batch_ids) > SHOWN else "")
    return f"{len(batch_ids)} ({shown})" if batch_ids else "0"
