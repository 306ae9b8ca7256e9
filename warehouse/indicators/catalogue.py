"""The catalogue of indicators: one definition and one SQL file each, read strictly."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import pathlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest
from schemas.province import province
from schemas.yaml_files import Entry, Listed, Number, Text, Told, Words, YamlFile, among, read_yaml
from schemas.yaml_text import decoded
from warehouse.indicators.floors import Floor, OwnFloor, laid_over, own_floors
from warehouse.indicators.measures import Measure, MinDenominator, load_units, number_text
from warehouse.indicators.measures import Unit as MeasuredIn

FOLDER = pathlib.Path(__file__).parent / "definitions"

Unit = Literal["percent", "count", "days", "yuan"]
Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Depth = Literal["province", "city", "county"]
PeriodKind = Literal["as_of", "month", "ytd", "rolling12"]

PARAMETERS = frozenset({"period_start", "period_end", "as_of", "known_at"})
HEADER = ("grain", "scope", "exclusions", "limits")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*")
_QUOTED = re.compile(r"'[^']*'")
#: Where the SQL of a base takes the filter of a variant.
_FILTER_MARK = re.compile(r"\s*/\* filter \*/")


class Dimensions(Entry):
    """On which cells the indicator is meaningful."""

    region: Depth
    domain: bool
    insurer: bool


class Golden(Entry):
    """A published figure that the definition reproduces."""

    case: str
    numerator: Number
    denominator: Number
    shown: Number
    source: str


class DefinitionEntry(Entry):
    """One indicator as its file says it."""

    indicator: Text
    code: Text
    name: Words
    version: int
    unit: Unit
    direction: Direction
    dimensions: Dimensions
    periods: Annotated[Listed[PeriodKind], Field(min_length=1)]
    is_nested: Annotated[bool, Field(validation_alias="nested")] = False
    """Whether the contributions of a shorter period are those of a longer one with a business date in it."""
    feeds: Annotated[Listed[Annotated[str, among(lambda: INSURER_RECORD_TYPES)]], Field(min_length=1)]
    """Record types whose late delivery makes the figure provisional."""
    numerator: Measure
    denominator: Measure | None = None
    min_denominator: MinDenominator | None = None
    shown_per: Annotated[int, Field(ge=1)] = 1
    """By which numerator and denominator are divided when shown: 86400 makes days of seconds."""
    population: Words
    confidence: Text
    owner: Text
    source: Text
    valid_from: dt.date
    review_date: dt.date
    variant_of: str | None = None
    is_distinct: Annotated[bool, Field(validation_alias="distinct")] = False
    golden: Listed[Golden] = ()
    base: str | None = None
    """The indicator whose SQL it is, with ``filter`` as one condition more."""
    filter: Text | None = None
    independent_check: Literal["oracle"] | None = None
    """Who computes it too, from the records and without the warehouse's code; ``anze verify`` compares."""

    def mistakes(self) -> Iterator[Told]:
        """A count has no denominator, everything else has one, and the least that it may be."""
        for key in ("denominator", "min_denominator"):
            if (self.unit == "count") == (getattr(self, key) is not None):
                yield key, "a count has none, every other unit has one", f"add or remove `{key}`"
        if (self.base is None) != (self.filter is None):
            missing = "filter" if self.filter is None else "base"
            yield missing, "a variant narrows its base by a filter", "write both, or neither and SQL of its own"


