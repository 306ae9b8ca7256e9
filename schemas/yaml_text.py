"""YAML text as values that know their lines: the one place where a file's YAML is parsed.

Keys are texts. Aliases, unprintable characters and bytes that are not UTF-8 are refused.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from schemas.errors import DefinitionError

Step = str | int
At = tuple[Step, ...]
"""A place in a file: the keys and numbers of items, counted from 0, that lead to it."""
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Parsed:
    """A file's values, None of an empty one; the line of each place; and (place, line, problem, fix) of what is wrong."""

    values: Any
    lines: Mapping[At, int]
    told: Sequence[tuple[At, int, str, str]]


def parsed(file: str, content: bytes | str, pair: tuple[str, str] | None = None) -> Parsed:
    """The values of a YAML text. Raises DefinitionError for what is none.

    Of a key that stands twice the first counts, and a value that cannot be read is None; both are told.
    ``pair``: a list of mappings with just these two keys is the mapping that they spell, as in ``- {property: a, value: 1}``.
    """
    node = _composed(file, content if isinstance(content, str) else decoded(file, content))
    reading = _Reading(pair)
    values = reading.value(node, ()) if node else None
    return Parsed(values, {(): 1, **reading.lines}, reading.told)


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

    pair: tuple[str, str] | None
    lines: dict[At, int] = field(default_factory=dict)
    told: list[tuple[At, int, str, str]] = field(default_factory=list)

    def value(self, node: yaml.Node, at: At, line: int | None = None) -> Any:
        self.lines[at] = line = line or node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            if self.pair and (spelt := _spelt(node.value, self.pair)):
                return self._mapping(yaml.MappingNode("", spelt), at)
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


def _spelt(items: list[yaml.Node], pair: tuple[str, str]) -> list[tuple[yaml.Node, yaml.Node]] | None:
    """The key and the value that each item names; None where one is no such pair."""
    found = [{key.value: value for key, value in n.value} if isinstance(n, yaml.MappingNode) else {} for n in items]
    return [(said[pair[0]], said[pair[1]]) for said in found] if all(said.keys() == {*pair} for said in found) else None


@functools.cache
def _constructor() -> yaml.SafeLoader:
    """What makes a value of a scalar's node; ValueError or YAMLError for one that has none, like the 30th of February."""
    return yaml.SafeLoader("")
