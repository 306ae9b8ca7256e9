"""The catalogue of alerts: one definition and one SQL file each, read strictly.

A definition is read with the province's own values of its thresholds where the register of thresholds has them; what is
not known is never a number here (``warehouse/alerts/thresholds.py``).
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest
from schemas.yaml_files import Entry, Listed, Number, Text, Told, Words, among, read_yaml
from schemas.yaml_text import decoded
from warehouse.indicators.catalogue import HEADER, PeriodKind
from warehouse.indicators.catalogue import find_definitions as find_indicators

FOLDER = pathlib.Path(__file__).parent / "definitions"
Level = Literal["critical", "warning", "notice"]
Owner = Literal["insurer", "city", "province"]
ThresholdUnit = Literal["ratio", "yuan", "count", "working_day", "day"]
#: Levels from the gravest on, and what people call them.
LEVELS: Mapping[Level, str] = {"critical": "严重", "warning": "预警", "notice": "提示"}
#: What the SQL of an alert may ask for besides its thresholds.
PARAMETERS = frozenset({"as_of", "known_at", "calendar_version", "next_working_day"})
#: The columns of a finding; what follows them are the values that its sentence names.
COLUMNS = ("insurer_id", "region_code", "domain_code", "record_type", "record_key", "deadline_on")
_ID = r"A\d{2}[a-z]?"
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_MARK = re.compile(r"\{(\w+)\}")
_COMMENT = re.compile(r"--[^\n]*")
_QUOTED = re.compile(r"'[^']*'")


class Threshold(Entry):
    """A number that decides, by its name in the SQL; the register's entry of ``rule_no`` goes before the default."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    rule_no: Text
    default: Number | None = None
    """None: no number is known, and the alert is not looked for until the register has one."""
    unit: ThresholdUnit
    valid_from: dt.date
    source: Text
    confidence: Literal["confirmed", "secondary", "assumption"]


class Contributions(Entry):
    """The contributions of an indicator, which the SQL reads as ``contribution``: what is missing in a figure is the alert."""

    indicator: Annotated[str, among(lambda: find_indicators().usable)]
    period: PeriodKind | Literal["closing_year"]
    """``closing_year``: the calendar year so far, or until the end of March the one that has ended."""


class DefinitionEntry(Entry):
    """One alert as its file says it."""

    id: Annotated[str, Field(pattern=f"^{_ID}$")]
    title: Words
    level: Level
    owner: Owner
    """Who acts; it is also what makes a cause: one issue an insurer, a city, or the province."""
    message: Text
    """Of all records together; may name ``{count}``, ``{insurers}`` and thresholds."""
    record: Text
    """Of one record; names columns of the SQL."""
    remedy: Text
    basis: Text
    confidence: Literal["confirmed", "secondary", "assumption"]
    label: Text
    thresholds: Listed[Threshold] = ()
    contributions: Contributions | None = None
    rules: Listed[Text] = ()
    """Rules of the catalogue whose open findings and held rows the SQL reads as ``rule_finding``."""
    feeds: Annotated[Listed[Annotated[str, among(lambda: INSURER_RECORD_TYPES)]], Field(min_length=1)]
    """Record types that can clear a record: while an insurer's are not delivered, its records stay."""
    needs: str | None = None
    """A function of the database that the SQL asks: without it the alert is not looked for."""
    rolls_up: bool = True
    link: Text


class Definition(DefinitionEntry):
    """One alert: its words, and the SQL of its findings."""

    findings_sql: str

    @property
    def level_zh(self) -> str:
        """The level in Chinese."""
        return LEVELS[self.level]


@dataclass(frozen=True)
class Found:
    """The definitions that can be used, by id in their order, and the mistakes of every other."""

    usable: Mapping[str, Definition]
    broken: Mapping[str, DefinitionError]


@functools.cache
def find_definitions(folder: pathlib.Path = FOLDER) -> Found:
    """All definitions of a folder; the mistakes of one stop nothing but itself."""
    usable: dict[str, Definition] = {}
    broken: dict[str, DefinitionError] = {}
    names = {path.stem for path in folder.glob("*.yml")}
    for name in sorted(names):
        try:
            usable[name] = _read(folder / f"{name}.yml")
        except DefinitionError as error:
            broken[name] = error
    for orphan in sorted({path.stem for path in folder.glob("*.sql")} - names):
        broken[orphan] = DefinitionError(f"{orphan}.sql", "id", "has no definition", fix=f"add {orphan}.yml")
    return Found(usable, broken)


def load_definitions(folder: pathlib.Path = FOLDER) -> Mapping[str, Definition]:
    """All definitions by id. Raises DefinitionError with every mistake."""
    found = find_definitions(folder)
    with Mistakes() as mistakes:
        for error in found.broken.values():
            mistakes.add(error)
    return found.usable


def _read(path: pathlib.Path) -> Definition:
    """The definition of a file. Raises DefinitionError with all its mistakes, those of its SQL included."""
    with Mistakes() as mistakes:
        document = read_yaml(path.name, path.read_bytes(), dict, names=("name",))
        said = mistakes.attempt(document.part, DefinitionEntry)
        if said:
            sql = mistakes.attempt(_sql, path.with_suffix(".sql"), frozenset(t.name for t in said.thresholds))
            if said.id != path.stem:
                mistakes.add(document.error(("id",), "differs from the file's name", f"write `id: {path.stem}`"))
            for key, problem, fix in _unknown_marks(said):
                mistakes.add(document.error((key,), problem, fix))
    return Definition.model_construct(**dict(said or ()), findings_sql=sql or "")


def _unknown_marks(said: DefinitionEntry) -> Iterator[Told]:
    """Marks of the sentence about all records that nothing fills; those of one record are the columns of the SQL."""
    known = {"count", "insurers", *(t.name for t in said.thresholds)}
    for mark in _MARK.findall(said.message):
        if mark not in known:
            yield "message", f"{{{mark}}} is nothing that can be named", nearest(mark, known)


def _sql(path: pathlib.Path, thresholds: frozenset[str]) -> str:
    """The SQL of a file, checked for what can be seen without a database."""
    if not path.exists():
        raise DefinitionError(path.name, "file", "is missing", fix="write the findings beside the definition")
    text = decoded(path.name, path.read_bytes()).strip()
    code = _QUOTED.sub("", _COMMENT.sub("", text))
    asked = set(_PARAMETER.findall(code))
    with Mistakes() as mistakes:
        for part in HEADER:
            if f"-- {part}: " not in text:
                mistakes.add(DefinitionError(path.name, part, "is missing in the header", 1, f"add `-- {part}: ...`"))
        for name in sorted(asked - PARAMETERS - thresholds):
            mistakes.add(
                DefinitionError(path.name, f":{name}", "is no parameter", 1, nearest(name, PARAMETERS | thresholds))
            )
        for name in sorted(thresholds - asked):
            mistakes.add(DefinitionError(path.name, f":{name}", "is a threshold that decides nothing", 1, "use it"))
        if not code.strip().startswith(("select", "with")) or ";" in code:
            mistakes.add(DefinitionError(path.name, "select", "is not one select", 1, "write one, no semicolon"))
    return text


assert tuple(LEVELS) == get_args(Level)
