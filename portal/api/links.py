"""Links of the description (OpenAPI 3.1): where an answer names something, the requests that ask for it.

A program that walks the API finds its way by them, and so does a test that tries every way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Description = Mapping[str, Any]


def add_links(described: Description) -> None:
    """Link every answer that holds ``batch_id`` and the like to each GET whose address takes just that."""
    targets = list(_targets(described))
    for operation in _operations(described):
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                found = dict(_places(described, answer))
                links = {
                    other: {"operationId": other, "parameters": {name: f"$response.body#{found[name]}"}}
                    for name, other in targets
                    if name in found and other != operation["operationId"]
                }
                answer.update({"links": links} if links else {})


def _operations(described: Description) -> Iterator[dict[str, Any]]:
    for path in described["paths"].values():
        yield from path.values()


def _targets(described: Description) -> Iterator[tuple[str, str]]:
    """The one name in the address of a GET, and the GET's id."""
    for path, operations in described["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        if len(names) == 1 and "get" in operations:
            yield names[0], operations["get"]["operationId"]


def _places(described: Description, answer: Description) -> Iterator[tuple[str, str]]:
    """Names at the top of an answer, or of the first row of its list, and where they stand (JSON pointers)."""
    schema = _resolved(described, answer.get("content", {}).get("application/json", {}).get("schema", {}))
    rows = schema.get("properties", {}).get("items", schema)
    if rows.get("type") == "array":
        before = "/items/0/" if rows is not schema else "/0/"
        yield from ((name, before + name) for name in _resolved(described, rows["items"]).get("properties", {}))
    else:
        yield from ((name, f"/{name}") for name in schema.get("properties", {}))


def _resolved(described: Description, schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = described["components"]["schemas"][name] if name else schema
    return found
