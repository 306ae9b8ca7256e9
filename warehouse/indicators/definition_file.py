"""One definition file, read strictly: each of its keys in the type that it must have, a mistake told with its line."""

from __future__ import annotations

import pathlib
from decimal import Decimal
from typing import Any, TypeVar

import yaml

from schemas.errors import DefinitionError
from warehouse.indicators.measures import Measure, MinDenominator, Words, load_units

_T = TypeVar("_T")


class DefinitionFile:
    """One parsed definition file that knows on which line each key stands."""

    def __init__(self, path: pathlib.Path) -> None:
        self.name = path.name
        text = text_of(path)
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
            values = yaml.load(text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            raise DefinitionError(path.name, "document", "is not YAML", line, "check indentation and quotes") from error
        if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
            raise DefinitionError(path.name, "document", "is no mapping", 1, "write `key: value` lines")
        self.values: dict[str, Any] = values
        self.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}

    def refuse(self, key: str, problem: str, fix: str | None = None) -> DefinitionError:
        return DefinitionError(self.name, key, problem, self.lines.get(key), fix)


def text_of(path: pathlib.Path) -> str:
    """A definition's text. Raises DefinitionError for bytes that are not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DefinitionError(path.name, "file", "is not UTF-8", line, "save it as UTF-8") from error


def typed(file: DefinitionFile, key: str, kind: type[_T]) -> _T:
    value = file.values[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise file.refuse(key, f"{value!r} is no {kind.__name__}", f"write a value of type {kind.__name__}")
    return value


def words(file: DefinitionFile, key: str) -> Words:
    value = file.values[key]
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise file.refuse(key, "is not in both languages", "write `zh:` and `en:` below it")
    return Words(str(value["zh"]), str(value["en"]))


def measure(file: DefinitionFile, key: str) -> Measure:
    value, units = file.values[key], load_units()
    if not isinstance(value, dict) or set(value) != {"zh", "en", "unit"}:
        raise file.refuse(key, "is not in both languages with a unit", "write `zh:`, `en:` and `unit:` below it")
    if value["unit"] not in units:
        raise file.refuse(key, f"unit {value['unit']!r} is unknown", one_of(units))
    return Measure(str(value["zh"]), str(value["en"]), units[value["unit"]])


def shown_per(file: DefinitionFile, key: str) -> int:
    value = typed(file, key, int)
    if value < 1:
        raise file.refuse(key, "is no divisor", "write a whole number from 1 on")
    return value


def min_denominator(file: DefinitionFile, key: str) -> MinDenominator:
    value = file.values[key]
    if (
        not isinstance(value, dict)
        or set(value) != {"value", "label", "source"}
        or not isinstance(value["value"], int)
        or isinstance(value["value"], bool)
        or value["value"] < 0
    ):
        fix = "write `value:` (a whole number in the denominator's unit; 0 = none), `label:` and `source:` below it"
        raise file.refuse(key, "does not say below what a figure is compared with no other", fix)
    return MinDenominator(Decimal(value["value"]), str(value["label"]), str(value["source"]))


def choice(file: DefinitionFile, key: str, choices: tuple[Any, ...]) -> Any:
    if file.values[key] not in choices:
        raise file.refuse(key, f"{file.values[key]!r} is unknown", one_of(choices))
    return file.values[key]


def choices_of(file: DefinitionFile, key: str, choices: tuple[Any, ...]) -> tuple[Any, ...]:
    value = file.values[key]
    if not isinstance(value, list) or not value or not all(each in choices for each in value):
        raise file.refuse(key, f"{value!r} is no list of known names", one_of(choices))
    return tuple(value)


def one_of(names: Any) -> str:
    return f"one of {', '.join(sorted(map(str, names)))}"
