"""Arguments that several commands take: a wrong one is told at once, with the nearest right ones, exit code 2."""

from __future__ import annotations

import difflib
import pathlib
import stat
from collections.abc import Iterable
from typing import Annotated, Any

import typer


def _known(what: str, value: Any, names: Iterable[str]) -> Any:
    """Give ``value`` (one, several or none) back; raise BadParameter naming near ones when it is not among ``names``."""
    allowed = list(names)
    for each in value if isinstance(value, list) else [value]:
        if each is not None and each not in allowed:
            near = difflib.get_close_matches(each, allowed, 3, 0.5) or allowed
            raise typer.BadParameter(f"没有 {each!r} no such {what}: {', '.join(near)}")
    return value


def _insurers(value: Any) -> Any:
    from connectors.files import REGULATOR, Files, stems

    return _known("insurer", value, [*stems(Files(), "insurers"), REGULATOR])


def _record_types(value: Any) -> Any:
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
