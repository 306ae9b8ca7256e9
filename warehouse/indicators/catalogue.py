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
from typing import Any, Literal, TypeVar, get_args

import yaml

from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import DefinitionError
from warehouse.indicators.measures import Measure, MinDenominator, load_units, number_text
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
_T = TypeVar("_T")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


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
        measure = self.denominator
        return "" if number is None or measure is None else number_text(number, measure.unit, self.shown_per)

    def is_small(self, denominator: Decimal | None) -> bool:
        """Whether a figure of this denominator is to be compared with no other."""
        least = self.min_denominator
        return least is not None and denominator is not None and 0 < denominator < least.value * self.shown_per


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
                f"{d.indicator}.yml", "variant_of", f"{d.variant_of} is no indicator", fix=_one_of(names)
            )
    return {d.indicator: d for d in sorted(found, key=lambda d: d.code)}


def load_definition(indicator: str, folder: pathlib.Path = FOLDER) -> Definition:
    """One definition by its id or code. Raises DefinitionError for a name that is neither."""
    definitions = load_definitions(folder)
    for d in definitions.values():
        if indicator in (d.indicator, d.code):
            return d
    raise DefinitionError("indicators", indicator, "no such indicator", fix=_one_of(definitions))


class _File:
    """One parsed definition file that knows on which line each key stands."""

    def __init__(self, path: pathlib.Path) -> None:
        self.name = path.name
        text = path.read_text(encoding="utf-8")
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
            values = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            raise DefinitionError(path.name, "document", "is not YAML", line, "check indentation and quotes") from error
        if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
            raise DefinitionError(path.name, "document", "is no mapping", 1, "write `key: value` lines")
        self.values: dict[str, Any] = values
        self.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}

    def refuse(self, key: str, problem: str, fix: str | None = None) -> DefinitionError:
        return DefinitionError(self.name, key, problem, self.lines.get(key), fix)


def _read(path: pathlib.Path) -> Definition:
    file = _File(path)
    _check_keys(file, path)
    unit = _choice(file, "unit", get_args(Unit))
    if (unit == "count") == ("denominator" in file.values):
        raise file.refuse("denominator", "a count has none, every other unit has one", "add or remove `denominator`")
    values = file.values
    return Definition(
        indicator=path.stem,
        code=str(values["code"]),
        name=_words(file, "name"),
        version=_typed(file, "version", int),
        unit=unit,
        direction=_choice(file, "direction", get_args(Direction)),
        dimensions=_dimensions(file),
        periods=_choices(file, "periods", get_args(PeriodKind)),
        feeds=_choices(file, "feeds", INSURER_RECORD_TYPES),
        numerator=_measure(file, "numerator"),
        denominator=_measure(file, "denominator") if unit != "count" else None,
        min_denominator=_min_denominator(file) if unit != "count" else None,
        shown_per=_shown_per(file) if "shown_per" in values else 1,
        population=_words(file, "population"),
        confidence=_typed(file, "confidence", str),
        owner=_typed(file, "owner", str),
        source=_typed(file, "source", str),
        valid_from=_typed(file, "valid_from", dt.date),
        review_date=_typed(file, "review_date", dt.date),
        variant_of=values.get("variant_of"),
        is_distinct=_typed(file, "distinct", bool) if "distinct" in values else False,
        golden=tuple(_golden(file, entry) for entry in values.get("golden", [])),
        contributions_sql=_contributions(path.with_suffix(".sql")),
    )


def _check_keys(file: _File, path: pathlib.Path) -> None:
    for key in REQUIRED:
        if file.values.get(key) is None:
            raise file.refuse(key, "is missing", f"add `{key}:`")
    for key in file.values:
        if key not in REQUIRED + OPTIONAL:
            raise file.refuse(str(key), "is no key of a definition", _one_of(REQUIRED + OPTIONAL))
    if file.values["indicator"] != path.stem:
        raise file.refuse("indicator", "differs from the file's name", f"write `indicator: {path.stem}`")


def _typed(file: _File, key: str, kind: type[_T]) -> _T:
    value = file.values[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise file.refuse(key, f"{value!r} is no {kind.__name__}", f"write a value of type {kind.__name__}")
    return value


def _words(file: _File, key: str) -> Words:
    value = file.values[key]
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise file.refuse(key, "is not in both languages", "write `zh:` and `en:` below it")
    return Words(str(value["zh"]), str(value["en"]))


def _measure(file: _File, key: str) -> Measure:
    value, units = file.values[key], load_units()
    if not isinstance(value, dict) or set(value) != {"zh", "en", "unit"}:
        raise file.refuse(key, "is not in both languages with a unit", "write `zh:`, `en:` and `unit:` below it")
    if value["unit"] not in units:
        raise file.refuse(key, f"unit {value['unit']!r} is unknown", _one_of(units))
    return Measure(str(value["zh"]), str(value["en"]), units[value["unit"]])


def _shown_per(file: _File) -> int:
    if _typed(file, "shown_per", int) < 1:
        raise file.refuse("shown_per", "is no divisor", "write a whole number from 1 on")
    return int(file.values["shown_per"])


def _min_denominator(file: _File) -> MinDenominator:
    value = file.values.get("min_denominator")
    is_whole = (
        isinstance(value, dict) and set(value) == {"value", "label", "source"} and isinstance(value["value"], int)
    )
    if not is_whole or isinstance(value["value"], bool) or value["value"] < 0:
        fix = "write `value:` (a whole number in the denominator's unit; 0 = none), `label:` and `source:` below it"
        raise file.refuse("min_denominator", "does not say below what a figure is compared with no other", fix)
    return MinDenominator(Decimal(value["value"]), str(value["label"]), str(value["source"]))


def _choice(file: _File, key: str, choices: tuple[Any, ...]) -> Any:
    if file.values[key] not in choices:
        raise file.refuse(key, f"{file.values[key]!r} is unknown", _one_of(choices))
    return file.values[key]


def _choices(file: _File, key: str, choices: tuple[Any, ...]) -> tuple[Any, ...]:
    value = file.values[key]
    if not isinstance(value, list) or not value or not set(value) <= set(choices):
        raise file.refuse(key, f"{value!r} is no list of known names", _one_of(choices))
    return tuple(value)


def _dimensions(file: _File) -> Dimensions:
    value = file.values["dimensions"]
    if not isinstance(value, Mapping) or set(value) != {"region", "domain", "insurer"}:
        raise file.refuse("dimensions", "does not say region, domain and insurer", "write all three")
    is_plain = isinstance(value["domain"], bool) and isinstance(value["insurer"], bool)
    if value["region"] not in get_args(Depth) or not is_plain:
        raise file.refuse(
            "dimensions", f"{dict(value)} is unknown", f"region: {_one_of(get_args(Depth))}; others true or false"
        )
    return Dimensions(value["region"], value["domain"], value["insurer"])


def _golden(file: _File, entry: Any) -> Golden:
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
        raise DefinitionError(path.name, f":{unknown[0]}", "is no parameter", line, _one_of(PARAMETERS))
    if not code.strip().startswith(("select", "with")) or ";" in code:
        raise DefinitionError(path.name, "select", "is not one select", 1, "write one `select` or `with`, no semicolon")
    return text


def _one_of(names: Any) -> str:
    return f"one of {', '.join(sorted(map(str, names)))}"
