"""Definition files in YAML: read strictly into frozen models, each mistake told with file, line, key and fix.

    document = read_yaml(file, text, list, names=("id",))
    for number in document.numbers:
        rule = mistakes.attempt(document.part, RuleEntry, number)

The model is the schema of its entry: pydantic says what is wrong and where in the tree, and the tree knows the line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest

T = TypeVar("T")
Told = tuple[str, str, str]
"""(key, problem, fix)."""
_Step = str | int
At = tuple[_Step, ...]
"""A place in a file: the keys and numbers of items, counted from 0, that lead to it."""
_TEXT = "tag:yaml.org,2002:str"


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

    def part(self, kind: type[T], *at: _Step) -> T:
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

    def error(self, at: Iterable[_Step], problem: str, fix: str, line: int | None = None) -> DefinitionError:
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
    mistakes: Mistakes | None = None,
) -> YamlFile:
    """A file whose document is a list or a mapping; an empty file is an empty one.

    Raises DefinitionError. A key that stands twice (the first counts) or a value that cannot be read is kept in
    ``mistakes`` where they are given.
    """
    node = _composed(file, content if isinstance(content, str) else decoded(file, content))
    reading = _Reading()
    values = reading.value(node, ()) if node else kind()
    if not isinstance(values, kind):
        called, fix = (
            ("list", "begin each entry with `- `") if kind is list else ("mapping", "write `key: value` lines")
        )
        raise DefinitionError(file, "document", f"is no {called}", 1, fix)
    document = YamlFile(file, values, reading.lines | {(): reading.lines.get((), 1)}, names)
    with Mistakes() if mistakes is None else nullcontext(mistakes) as told:
        for at, line, problem, fix in reading.told:
            told.add(document.error(at, problem, fix, line))
    return document


def decoded(file: str, content: bytes) -> str:
    """A file's text. Raises DefinitionError for bytes that are not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionError(file, "document", "is not UTF-8", line, "save it as UTF-8") from error


def _composed(file: str, text: str) -> yaml.Node | None:
    """The nodes of a YAML text. Raises DefinitionError for what is none, holds unprintable characters or an alias."""
    if unprintable := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, unprintable.start()) + 1
        problem = f"holds the unprintable character U+{ord(unprintable[0]):04X}"
        raise DefinitionError(file, "document", problem, line, "remove it")
    try:
        _refuse_aliases(file, text)
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        is_open = isinstance(error, yaml.scanner.ScannerError) and error.context_mark is not None
        mark = error.context_mark if is_open else error.problem_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError(file, "document", f"is no YAML: {error.problem}", line, "mend that line") from error
    except RecursionError as error:
        raise DefinitionError(file, "document", "is nested too deeply", 1, "write plain values") from error


def _refuse_aliases(file: str, text: str) -> None:
    """An alias hides where a value was written, and may contain itself."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader) if "*" in text else ():
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else None
            raise DefinitionError(file, "document", f"refers to *{event.anchor}", line, "write the values out")


@dataclass(frozen=True)
class _Reading:
    """Turns nodes into values; what is wrong with one entry does not hide the next."""

    lines: dict[At, int] = field(default_factory=dict)
    told: list[tuple[At, int, str, str]] = field(default_factory=list)

    def value(self, node: yaml.Node, at: At, line: int | None = None) -> Any:
        self.lines[at] = line = line or node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, number)) for number, item in enumerate(node.value)]
        if node.tag == _TEXT:
            return node.value
        try:
            return _constructor().construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.told.append((at, line, f"{node.value!r} cannot be read", "write it in quotes"))
            return None

    def _mapping(self, node: yaml.MappingNode, at: At) -> dict[str, Any]:
        found = dict[str, Any]()
        for key, value in node.value:
            name, line, place = str(key.value), key.start_mark.line + 1, (*at, str(key.value))
            if name in found:
                problem = f"is given twice, first on line {self.lines[place]}"
                self.told.append((place, line, problem, "keep one of them"))
            else:
                found[name] = self.value(value, place, line)
        return found


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
    return f"{error['input']!r} {problem}", fix.format(**context)


def _keys_at(kind: Any, at: Iterable[_Step]) -> list[str]:
    """The keys that the model at a place has."""
    model = _model_in(kind)
    for step in at:
        if model is not None and step in model.model_fields:
            model = _model_in(model.model_fields[str(step)].annotation)
    return [str(f.validation_alias or name) for name, f in model.model_fields.items()] if model else []


def _model_in(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next(filter(None, map(_model_in, get_args(hint))), None)


def _below(value: Any, step: _Step) -> Any:
    """The value one step further down; None where there is no such step."""
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


@functools.cache
def _constructor() -> yaml.SafeLoader:
    """What makes a value of a scalar's node; ValueError or YAMLError for one that has none, like the 30th of February."""
    return yaml.SafeLoader("")