class Definition(DefinitionEntry):
    """One indicator: what it says in words, and the SQL of its contributions."""

    contributions_sql: str
    own_floors: tuple[OwnFloor, ...] = ()
    """What the province says of it."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.contributions_sql.encode()).hexdigest()

    @property
    def value_unit(self) -> MeasuredIn | None:
        """The unit of the figure itself; a percentage has none."""
        if self.unit == "percent":
            return None
        return self.numerator.unit if self.unit == "count" else load_units()["day" if self.unit == "days" else "yuan"]

    def numerator_text(self, number: Decimal) -> str:
        """A numerator as people read it."""
        return number_text(number, self.numerator.unit, self.shown_per)

    def denominator_text(self, number: Decimal | None) -> str:
        """A denominator as people read it; a count has none."""
        counted = self.denominator
        return "" if number is None or counted is None else number_text(number, counted.unit, self.shown_per)

    @property
    def floors(self) -> tuple[Floor, ...]:
        """The floors of its figures, by the last day of their period; a count has none."""
        return laid_over(self.min_denominator, self.own_floors) if self.min_denominator else ()

    def floor(self, period_end: dt.date) -> MinDenominator | None:
        """The floor of its figures of a period; None where there is none."""
        return next((f.least for f in self.floors if f.valid_from <= period_end <= f.valid_to), None)

    def least(self, period_end: dt.date) -> Decimal:
        """The smallest denominator, as it is stored, of which a figure of a period may be compared with others."""
        floor = self.floor(period_end)
        return floor.value * self.shown_per if floor else Decimal(0)

    def is_small(self, denominator: Decimal | None, period_end: dt.date) -> bool:
        """Whether a figure of this denominator is to be compared with no other; one without value is no figure."""
        return denominator is not None and 0 < denominator < self.least(period_end)


@dataclass(frozen=True)
class Found:
    """The definitions that can be used, in the order of their codes, and the mistakes of every other; by indicator."""

    usable: Mapping[str, Definition]
    broken: Mapping[str, DefinitionError]


def find_definitions(folder: pathlib.Path = FOLDER) -> Found:
    """All definitions, with the province's floors; the mistakes of one stop nothing but itself.

    Raises DefinitionError for mistakes in the province's ``indicators.yml``.
    """
    return find_definitions_of(folder, province().folder)


@functools.cache
def find_definitions_of(folder: pathlib.Path, province_folder: pathlib.Path) -> Found:
    """The definitions of a folder with the floors of a province."""
    broken: dict[str, DefinitionError] = {}
    read = list[tuple[Definition, DefinitionError]]()
    names = {path.stem for path in folder.glob("*.yml")}
    for name in sorted(names):
        try:
            read.append(_read(folder / f"{name}.yml", names))
        except DefinitionError as error:
            broken[name] = error
    codes = Counter(d.code for d, _ in read)
    broken |= {d.indicator: twice for d, twice in read if codes[d.code] > 1}
    found = [d for d, _ in read if codes[d.code] == 1]
    for orphan in sorted({p.stem for p in folder.glob("*.sql")} - names):
        broken[orphan] = DefinitionError(f"{orphan}.sql", "indicator", "has no definition", fix=f"add {orphan}.yml")
    counted = [d.indicator for d in found if d.denominator is not None]
    own = own_floors(province_folder, [*counted, *broken])
    usable = [d.model_copy(update={"own_floors": tuple(f for f in own if f.indicator == d.indicator)}) for d in found]
    return Found({d.indicator: d for d in sorted(usable, key=lambda d: d.code)}, broken)


def load_definitions(folder: pathlib.Path = FOLDER) -> Mapping[str, Definition]:
    """All definitions by indicator, in the order of their codes. Raises DefinitionError with every mistake."""
    found = find_definitions(folder)
    with Mistakes() as mistakes:
        for error in found.broken.values():
            mistakes.add(error)
    return found.usable


def load_definition(indicator: str, folder: pathlib.Path = FOLDER) -> Definition:
    """One definition by its id or code. Raises DefinitionError for a name that is neither, or its own mistakes."""
    found = find_definitions(folder)
    for d in found.usable.values():
        if indicator in (d.indicator, d.code):
            return d
    if indicator in found.broken:
        raise found.broken[indicator]
    raise DefinitionError("indicators", indicator, "no such indicator", fix=nearest(indicator, found.usable))


def _read(path: pathlib.Path, names: Collection[str]) -> tuple[Definition, DefinitionError]:
    """The definition of a file, and what is to be told if its code stands twice.

    Raises DefinitionError with all its mistakes, those of its SQL included.
    """
    with Mistakes() as mistakes:
        document = read_yaml(path.name, path.read_bytes(), dict, names=("case",))
        said = mistakes.attempt(document.part, DefinitionEntry)
        if said and said.base is not None:
            contributions = mistakes.attempt(_narrowed, document, path, said, names)
        elif said or not isinstance(document.values.get("base"), str):
            contributions = mistakes.attempt(_whole, path)
        else:
            contributions = None
        if said and said.indicator != path.stem:
            fix = f"write `indicator: {path.stem}`"
            mistakes.add(document.error(("indicator",), "differs from the file's name", fix))
        if said and said.variant_of is not None and said.variant_of not in names:
            problem = f"{said.variant_of} is no indicator"
            mistakes.add(document.error(("variant_of",), problem, nearest(said.variant_of, names)))
    d = Definition.model_construct(**dict(said or ()), contributions_sql=contributions or "")
    twice = document.error(("code",), f"{d.code} is another indicator's too", "a code names one: choose another")
    return d, twice


def _whole(path: pathlib.Path) -> str:
    """The SQL of a definition that has a file of its own."""
    return _FILTER_MARK.sub("", _contributions(path.with_suffix(".sql")))


def _narrowed(document: YamlFile, path: pathlib.Path, said: DefinitionEntry, names: Collection[str]) -> str:
    """The SQL of a variant: its base's with one condition more."""
    base = path.with_name(f"{said.base}.sql")
    if path.with_suffix(".sql").exists():
        raise document.error(("base",), "stands beside SQL of its own", f"remove {path.stem}.sql or `base:`")
    if said.base not in names or not base.exists():
        own = {name for name in names if path.with_name(f"{name}.sql").exists()}
        raise document.error(("base",), f"{said.base!r} has no SQL to narrow", nearest(str(said.base), own))
    text = _contributions(base)
    if wrong := _no_condition(str(said.filter)):
        raise document.error(("filter",), *wrong)
    if not _FILTER_MARK.search(text):
        fix = f"write /* filter */ in {base.name}"
        raise document.error(("base",), f"{said.base} does not say where a filter goes", fix)
    return _FILTER_MARK.sub(lambda _: f"\n    and ({said.filter})", text)


