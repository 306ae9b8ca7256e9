"""The catalogue of indicators: one definition and one SQL file each, read strictly."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import pathlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast, get_args

from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes
from schemas.province import province
from warehouse.indicators.definition_file import (
    DefinitionFile,
    choice,
    choices_of,
    measure,
    min_denominator,
    one_of,
    shown_per,
    text_of,
    typed,
    words,
)
from warehouse.indicators.floors import own_floors
from warehouse.indicators.measures import Measure, MinDenominator, Words, load_units, number_text
from warehouse.indicators.measures import Unit as MeasuredIn

FOLDER = pathlib.Path(__file__).parent / "definitions"

Unit = Literal["percent", "count", "days", "yuan"]
Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Depth = Literal["province", "city", "county"]
PeriodKind = Literal["as_of", "month", "ytd", "rolling12"]

REQUIRED = (
    "indicator", "code", "name", "version", "unit", "direction", "dimensions", "periods", "feeds", "numerator",
    "population", "confidence", "owner", "source", "valid_from", "review_date",
)  # fmt: skip
OPTIONAL = (
    "denominator", "min_denominator", "shown_per", "variant_of", "distinct", "golden", "base", "filter", "independent_check",
)  # fmt: skip
PARAMETERS = frozenset({"period_start", "period_end", "as_of", "known_at"})
HEADER = ("grain", "scope", "exclusions", "limits")
_T = TypeVar("_T")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*")
#: Where the SQL of a base takes the filter of a variant.
_FILTER_MARK = re.compile(r"\s*/\* filter \*/")


@dataclass(frozen=True)
class Dimensions:
    """On which cells the indicator is meaningful."""

    region: Depth
    domain: bool
    insurer: bool


@dataclass(frozen=True)
class Golden:
    """A published figure that the definition reproduces."""

    case: str
    numerator: Decimal
    denominator: Decimal
    shown: Decimal
    source: str


@dataclass(frozen=True)
class Definition:
    """One indicator: what it says in words, and the SQL of its contributions."""

    indicator: str
    code: str
    name: Words
    version: int
    unit: Unit
    direction: Direction
    dimensions: Dimensions
    periods: tuple[PeriodKind, ...]
    feeds: tuple[str, ...]
    """Record types whose late delivery makes the figure provisional."""
    numerator: Measure
    denominator: Measure | None
    min_denominator: MinDenominator | None
    shown_per: int
    """By which numerator and denominator are divided when shown: 86400 makes days of seconds."""
    population: Words
    confidence: str
    owner: str
    source: str
    valid_from: dt.date
    review_date: dt.date
    variant_of: str | None
    is_distinct: bool
    golden: tuple[Golden, ...]
    is_independently_checked: bool
    """Whether the oracle computes it too, from the records and without the warehouse's code: ``anze verify`` compares."""
    contributions_sql: str

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
    def least(self) -> Decimal:
        """The smallest denominator, as it is stored, of which a figure may be compared with others."""
        return self.min_denominator.value * self.shown_per if self.min_denominator else Decimal(0)

    def is_small(self, denominator: Decimal | None) -> bool:
        """Whether a figure of this denominator is to be compared with no other; one without value is no figure."""
        return denominator is not None and 0 < denominator < self.least


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
    found = list[Definition]()
    names = {path.stem for path in folder.glob("*.yml")}
    for name in sorted(names):
        try:
            found.append(_read(folder / f"{name}.yml", names))
        except DefinitionError as error:
            broken[name] = error
    for orphan in sorted({p.stem for p in folder.glob("*.sql")} - names):
        broken[orphan] = DefinitionError(f"{orphan}.sql", "indicator", "has no definition", fix=f"add {orphan}.yml")
    counted = [d.indicator for d in found if d.denominator is not None]
    floors = own_floors(province_folder, [*counted, *broken])
    usable = [replace(d, min_denominator=floors.get(d.indicator, d.min_denominator)) for d in found]
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
    raise DefinitionError("indicators", indicator, "no such indicator", fix=one_of(found.usable))


def _read(path: pathlib.Path, names: Collection[str]) -> Definition:
    """The definition of a file. Raises DefinitionError with all its mistakes, those of its SQL included."""
    with Mistakes() as mistakes:
        file = DefinitionFile(path)
        _check_keys(file, path, mistakes)
        contributions = mistakes.attempt(_contributions_of, file, path, names) or ""
        return _definition(file, names, contributions, mistakes)


def _definition(file: DefinitionFile, names: Collection[str], contributions: str, mistakes: Mistakes) -> Definition:
    """The definition as far as it can be read; what can't be is kept in ``mistakes``, and then it is not used."""

    def part(read: Callable[..., _T], key: str, *more: Any) -> _T:
        has_value = file.values.get(key) is not None
        return cast("_T", mistakes.attempt(read, file, key, *more) if has_value else None)

    unit: Unit = part(choice, "unit", get_args(Unit))
    mistakes.attempt(_check_denominator, file, unit)
    mistakes.attempt(_check_variant, file, names)
    return Definition(
        indicator=pathlib.PurePath(file.name).stem,
        code=str(file.values.get("code")),
        name=part(words, "name"),
        version=part(typed, "version", int),
        unit=unit,
        direction=part(choice, "direction", get_args(Direction)),
        dimensions=part(_dimensions, "dimensions"),
        periods=part(choices_of, "periods", get_args(PeriodKind)),
        feeds=part(choices_of, "feeds", INSURER_RECORD_TYPES),
        numerator=part(measure, "numerator"),
        denominator=part(measure, "denominator"),
        min_denominator=part(min_denominator, "min_denominator"),
        shown_per=part(shown_per, "shown_per") or 1,
        population=part(words, "population"),
        confidence=part(typed, "confidence", str),
        owner=part(typed, "owner", str),
        source=part(typed, "source", str),
        valid_from=part(typed, "valid_from", dt.date),
        review_date=part(typed, "review_date", dt.date),
        variant_of=file.values.get("variant_of"),
        is_distinct=bool(part(typed, "distinct", bool)),
        golden=part(_goldens, "golden") or (),
        is_independently_checked=part(choice, "independent_check", ("oracle",)) is not None,
        contributions_sql=contributions,
    )


