"""``anze insurer`` and ``anze rules``: what the hub knows of senders and rules."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import InsurerId
from pipeline.cli.output import AsJson, green, print_json, print_table, red, stderr, stdout

if TYPE_CHECKING:
    from schemas.errors import DefinitionError

insurer = typer.Typer(help="Insurers 保险机构.", no_args_is_help=True)
rules = typer.Typer(help="Rules 规则.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(insurer, name="insurer")
    app.add_typer(rules, name="rules")


@insurer.command("list")
def list_insurers(as_json: AsJson = False) -> None:
    """List the insurers and how each delivers."""
    from connectors.definition import find_definitions

    known = find_definitions()
    for insurer_id, error in known.broken.items():
        stderr.print(f"{insurer_id}: 定义有误 its definition is broken: {error}", soft_wrap=True)
    found = known.usable.values()
    if as_json:
        print_json(
            [{"insurer_id": d.insurer_id, "name": d.name, "vendor": d.vendor, "channel": d.channel} for d in found]
        )
        return
    rows = [(d.insurer_id, d.name, d.channel, d.vendor, d.auth.kind, d.paging.kind, len(d.records)) for d in found]
    print_table(
        ("机构 insurer", "名称 name", "方式 channel", "方言 dialect", "认证 auth", "分页 paging", "数据 types"),
        rows,
        right=(6,),
    )


@insurer.command("check")
def check(insurer_ids: Annotated[list[str] | None, typer.Argument(help="Insurers; default: all.")] = None) -> None:
    """Check definition files; a mistake is told with file, line, key and the fix. Exit code 4 if there is one.

    For one insurer alone also what its profile covers: required fields that only the naming fills, fields
    without a column, and codes that no source value leads to.
    """
    from connectors.coverage import coverage
    from connectors.definition import load_definition, load_definitions
    from pipeline.cli.probing import show_coverage
    from pipeline.scheduling.schedule import feeds
    from schemas.errors import DefinitionError

    told: set[str] = set()
    for insurer_id in insurer_ids or [feed.insurer_id for feed in feeds()]:
        try:
            found = load_definition(insurer_id)
        except DefinitionError as error:
            told |= _tell_mistakes(insurer_id, error.all)
        else:
            stdout.print(green("✓"), insurer_id)
            if insurer_ids is not None and len(insurer_ids) == 1:
                show_coverage(coverage(found))
    try:
        load_definitions()  # what only shows beside the others: two insurers with one code
    except DefinitionError as error:
        told |= _tell_mistakes("insurers", [each for each in error.all if each.sentence not in told])
    if told:
        raise typer.Exit(4)


def _tell_mistakes(where: str, mistakes: Iterable[DefinitionError]) -> set[str]:
    """Print each mistake on a line of its own; returns what was said."""
    told = [each.sentence for each in mistakes]
    for sentence in told:
        stdout.print(red("✗"), f"{where}: {sentence}", soft_wrap=True)
    return set(told)


@insurer.command("probe")
def probe(
    insurer_id: InsurerId,
    record_types: Annotated[list[str] | None, typer.Option("--type", help="Only these record types.")] = None,
    file: Annotated[
        pathlib.Path | None, typer.Option(help="A file instead of the interface; with one --type.", exists=True)
    ] = None,
    days: Annotated[int, typer.Option(help="How many days back the page is asked for.", min=1)] = 30,
    as_json: AsJson = False,
) -> None:
    """Look at an insurer's system with its real credentials: one page of each feed, its columns, a proposed mapping.

    Nothing is stored. Personal values, and those of columns that are not mapped, are shown as their shape. Credentials
    come from ANZE_CREDENTIALS_<ID>. Exit code 1 for a file that cannot be read, 3 or 4 if a feed did not answer.
    """
    from pipeline.cli.probing import as_plain, show_probe
    from pipeline.cli.usage import exit_code
    from pipeline.definitions.probing import probe as probe_feeds
    from pipeline.definitions.probing import probe_file
    from pipeline.settings import environment

    now = dt.datetime.now(dt.UTC)
    if file is not None:
        if not record_types or len(record_types) != 1:
            raise typer.BadParameter("--file 需要一个 --type needs one --type, such as --type policy")
        found = [probe_file(insurer_id, record_types[0], file, environment())]
    else:
        found = list(probe_feeds(insurer_id, record_types or [], now - dt.timedelta(days=days), now, environment()))
    if as_json:
        print_json([as_plain(each) for each in found])
    else:
        for each in found:
            show_probe(each)
    if faults := [exit_code(each.fault) for each in found if each.fault is not None]:
        raise typer.Exit(max(faults))


@insurer.command("new")
def new(
    insurer_id: Annotated[str, typer.Argument(help="Lower-case id: names the file and the DAG.")],
    dialect: Annotated[str, typer.Option(help="Vendor profile that it extends.")],
    name: Annotated[str, typer.Option(help="Chinese name.")],
) -> None:
    """Write a definition file for a new insurer: the only file that it needs."""
    from pipeline.definitions.new_insurer import write

    path = write(insurer_id, dialect, name)
    stdout.print(
        f"written: {path}; fill insurer_code, base_url, schedule and contact, then `anze insurer check {insurer_id}`",
        soft_wrap=True,
    )


@rules.command("list")
def list_rules(
    record_type: Annotated[str | None, typer.Argument(help="Only rules of this record type.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the rules."""
    from quality.catalogue import load_rules

    catalogue = load_rules()
    found = catalogue.for_type(record_type) if record_type else catalogue.rules
    if as_json:
        print_json(list(found))
        return
    rows = [(r.rule_id, r.record_type, r.tier, r.severity, r.title_zh, r.basis) for r in found]
    print_table(("规则 rule", "数据 type", "层 tier", "程度 severity", "名称 title", "依据 basis"), rows)


@rules.command("show")
def show_rule(rule_id: Annotated[str, typer.Argument(help="For example POL-014.")], as_json: AsJson = False) -> None:
    """Show one rule: what it checks, its messages and remedies, its basis."""
    from quality.catalogue import load_rules

    found = load_rules().by_id.get(rule_id.upper())
    if found is None:
        raise typer.BadParameter(f"no rule {rule_id}: `anze rules list` names them")
    if as_json:
        print_json(found)
        return
    rows = [
        ("名称 title", f"{found.title_zh} / {found.title_en}"),
        ("数据 record type", found.record_type),
        ("层 / 程度 tier / severity", f"{found.tier} / {found.severity}"),
        ("消息 message", f"{found.message_zh}\n{found.message_en}"),
        ("处理 remedy", f"{found.remedy_zh}\n{found.remedy_en}"),
        ("依据 basis", f"{found.basis} ({found.confidence})"),
        ("有效 validity", f"{found.valid_from or ''} .. {found.valid_to or ''}, v{found.version}"),
        ("检查 check", found.select or f"{found.expectation or '(built in)'} {found.arguments or ''}"),
    ]
    print_table(("", found.rule_id), rows)
