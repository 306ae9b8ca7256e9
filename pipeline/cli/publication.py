"""``anze publication detach``: cells of old publications leave the tables that readers ask."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.moments import day
from pipeline.cli.output import AsJson, dim, print_json, print_table, stdout

publication = typer.Typer(help="Publications 发布.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(publication, name="publication")


@publication.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@publication.command()
def detach(
    before: Annotated[str, typer.Option("--before", help="Of days before this one, 2026-01-01.")],
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which would leave.")] = False,
    as_json: AsJson = False,
) -> None:
    """Detach the cells of old publications, each as a table of its own, for the DBA to archive and drop.

    What frozen months and the monthly series show stays, and the newest publication. Uses the login of
    ANZE_TWIN_DATABASE_URL (var/admin.env), else that of ANZE_DATABASE_URL: it must be the tables' owner.
    """
    from pipeline.settings import load_settings
    from warehouse.database.engine import connect, database_errors
    from warehouse.publishing import detaching

    day_before, settings = day(before), load_settings()
    engine = connect(settings.twin_database_url or settings.database_url)
    with database_errors("detaching publications"), engine.begin() as connection:
        old = (detaching.detachable if is_dry_run else detaching.detach)(connection, day_before)
    engine.dispose()
    if as_json:
        print_json([{"publication_id": each.publication_id, "as_of": each.as_of, "table": each.table} for each in old])
        return
    rows = [(str(each.publication_id), f"{each.as_of}", each.table) for each in old]
    print_table(("发布 publication", "统计截止 as of", "表 table"), rows)
    if is_dry_run:
        stdout.print(dim("试算,未改动 a dry run: nothing was changed"))
    elif old:
        stdout.print("归档后可删 archive, then drop: pg_dump --table TABLE", soft_wrap=True)