def _no_condition(text: str) -> tuple[str, str] | None:
    """Why a text is not one condition, for what can be seen without a database, and the fix."""
    code, depth = _QUOTED.sub("", text), 0
    for name in set(_PARAMETER.findall(text)) - PARAMETERS:
        return f":{name} is no parameter", nearest(name, PARAMETERS)
    for sign in re.findall(r"[();']|--|/\*", code):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or sign not in "()":
            return f"holds {sign} where no condition does", "write one condition, without comments and semicolons"
    return ("leaves a bracket open", "close it") if depth else None


def _contributions(path: pathlib.Path) -> str:
    """The SQL of a file, checked for what can be seen without a database."""
    if not path.exists():
        raise DefinitionError(path.name, "file", "is missing", fix="write the contributions beside the definition")
    text = decoded(path.name, path.read_bytes()).strip()
    code = _COMMENT.sub("", text)
    with Mistakes() as mistakes:
        for part in HEADER:
            if f"-- {part}: " not in text:
                mistakes.add(DefinitionError(path.name, part, "is missing in the header", 1, f"add `-- {part}: ...`"))
        for name in sorted(set(_PARAMETER.findall(code)) - PARAMETERS):
            line = next(n for n, row in enumerate(text.splitlines(), 1) if f":{name}" in row)
            mistakes.add(DefinitionError(path.name, f":{name}", "is no parameter", line, nearest(name, PARAMETERS)))
        if not code.strip().startswith(("select", "with")) or ";" in code:
            fix = "write one `select` or `with`, no semicolon"
            mistakes.add(DefinitionError(path.name, "select", "is not one select", 1, fix))
    return text
