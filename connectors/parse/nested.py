"""Records inside others: one item of an answer, split into the rows of a record type that it holds as a list."""

from __future__ import annotations

from typing import Any

from connectors.protocol import Nesting
from schemas.errors import SchemaDrift

OUTER = "../"
"""How a column of the record around is called in a nested record's rows."""


def split(item: dict[str, Any], nesting: Nesting) -> list[dict[str, Any]]:
    """The records that ``item`` holds at the declared path, each with the columns that it inherits; null is no record.

    Raises SchemaDrift when there is no such list, unless the definition says that this means none.
    """
    is_there, found = _at(item, nesting.path)
    if found is None and (is_there or nesting.absent == "none"):
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        told = "is no list of objects" if is_there else "is absent"
        raise SchemaDrift(f"{nesting.path!r}, the list of {nesting.record_type}'s nested records, {told}")
    outer = {f"{OUTER}{path}": _at(item, path)[1] for path in nesting.inherit.values()}
    return [{**each, **outer} for each in found]


def _at(item: Any, path: str) -> tuple[bool, Any]:
    """Whether a dotted path is there, and the value at it."""
    for step in path.split("."):
        if not isinstance(item, dict) or step not in item:
            return False, None
        item = item[step]
    return True, item
