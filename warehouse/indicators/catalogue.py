"""The catalogue of indicators: one definition and one SQL file each, read strictly."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import DefinitionError
from warehouse.indicators.definition_file import (
    DefinitionFile,
    choice,
    choices_of,
    measure,
    min_denominator,
    one_of,
    shown_per,
    typed,
    words,
)
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
OPTIONAL = ("denominator", "min_denominator", "shown_per", "variant_of", "distinct", "golden")
PARAMETERS = frozenset({"period_start", "period_end", "as_of", "known_at"})
HEADER = ("grain", "scope", "exclusions", "limits")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*")


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


@functools.cache
def load_definitions(folder: pathlib.Path = FOLDER) -> dict[str, Definition]:
    """All definitions by indicator, in the order of their codes. Raises DefinitionError at the first mistake."""
    found = [_read(path) for path in sorted(folder.glob("*.yml"))]
    names = {d.indicator for d in found}
    for orphan in sorted({p.stem for p in folder.glob("*.sql")} - names):
        raise DefinitionError(f"{orphan}.sql", "indicator", "has no definition", fix=f"add {orphan}.yml")
    for d in found:
        if d.variant_of is not None and d.variant_of not in names:
            raise DefinitionError(
                f"{d.indicator}.yml", "variant_of", f"{d.variant_of} is no indicator", fix=one_of(names)
            )
    return {d.indicator: d for d in sorted(found, key=lambda d: d.code)}


def load_definition(indicator: str, folder: pathlib.Path = FOLDER) -> Definition:
    """One definition by its id or code. Raises DefinitionError for a name that is neither."""
    definitions = load_definitions(folder)
    for d in definitions.values():
        if indicator in (d.indicator, d.code):
            return d
    raise DefinitionError("indicators", indicator, "no such indicator", fix=one_of(definitions))


def _read(path: pathlib.Path) -> Definition:
    file = DefinitionFile(path)
    _check_keys(file, path)
    unit = choice(file, "unit", get_args(Unit))
    if (unit == "count") == ("denominator" in file.values):
        raise file.refuse("denominator", "a count has none, every other unit has one", "add or remove `denominator`")
    if unit == "count" and "min_denominator" in file.values:
        raise file.refuse("min_denominator", "a count has no denominator", "remove `min_denominator`")
    values = file.values
    return Definition(
        indicator=path.stem,
        code=str(values["code"]),
        name=words(file, "name"),
        version=typed(file, "version", int),
        unit=unit,
        direction=choice(file, "direction", get_args(Direction)),
        dimensions=_dimensions(file),
        periods=choices_of(file, "periods", get_args(PeriodKind)),
        feeds=choices_of(file, "feeds", INSURER_RECORD_TYPES),
        numerator=measure(file, "numerator"),
        denominator=measure(file, "denominator") if unit != "count" else None,
        min_denominator=min_denominator(file) if unit != "count" else None,
        shown_per=shown_per(file) if "shown_per" in values else 1,
        population=words(file, "population"),
        confidence=typed(file, "confidence", str),
        owner=typed(file, "owner", str),
        source=typed(file, "source", str),
        valid_from=typed(file, "valid_from", dt.date),
        review_date=typed(file, "review_date", dt.date),
        variant_of=values.get("variant_of"),
        is_distinct=typed(file, "distinct", bool) if "distinct" in values else False,
        golden=tuple(_golden(file, entry) for entry in values.get("golden", [])),
        contributions_sql=_contributions(path.with_suffix(".sql")),
    )


def _check_keys(file: DefinitionFile, path: pathlib.Path) -> None:
    for key in REQUIRED:
        if file.values.get(key) is None:
            raise file.refuse(key, "is missing", f"add `{key}:`")
    for key in file.values:
        if key not in REQUIRED + OPTIONAL:
            raise file.refuse(str(key), "is no key of a definition", one_of(REQUIRED + OPTIONAL))
    if file.values["indicator"] != path.stem:
        raise file.refuse("indicator", "differs from the file's name", f"write `indicator: {path.stem}`")


def _dimensions(file: DefinitionFile) -> Dimensions:
    value = file.values["dimensions"]
    if not isinstance(value, Mapping) or set(value) != {"region", "domain", "insurer"}:
        raise file.refuse("dimensions", "does not say region, domain and insurer", "write all three")
    is_plain = isinstance(value["domain"], bool) and isinstance(value["insurer"], bool)
    if value["region"] not in get_args(Depth) or not is_plain:
        raise file.refuse(
            "dimensions", f"{dict(value)} is unknown", f"region: {one_of(get_args(Depth))}; others true or false"
        )
    return Dimensions(value["region"], value["domain"], value["insurer"])


def _golden(file: DefinitionFile, entry: Any) -> Golden:
    try:
        numerator, denominator, shown = (Decimal(entry[key]) for key in ("numerator", "denominator", "shown"))
        return Golden(str(entry["case"]), numerator, denominator, shown, str(entry["source"]))
    except (KeyError, TypeError, ArithmeticError) as error:
        fix = "write case, numerator, denominator, shown (numbers in quotes) and source"
        raise file.refuse("golden", f"{entry!r} is no published figure", fix) from error


def _contributions(path: pathlib.Path) -> str:
    """The SQL of a definition, checked for what can be seen without a database."""
    if not path.exists():
        raise DefinitionError(path.name, "file", "is missing", fix="write the contributions beside the definition")
    text = path.read_text(encoding="utf-8").strip()
    for part in HEADER:
        if f"-- {part}: " not in text:
            raise DefinitionError(path.name, part, "is missing in the header", 1, f"add `-- {part}: ...`")
    code = _COMMENT.sub("", text)
    unknown = sorted(set(_PARAMETER.findall(code)) - PARAMETERS)
    if unknown:
        line = next(n for n, row in enumerate(text.splitlines(), 1) if f":{unknown[0]}" in row)
        raise DefinitionError(path.name, f":{unknown[0]}", "is no parameter", line, one_of(PARAMETERS))
    if not code.strip().startswith(("select", "with")) or ";" in code:
        raise DefinitionError(path.name, "select", "is not one select", 1, "write one `select` or `with`, no semicolon")
    return text
