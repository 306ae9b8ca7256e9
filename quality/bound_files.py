"""A file of bounds as entries with their lines."""

from __future__ import annotations

from typing import Any

import yaml

from schemas.errors import DefinitionError


def read_bounds(file: str, text: str) -> list[tuple[dict[str, Any], int]]:
    """(entry, line) of each bound. Raises DefinitionError for what is no list of them."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        document = yaml.load(text, Loader=yaml.CSafeLoader) or []
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        raise DefinitionError(file, "document", problem, mark.line + 1 if mark else None, "write valid YAML") from error
    if not isinstance(document, list) or not all(isinstance(body, dict) for body in document):
        raise DefinitionError(file, "document", "is no list of bounds", 1, "begin each with `- {`")
    lines = [each.start_mark.line + 1 for each in node.value] if node else []
    return list(zip(document, lines, strict=True))
