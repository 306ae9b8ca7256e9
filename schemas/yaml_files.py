"""Definition files in YAML: read strictly into frozen models, each mistake told with file, line, key and fix.

    document = read_yaml(file, text, list, names=("id",))
    for number in document.numbers:
        rule = mistakes.attempt(document.part, RuleEntry, number)

The model is the schema of its entry: pydantic says what is wrong and where in the tree, and the tree knows the line.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest
from schemas.yaml_text import At, Step, parsed

T = TypeVar("T")
Told = tuple[str, str, str]
"""(key, problem, fix)."""
_SHOWN_CHARACTERS = 80


class Entry(BaseModel):
    """An entry of a definition file: a key that it does not have, or a value of another type, is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def mistakes(self) -> Iterable[Told]:
        """What does not go together, though each value is right by itself."""
        return ()


class Words(Entry):
    """The same words in Chinese and in English."""

    zh: str
    en: str


def mistake(problem: str, fix: str) -> PydanticCustomError:
    """What a validator raises: it is told in these words, at the value's place."""
    return PydanticCustomError("told", "{problem}", {"problem": problem, "fix": fix})


def among(names: Callable[[], Collection[str]]) -> AfterValidator:
    """A text that is one of some names, which are known only when the file is read."""

    def check(text: str) -> str:
        if text not in names():
            raise mistake(f"{text!r} is not known", nearest(text, names()))
        return text

    return AfterValidator(check)


def _decimal(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(value, bool) or not number.is_finite():
        raise mistake(f"{value!r} is no number", "write digits")
    return number


Listed = Annotated[tuple[T, ...], Strict(strict=False)]
Number = Annotated[Decimal, BeforeValidator(_decimal)]
Text = Annotated[str, Field(pattern=r"\S")]


@dataclass(frozen=True)
class YamlFile:
    """One file as read: its values, and the lines on which they stand.

    ``names`` are the keys by whose values an item of a list is called in a message.
    """

    file: str
    values: Any
    lines: Mapping[At, int]
    names: tuple[str, ...]

    @property
    def numbers(self) -> range:
        """The items of a file that is a list."""
        return range(len(self.values))

    def part(self, kind: type[T], *at: Step) -> T:
        """The value at a place, as ``kind``. Raises DefinitionError with every mistake of it."""
        with Mistakes() as mistakes:
            try:
                found: T = _adapter(kind).validate_python(functools.reduce(_below, at, self.values))
            except ValidationError as error:
                for each in error.errors(include_url=False):
                    mistakes.add(self.error((*at, *each["loc"]), *_told(kind, each)))
            else:
                for key, problem, fix in found.mistakes() if isinstance(found, Entry) else ():
                    mistakes.add(self.error((*at, key), problem, fix))
        return found

    def parts(self, kind: type[T]) -> tuple[T, ...]:
        """Every item of a list, as ``kind``. Raises DefinitionError with every mistake of all."""
        with Mistakes() as mistakes:
            found = [mistakes.attempt(self.part, kind, number) for number in self.numbers]
        return tuple(part for part in found if part is not None)

    def error(self, at: Iterable[Step], problem: str, fix: str, line: int | None = None) -> DefinitionError:
        """A mistake at a place; a key that is not there has the line of what lacks it."""
        value, found_on, names = self.values, self.lines[()], list[str]()
        place: At = ()
        for step in at:
            value, place = _below(value, step), (*place, step)
            found_on = self.lines.get(place, found_on)
            names += self._called(value, step) if isinstance(step, int) else [step]
        return DefinitionError(self.file, ".".join(names) or "document", problem, line or found_on, fix)

    def _called(self, item: Any, number: int) -> list[str]:
        if not isinstance(item, dict):
            return []
        return [str(item[name]) for name in self.names if name in item] or [str(number + 1)]


def read_yaml(
    file: str,
    content: bytes | str,
    kind: type[list[Any] | dict[str, Any]],
    *,
    names: tuple[str, ...] = (),
    pair: tuple[str, str] | None = None,
    mistakes: Mistakes | None = None,
) -> YamlFile:
    """A file whose document is a list or a mapping; an empty file is an empty one.

    ``pair``: a list of mappings with just these two keys is the mapping that they spell, as in ``- {property: a, value: 1}``.
    Raises DefinitionError. A key that stands twice (the first counts) or a value that cannot be read is kept in
    ``mistakes`` where they are given.
    """
    read = parsed(file, content, pair)
    values = kind() if read.values is None else read.values
    if not isinstance(values, kind):
        called, fix = (
            ("list", "begin each entry with `- `") if kind is list else ("mapping", "write `key: value` lines")
        )
        raise DefinitionError(file, "document", f"is no {called}", 1, fix)
    document = YamlFile(file, values, read.lines, names)
    with Mistakes() if mistakes is None else nullcontext(mistakes) as told:
        for at, line, problem, fix in read.told:
            told.add(document.error(at, problem, fix, line))
    return document


_adapter: Callable[[Any], TypeAdapter[Any]] = functools.cache(TypeAdapter)
#: What a value of the wrong type is not, and how it is written.
_WRONG: dict[str, tuple[str, str]] = {
    "string_type": ("is no text", "write it in quotes"),
    "string_pattern_mismatch": ("is not written as it must be", "a text like {pattern}"),
    "date_type": ("is no date", "YYYY-MM-DD"),
    "int_type": ("is no whole number", "write digits without quotes"),
    "bool_type": ("is neither true nor false", "true or false"),
    "tuple_type": ("is no list", "write [a, b]"),
    "too_short": ("is empty", "write [a, b]"),
    "dict_type": ("is no mapping", "write key: value pairs below it"),
    "model_type": ("is no mapping", "write key: value pairs below it"),
    "greater_than": ("is too small", "a number above {gt}"),
    "greater_than_equal": ("is too small", "{ge} or more"),
}


def _told(kind: Any, error: ErrorDetails) -> tuple[str, str]:
    """An error of pydantic as (problem, fix)."""
    context, key = error.get("ctx", {}), str(error["loc"][-1] if error["loc"] else "")
    match error["type"]:
        case "told":
            return context["problem"], context["fix"]
        case "missing":
            return "is missing", f"add {key}: ..."
        case "extra_forbidden":
            return "unknown key", nearest(key, _keys_at(kind, error["loc"][:-1]))
        case "literal_error":
            return f"{error['input']!r} is not known", nearest(
                str(error["input"]), re.findall(r"'([^']*)'", context["expected"])
            )
    problem, fix = _WRONG.get(error["type"], (error["msg"], "see the entries beside it"))
    return f"{textwrap.shorten(repr(error['input']), _SHOWN_CHARACTERS, placeholder='…')} {problem}", fix.format(
        **context
    )


def _keys_at(kind: Any, at: Iterable[Step]) -> list[str]:
    """The keys that the model at a place has."""
    fields = _fields_in(kind)
    for step in at:
        fields = _fields_in(fields[str(step)]) if step in fields else fields
    return list(fields)


def _fields_in(hint: Any) -> dict[str, Any]:
    """The fields, by key, of the first model in a type; none where there is no model."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return {str(each.validation_alias or name): each.annotation for name, each in hint.model_fields.items()}
    return next(filter(None, map(_fields_in, get_args(hint))), {})


def _below(value: Any, step: Step) -> Any:
    """The value one step further down; None where there is no such step."""
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None
