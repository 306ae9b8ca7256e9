"""JSON pages of an API become rows of text: numbers as they were written, nested keys joined with dots."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from connectors.model import SourceFormat
from connectors.parse.decoding import decode_all
from connectors.parse.limits import Limits
from connectors.parse.nested import split
from connectors.parse.reasons import refuse
from schemas.errors import SchemaDrift

Row = dict[str, str | None]


class _Malformed(ValueError):
    """Raised inside the decoder; ``code`` and ``found`` become the refusal."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(found)
        self.code, self.found = code, found


def read_page(path: Path, source: SourceFormat, limits: Limits) -> Iterator[tuple[str, Row]]:
    """The items of one page as flat rows of text, each with its number on the page, such as 3, or 3.2 inside item 3.

    A page of no bytes is the answer of a source that had nothing to send.

    Raises UnreadableFile (FILE-040 to 043, 050), WrongEncoding, and SchemaDrift where the items are not where the
    definition says, or are not objects.
    """
    if path.stat().st_size > limits.file_bytes:
        raise refuse("FILE-050", path.name)
    content = path.read_bytes()
    items = _items(_parse(content, source.encoding), source.items_path) if content else ()
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise SchemaDrift(f"item {number} is not an object: the definition's items path is {source.items_path!r}")
        if source.nesting is None:
            yield str(number), _flat(item, limits.json_depth)
            continue
        for inner, row in enumerate(split(item, source.nesting), start=1):
            yield f"{number}.{inner}", _flat(row, limits.json_depth)


def flat_rows(items: list[dict[str, Any]], source: SourceFormat) -> list[Row]:
    """The rows of one page's items, as ``read_page`` makes them. Raises as it does."""
    rows = items if source.nesting is None else [row for item in items for row in split(item, source.nesting)]
    return [_flat(row, Limits().json_depth) for row in rows]


def to_table(rows: list[Row]) -> pa.Table:
    """Rows as text columns, in the order in which their keys first appear; an absent key is null.

    Raises WrongEncoding (FILE-006) for half a character, which JSON can write and text cannot hold.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    try:
        return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    except UnicodeEncodeError as error:
        raise refuse("FILE-006", "", "不成对的代理字符") from error


def _parse(content: bytes, encoding: str) -> Any:
    text = decode_all(content, encoding)
    try:
        return json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_object
        )
    except _Malformed as error:
        raise refuse(error.code, "", error.found) from error
    except json.JSONDecodeError as error:
        raise refuse("FILE-040", f"第{error.lineno}行第{error.colno}列") from error
    except RecursionError as error:
        raise refuse("FILE-043") from error


def _refuse_constant(name: str) -> NoReturn:
    raise _Malformed("FILE-042", name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Malformed("FILE-041", next(name for name in names if names.count(name) > 1))
    return found


def _items(body: Any, path: str) -> list[Any]:
    """The list at a dotted path; null there is an empty page, anything else is not what was agreed."""
    at = body
    for step in path.split(".") if path else []:
        if not isinstance(at, dict) or step not in at:
            raise SchemaDrift(f"the answer has no {path!r}: {step!r} is missing")
        at = at[step]
    if at is None and path:
        return []
    if not isinstance(at, list):
        raise SchemaDrift(f"{path or 'the body'!r} is not a list of items")
    return at


def _flat(item: dict[str, Any], depth: int) -> Row:
    if not any(isinstance(value, dict | list) for value in item.values()):
        return {name: _text(value) for name, value in item.items()}
    row: Row = {}
    for name, value in _leaves("", item, depth):
        if name in row:
            raise refuse("FILE-041", "", name)
        row[name] = value
    return row


def _leaves(prefix: str, item: dict[str, Any], depth: int) -> Iterator[tuple[str, str | None]]:
    if not depth:
        raise refuse("FILE-043", "", prefix)
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{name}.", value, depth - 1)
        else:
            yield f"{prefix}{name}", _text(value)


def _text(value: Any) -> str | None:
    """A leaf as text. Lists of plain values are joined with ``;``; a list that cannot be, stays JSON."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _joined(value)
    return str(value)


def _joined(values: list[Any]) -> str | None:
    if any(isinstance(value, dict | list) or (isinstance(value, str) and ";" in value) for value in values):
        return json.dumps(values, ensure_ascii=False)
    return ";".join(_text(value) or "" for value in values) or None
