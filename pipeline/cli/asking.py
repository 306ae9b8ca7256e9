"""What a person may ask of a figure, and why there is none: each answer names the way on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from pipeline.cli.output import stderr

if TYPE_CHECKING:
    import sqlalchemy as sa

    from warehouse.indicators.catalogue import Definition

LEVELS = ("province", "city", "county")


def find(name: str) -> Definition:
    """An indicator's definition by its id or code, in either case. Raises BadParameter with what there is."""
    from schemas.mistakes import nearest
    from warehouse.indicators.catalogue import find_definitions

    definitions = find_definitions().usable
    for d in definitions.values():
        if name.casefold() in (d.indicator, d.code.casefold()):
            return d
    codes = " ".join(d.code for d in definitions.values())
    near = nearest(name, definitions)
    hint = f"{near} " if near.startswith("did you mean") else ""
    raise typer.BadParameter(
        f"没有指标 no indicator {name!r}. {hint}代码 codes: {codes} (`anze indicator list` names them)"
    )


def check_level(level: str | None) -> None:
    """Raise BadParameter for a level that is none."""
    if level is not None and level not in LEVELS:
        raise typer.BadParameter(f"没有层级 no level {level!r}: {', '.join(LEVELS)}")


@dataclass(frozen=True)
class Question:
    """Which cells were asked for, as options say: ``period`` empty = the widest, ``*`` = every region or all together."""

    period: str
    region: str
    level: str | None
    domain: str
    insurer: str


def check_values(asked: Question) -> None:
    """Raise BadParameter for a region, domain or insurer that does not exist, with those that it may mean."""
    from schemas.code_lists import load_code_list
    from schemas.province import province
    from schemas.regions import near_regions, region_name

    if asked.region != "*" and region_name(asked.region) is None:
        near = ", ".join(f"{code} {name}" for code, name in near_regions(asked.region))
        hint = f": {near}?" if near else f" ({province().code} = 全省 the province)"
        raise typer.BadParameter(f"没有地区 no region {asked.region!r}{hint}")
    domains = load_code_list("CL-DOMAIN")
    if asked.domain != "*" and asked.domain not in {entry.code for entry in domains.entries}:
        raise typer.BadParameter(f"没有行业领域 no domain {asked.domain!r}: {domains.offer()}")
    if asked.insurer != "*":
        _check_insurer(asked.insurer)


def objection(d: Definition, asked: Question) -> str | None:
    """Why an indicator has no such figure by its definition; None when it may have one."""
    level = asked.level or (None if asked.region == "*" else _level(asked.region))
    meaningful, by_domain, by_insurer = d.dimensions, asked.domain != "*", asked.insurer != "*"
    if asked.period and asked.period not in d.periods:
        return f"没有期间 no period {asked.period!r}: {', '.join(d.periods)}"
    if level and LEVELS.index(level) > LEVELS.index(meaningful.region):
        return f"没有{level}级的数 no figures below {meaningful.region}"
    if by_domain and not meaningful.domain:
        return "不分行业领域 no figures by domain"
    if by_insurer and not meaningful.insurer:
        return "不分机构 no figures by insurer" + (" (I1a 按机构计数 counts by insurer)" if d.code == "I1" else "")
    if level == "county" and by_domain and by_insurer:
        return "县级不同时分行业和机构 a county has no figures by domain and insurer at once"
    return None


def refuse(chosen: Sequence[Definition], asked: Question) -> None:
    """Raise BadParameter when none of the indicators can have such a figure; tell of those that cannot."""
    check_values(asked)
    objections = {d.code: objection(d, asked) for d in chosen}
    told = [f"{code} {why}" for code, why in objections.items() if why]
    if len(told) == len(chosen):
        raise typer.BadParameter("; ".join(told))
    for line in told:
        stderr.print(line, soft_wrap=True)


def why_none(connection: sa.Connection, publication_id: int | None) -> str:
    """Why cells that could exist do not: nothing was published, no such publication, or no record counts there."""
    from warehouse.publishing.detaching import detached_table
    from warehouse.publishing.publish import find_publication, latest_publication

    if publication_id is not None:
        try:
            find_publication(connection, publication_id)
        except LookupError as error:
            raise typer.BadParameter(f"没有这次发布 {error}") from error
        if table := detached_table(connection, publication_id):
            return f"该次发布已移出,由数据库管理员归档 its cells have left: {table}, ask the DBA"
    elif latest_publication(connection) is None:
        return "还没有发布 nothing was published yet: anze publish"
    return "没有计入的记录 no record counts there"


def why_provisional(
    connection: sa.Connection, publication_id: int, record_types: Collection[str], insurer: str
) -> list[str]:
    """Lines that name the feeds for which figures are provisional: those of the record types, of one insurer or all."""
    from warehouse.publishing.publish import find_publication

    publication = find_publication(connection, publication_id)
    causes = {
        "未交齐 not delivered in full": publication.missing_feeds,
        "申报与入库不平 unbalanced": publication.imbalanced_feeds,
    }
    named = {cause: _concerned(feeds, record_types, insurer) for cause, feeds in causes.items()}
    return [f"{cause}: {', '.join(feeds)}" for cause, feeds in named.items() if feeds]


def _concerned(feeds: tuple[str, ...], record_types: Collection[str], insurer: str) -> list[str]:
    """Senders with those of their feeds that count, ``dahan (claim, policy)``."""
    of: dict[str, list[str]] = {}
    for sender, record_type in (feed.split("/", 1) for feed in feeds):
        if record_type in record_types and insurer in ("*", sender):
            of.setdefault(sender, []).append(record_type)
    return [f"{sender} ({', '.join(record_types)})" for sender, record_types in of.items()]


def _level(region: str) -> str:
    if region.endswith("0000"):
        return "province"
    return "city" if region.endswith("00") else "county"


def _check_insurer(insurer: str) -> None:
    from connectors.files import Files, stems
    from schemas.mistakes import nearest

    known = stems(Files(), "insurers")
    if insurer not in known:
        raise typer.BadParameter(f"没有机构 no insurer {insurer!r}: {nearest(insurer, known)}")
