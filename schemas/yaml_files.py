"""Definition files in YAML: read strictly into frozen models, each mistake told with file, line, key and fix.

    document = read_yaml(file, text, list, names=("id",))
    for number in document.numbers:
        rule = mistakes.attempt(document.part, RuleEntry, number)

The model is the schema of its entry: pydantic says what is wrong and where in the tree, and the tree knows the line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
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
    """One file as read: its values, and the nodes that know where each of them stands.

    ``names`` are the keys by whose values an item of a list is called in a message.
    """

    file: str
    node: yaml.Node
    values: Any
    names: tuple[str, ...]

    @property
    def numbers(self) -> range:
        """The items of a file that is a list."""
        return range(len(self.values))

    def part(self, kind: type[T], *at: _Step) -> T:
        """The value at a place, as ``kind``. Raises DefinitionError with every mistake of it."""
        with Mistakes() as mistakes:
            try:
                found: T = _adapter(kind).validate_python(
                    functools.reduce(lambda value, step: value[step], at, self.values)
                )
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

    def error(self, at: Iterable[_Step], problem: str, fix: str) -> DefinitionError:
        """A mistake at a place; a key that is not there has the line of what lacks it."""
        node: yaml.Node | None = self.node
        line, names = self.node.start_mark.line + 1, list[str]()
        for step in at:
            names += self._name(node, step)
            node, line = _below(node, step, line)
        return DefinitionError(self.file, ".".join(names) or "document", problem, line, fix)

    def _name(self, node: yaml.Node | None, step: _Step) -> list[str]:
        if not isinstance(step, int):
            return [step]
        item, _ = _below(node, step, 0)
        if not isinstance(item, yaml.MappingNode):
            return []
        values = {key.value: value.value for key, value in item.value if isinstance(value, yaml.ScalarNode)}
        return [values[name] for name in self.names if name in values] or [str(step + 1)]


def read_yaml(
    file: str, content: bytes | str, kind: type[list[Any] | dict[str, Any]], *, names: tuple[str, ...] = ()
) -> YamlFile:
    """A file whose document is a list or a mapping; an empty file is an empty one. Raises DefinitionError."""
    node = compose(file, content if isinstance(content, str) else decoded(file, content)) or _EMPTY[kind]
    if not isinstance(node, type(_EMPTY[kind])):
        called, fix = (
            ("list", "begin each entry with `- `") if kind is list else ("mapping", "write `key: value` lines")
        )
        raise DefinitionError(file, "document", f"is no {called}", 1, fix)
    with Mistakes() as mistakes:
        values = _Reading(YamlFile(file, node, None, names), mistakes).value(node, ())
    return YamlFile(file, node, values, names)


def decoded(file: str, content: bytes) -> str:
    """A file's text. Raises DefinitionError for bytes that are not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionError(file, "document", "is not UTF-8", line, "save it as UTF-8") from error


def compose(file: str, text: str) -> yaml.Node | None:
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


@dataclass(frozen=True)
class _Reading:
    """Turns nodes into values; what is wrong with one entry does not hide the next."""

    document: YamlFile
    mistakes: Mistakes

    def value(self, node: yaml.Node, at: tuple[_Step, ...]) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, number)) for number, item in enumerate(node.value)]
        try:
            return constructor().construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.mistakes.add(self.document.error(at, f"{node.value!r} cannot be read", "write it in quotes"))
            return None

    def _mapping(self, node: yaml.MappingNode, at: tuple[_Step, ...]) -> dict[str, Any]:
        found = dict[str, Any]()
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self.mistakes.add(self.document.error((*at, name), "is given twice", "keep one of them"))
            found[name] = self.value(value, (*at, name))
        return found


_EMPTY: dict[type, Any] = {list: yaml.compose("[]", yaml.CSafeLoader), dict: yaml.compose("{}", yaml.CSafeLoader)}
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


def _below(node: yaml.Node | None, step: _Step, line: int) -> tuple[yaml.Node | None, int]:
    """The node one step further down, and its line; none, and the line given, where there is no such step."""
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            if key.value == step:
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step], node.value[step].start_mark.line + 1
    return None, line


def _refuse_aliases(file: str, text: str) -> None:
    """An alias hides where a value was written, and may contain itself."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else None
            raise DefinitionError(file, "document", f"refers to *{event.anchor}", line, "write the values out")


@functools.cache
def constructor() -> yaml.SafeLoader:
    """What makes a value of a scalar's node; ValueError or YAMLError for one that has none, like the 30th of February."""
    return yaml.SafeLoader("")
