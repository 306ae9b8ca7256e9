"""A mapping of a YAML file that knows on which line each of its keys stands, so that a mistake can be told with it."""

from __future__ import annotations

import difflib
import pathlib
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes


class Lined:
    """The top level of one file. Raises DefinitionError for what is no mapping, a key that stands twice or is no key."""

    def __init__(self, path: pathlib.Path, *, required: Collection[str], optional: Collection[str] = ()) -> None:
        self.path, self.file = path, f"{path.parent.name}/{path.name}"
        node, self.values = self._read()
        self.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        self._check([str(key.value) for key, _ in node.value], required, optional)

    def refuse(self, key: str, problem: str, fix: str) -> DefinitionError:
        """A mistake at a key."""
        return DefinitionError(self.file, key, problem, self.lines.get(key), fix)

    def text(self, key: str) -> str:
        """The text at a key. Raises DefinitionError for another type or nothing."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, f"{value!r} is no text", f'quote it: {key}: "..."')
        return value

    def _read(self) -> tuple[yaml.MappingNode, Mapping[str, Any]]:
        try:
            text = self.path.read_bytes().decode()
            node, values = yaml.compose(text, yaml.CSafeLoader), yaml.load(text, yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            raise DefinitionError(
                self.file, "document", "is no YAML in UTF-8", mark.line + 1 if mark else None, "check indents, quotes"
            ) from error
        if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
            raise DefinitionError(self.file, "document", "is no mapping", 1, "write `key: value` lines")
        return node, values

    def _check(self, written: list[str], required: Collection[str], optional: Collection[str]) -> None:
        known = [*required, *optional]
        with Mistakes() as mistakes:
            for key in dict.fromkeys(key for key in written if written.count(key) > 1):
                mistakes.add(self.refuse(key, "stands twice", "keep one of them"))
            for key in filter(lambda key: key not in known, written):
                near = difflib.get_close_matches(key, known, 1)
                mistakes.add(self.refuse(key, "is no key", f"did you mean {near[0]!r}?" if near else ", ".join(known)))
            for key in filter(lambda key: self.values.get(key) is None, required):
                mistakes.add(self.refuse(key, "is missing", f"add `{key}:`"))
