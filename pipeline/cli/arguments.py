"""Arguments that several commands take: a wrong one is told at once, with the nearest right ones, exit code 2."""

from __future__ import annotations

import difflib
import pathlib
import stat
from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from schemas.province import province

Chosen = str | list[str] | None


def _known(what: str, value: Chosen, names: Iterable[str]) -> Chosen:
    """Give ``value`` (one, several or none) back; raise BadParameter naming near ones when it is not among ``names``."""
    allowed = list(names)
    for each in value if isinstance(value, list) else [value]:
        if each is not None and each not in allowed:
            near = difflib.get_close_matches(each, allowed, 3, 0.5) or allowed
            raise typer.BadParameter(f"没有 {each!r} no such {what}: {', '.join(near)}")
    return value


def _insurers(value: Chosen) -> Chosen:
    from connectors.files import REGULATOR, Files, stems

    return _known("insurer", value, [*stems(Files(), "insurers"), REGULATOR])


def _record_types(value: Chosen) -> Chosen:
    from schemas.contract import load_contracts

    return _known("record type", value, load_contracts())


def _regular(path: pathlib.Path) -> pathlib.Path:
    """Refuse pipes and devices: reading one may wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise typer.BadParameter(f"{path} is no regular file")
    return path


InsurerId = Annotated[
    str, typer.Argument(callback=_insurers, help="The insurer's id, as `anze insurer list` shows it.")
]
InsurerIds = Annotated[list[str] | None, typer.Argument(callback=_insurers, help="Insurers; default: all.")]
OnlyInsurer = Annotated[str | None, typer.Option("--insurer", callback=_insurers, help="Only this insurer's.")]
ForInsurer = Annotated[str, typer.Option("--insurer", callback=_insurers, help="Whose records.")]
OnlyInsurers = Annotated[
    list[str] | None, typer.Option("--insurer", callback=_insurers, help="Insurers; default: all.")
]
RecordType = Annotated[str, typer.Argument(callback=_record_types, help="What its rows are, for example policy.")]
OnlyRecordType = Annotated[
    str | None, typer.Option("--record-type", callback=_record_types, help="Only this record type.")
]
OnlyRecordTypes = Annotated[
    list[str] | None, typer.Option("--record-type", callback=_record_types, help="Only these record types.")
]
BatchId = Annotated[int, typer.Argument(min=1, help="The batch's number.")]
File = Annotated[
    pathlib.Path, typer.Argument(exists=True, dir_okay=False, readable=True, callback=_regular, help="CSV or XLSX.")
]
Limit = Annotated[int, typer.Option(min=1, help="How many, newest first.")]


FIVE = (
    "coverage_ratio",
    "loss_ratio_simple",
    "service_completion_ratio",
    "hazard_rectification_ratio",
    "fee_payment_ratio",
)
#: Rectification always stands in three lines: all hazards, general ones, major ones.
BY_LEVEL = ("general_hazard_rectification_ratio", "major_hazard_rectification_ratio")
SHOWN = (*FIVE[:4], *BY_LEVEL, FIVE[4])
Names = Annotated[
    list[str] | None, typer.Argument(help="Indicator ids or codes; default: the five, I4 in its three lines.")
]
Level = Annotated[str | None, typer.Option(help="province, city or county: every region of that level.")]
Places = Mapping[tuple[int, int], tuple[str, str]]
"""(batch_id, row_no) -> file and place in it."""

#: An indicator.
Name = Annotated[str, typer.Argument(help="Indicator id or code, for example coverage_ratio or I1.")]


def _own_province(region: str) -> str:
    return region or province().code


Region = Annotated[
    str, typer.Option(callback=_own_province, help="Region code; `*` = every region. Default: the province.")
]
Domain = Annotated[str, typer.Option(help="High-risk domain code; `*` = all together.")]
Insurer = Annotated[str, typer.Option(help="Insurer id; `*` = all together.")]
Period = Annotated[
    str, typer.Option(help="as_of, month, ytd or rolling12; default: the widest that the indicator has.")
]
Publication = Annotated[int | None, typer.Option(help="Publication id; default: the latest.")]


def one_region(region: str, level: str | None) -> str | None:
    """The one region that is asked for; None = every region of the level."""
    return None if level or region == "*" else region