def _check_keys(file: DefinitionFile, path: pathlib.Path, mistakes: Mistakes) -> None:
    for key in REQUIRED:
        if file.values.get(key) is None:
            mistakes.add(file.refuse(key, "is missing", f"add `{key}:`"))
    for key in file.values:
        if key not in REQUIRED + OPTIONAL:
            mistakes.add(file.refuse(str(key), "is no key of a definition", one_of(REQUIRED + OPTIONAL)))
    if file.values.get("indicator") not in (None, path.stem):
        mistakes.add(file.refuse("indicator", "differs from the file's name", f"write `indicator: {path.stem}`"))


def _check_denominator(file: DefinitionFile, unit: Unit | None) -> None:
    if unit is None:
        return
    if (unit == "count") == ("denominator" in file.values):
        raise file.refuse("denominator", "a count has none, every other unit has one", "add or remove `denominator`")
    if (unit == "count") == ("min_denominator" in file.values):
        problem = "a count has no denominator" if unit == "count" else "is missing"
        raise file.refuse("min_denominator", problem, "add or remove `min_denominator`")


def _check_variant(file: DefinitionFile, names: Collection[str]) -> None:
    variant_of = file.values.get("variant_of")
    if variant_of is not None and variant_of not in names:
        raise file.refuse("variant_of", f"{variant_of} is no indicator", one_of(names))


def _dimensions(file: DefinitionFile, key: str) -> Dimensions:
    value = file.values[key]
    if not isinstance(value, Mapping) or set(value) != {"region", "domain", "insurer"}:
        raise file.refuse("dimensions", "does not say region, domain and insurer", "write all three")
    is_plain = isinstance(value["domain"], bool) and isinstance(value["insurer"], bool)
    if value["region"] not in get_args(Depth) or not is_plain:
        raise file.refuse(
            "dimensions", f"{dict(value)} is unknown", f"region: {one_of(get_args(Depth))}; others true or false"
        )
    return Dimensions(value["region"], value["domain"], value["insurer"])


def _goldens(file: DefinitionFile, key: str) -> tuple[Golden, ...]:
    value = file.values[key]
    if not isinstance(value, list):
        raise file.refuse(key, f"{value!r} is no list", "begin each published figure with `-`")
    return tuple(_golden(file, entry) for entry in value)


def _golden(file: DefinitionFile, entry: Any) -> Golden:
    try:
        numerator, denominator, shown = (Decimal(entry[key]) for key in ("numerator", "denominator", "shown"))
        return Golden(str(entry["case"]), numerator, denominator, shown, str(entry["source"]))
    except (KeyError, TypeError, ArithmeticError) as error:
        fix = "write case, numerator, denominator, shown (numbers in quotes) and source"
        raise file.refuse("golden", f"{entry!r} is no published figure", fix) from error


def _contributions_of(file: DefinitionFile, path: pathlib.Path, names: Collection[str]) -> str:
    """The SQL of a definition: its own file's, or its base's with one condition more."""
    base = file.values.get("base")
    if base is None:
        if "filter" in file.values:
            raise file.refuse("filter", "narrows no base", "add `base:`, or write the condition into the SQL")
        return _FILTER_MARK.sub("", _contributions(path.with_suffix(".sql")))
    if path.with_suffix(".sql").exists():
        raise file.refuse("base", "stands beside SQL of its own", f"remove {path.stem}.sql or `base:`")
    if not isinstance(base, str) or base not in names or not path.with_name(f"{base}.sql").exists():
        raise file.refuse("base", f"{base!r} has no SQL to narrow", "name an indicator that has a .sql file")
    narrowed = _contributions(path.with_name(f"{base}.sql"))
    if not _FILTER_MARK.search(narrowed):
        raise file.refuse("base", f"{base} does not say where a filter goes", f"write /* filter */ in {base}.sql")
    return _FILTER_MARK.sub(lambda _: f"\n    and ({typed(file, 'filter', str)})", narrowed)


def _contributions(path: pathlib.Path) -> str:
    """The SQL of a file, checked for what can be seen without a database."""
    if not path.exists():
        raise DefinitionError(path.name, "file", "is missing", fix="write the contributions beside the definition")
    text = text_of(path).strip()
    code = _COMMENT.sub("", text)
    with Mistakes() as mistakes:
        for part in HEADER:
            if f"-- {part}: " not in text:
                mistakes.add(DefinitionError(path.name, part, "is missing in the header", 1, f"add `-- {part}: ...`"))
        for name in sorted(set(_PARAMETER.findall(code)) - PARAMETERS):
            line = next(n for n, row in enumerate(text.splitlines(), 1) if f":{name}" in row)
            mistakes.add(DefinitionError(path.name, f":{name}", "is no parameter", line, one_of(PARAMETERS)))
        if not code.strip().startswith(("select", "with")) or ";" in code:
            fix = "write one `select` or `with`, no semicolon"
            mistakes.add(DefinitionError(path.name, "select", "is not one select", 1, fix))
    return text
