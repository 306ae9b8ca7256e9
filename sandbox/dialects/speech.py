"""What every dialect is made of: addresses, credentials, window, slices of rows, and how values are written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from schemas.contract import Field, load_contract

SHANGHAI = ZoneInfo("Asia/Shanghai")
Query = Mapping[str, str]
Json = dict[str, Any] | list[Any]
AuthKind = Literal["api_key_header", "api_key_query", "hmac", "oauth2", "basic", "sm3_body", "sign_in"]
Writer = Callable[[Field, Any], Any]
"""A canonical value that is not None, as the dialect writes it; text where another type stands is a planted fault."""


@dataclass(frozen=True)
class Slice:
    """The rows of one page out of ``total``; ``next_offset`` None = the last page."""

    rows: list[dict[str, Any]]
    total: int
    offset: int
    size: int
    next_offset: int | None

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Reply:
    """What goes back over the wire, before it is bytes."""

    document: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request for rows: its address without query, and its parameters."""

    url: str
    query: Query


@dataclass(frozen=True)
class Nested:
    """Records of ``inner`` stand in a list called ``name`` inside the ``outer`` record whose ``key`` they share."""

    outer: str
    inner: str
    name: str
    key: str


@dataclass(frozen=True)
class Dialect:
    """One vendor's API. ``position`` reads (offset, size) out of a query, ``window`` (since, until)."""

    auth: AuthKind
    paths: Mapping[str, str]
    """Path below the insurer's address -> record type."""
    window: Callable[[Query], tuple[dt.datetime | None, dt.datetime]]
    position: Callable[[Query], tuple[int, int]]
    reply: Callable[[Slice, Call], Reply]
    refuse: Callable[[int, str], Reply]
    """The answer to a fault: an HTTP status and a text, in the vendor's way of telling it."""
    write: Writer
    name: Callable[[str, Field], str]
    extras: Callable[[int], dict[str, Any]]
    """Columns that the vendor adds to row number n and that mean nothing to others."""
    token_path: str | None = None
    key_name: str | None = None
    is_gzipped: bool = False
    is_chunked: bool = False
    body_digest_header: str | None = None
    method: Literal["GET", "POST"] = "GET"
    body: Literal["json", "form"] = "json"
    """How a POST holds its parameters."""
    seal: Callable[[Json, Mapping[str, str]], Json] | None = None
    """Encrypts an answer with the insurer's keys."""
    nested: Nested | None = None


def row(dialect: Dialect, record_type: str, record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """One record as the vendor sends it; a dot in a column's name nests it."""
    sent: dict[str, Any] = {}
    for each in load_contract(record_type).fields:
        value = record.get(each.name)
        _put(sent, dialect.name(record_type, each), None if value is None else dialect.write(each, value))
    return sent | dialect.extras(number)


def flat_texts(document: Any, prefix: str = "") -> dict[str, str]:
    """The parameters of a JSON body by dotted name."""
    found: dict[str, str] = {}
    for name, value in document.items():
        found |= flat_texts(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": str(value)}
    return found


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    *parents, last = name.split(".")
    for parent in parents:
        target = target.setdefault(parent, {})
    target[last] = value


def cut(rows: list[Any], offset: int, size: int) -> tuple[list[Any], int | None]:
    """The rows from ``offset`` on, ``size`` at most, and where the next page begins."""
    following = offset + size
    return rows[offset:following], following if following < len(rows) else None


def dumps(value: Any) -> str:
    """Compact JSON; a Decimal is a number with all its digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k), ensure_ascii=False)}:{dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def sorted_keys(value: Any) -> Any:
    """The value with the keys of every object sorted, for a digest that does not hang on their order."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return [sorted_keys(item) for item in value] if isinstance(value, list) else value


def local(moment: dt.datetime) -> dt.datetime:
    """The moment on a clock in Shanghai."""
    return moment.astimezone(SHANGHAI)


def plain(_each: Field, value: Any) -> Any:
    """A value in the form most vendors use: ISO dates and times with offset, JSON numbers and booleans."""
    if isinstance(value, dt.datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value


def text_of(number: Decimal) -> str:
    """A decimal as text, with all its digits and no exponent."""
    return format(number, "f")


def snake(_record_type: str, each: Field) -> str:
    """The field's own name."""
    return each.name


def camel(_record_type: str, each: Field) -> str:
    """The field's name in camelCase."""
    first, *rest = each.name.split("_")
    return first + "".join(word.title() for word in rest)


def renamed(
    columns: Mapping[tuple[str, str], str], otherwise: Callable[[str, Field], str]
) -> Callable[[str, Field], str]:
    """Names by (record type or ``*``, field), else ``otherwise``."""

    def name(record_type: str, each: Field) -> str:
        found = columns.get((record_type, each.name)) or columns.get(("*", each.name))
        return found or otherwise(record_type, each)

    return name


def moment(text: str, form: str) -> dt.datetime:
    """A parameter as a moment: ``iso``, ``seconds`` or ``millis`` since 1970, or a strptime form of Shanghai's clock."""
    if form == "iso":
        return dt.datetime.fromisoformat(text)
    if form in ("seconds", "millis"):
        return dt.datetime.fromtimestamp(int(text) / (1000 if form == "millis" else 1), SHANGHAI)
    return dt.datetime.strptime(text, form).replace(tzinfo=SHANGHAI)


def window_of(since: str, until: str, form: str) -> Callable[[Query], tuple[dt.datetime | None, dt.datetime]]:
    """A reader of the window's two parameters; the first may be left out."""

    def read(query: Query) -> tuple[dt.datetime | None, dt.datetime]:
        return (moment(query[since], form) if since in query else None), moment(query[until], form)

    return read


def position_of(
    offset: str | None, size: str | None, default: int, page: tuple[str, int] | None = None
) -> Callable[[Query], tuple[int, int]]:
    """A reader of where to begin and how much to send; ``page`` is (parameter, number of the first page)."""

    def read(query: Query) -> tuple[int, int]:
        count = int(query.get(size or "", default))
        if not 1 <= count <= 1000:
            raise ValueError(f"{size} is outside 1..1000")
        begin = (int(query[page[0]]) - page[1]) * count if page else int(query.get(offset or "", 0))
        if begin < 0:
            raise ValueError("the position is negative")
        return begin, count

    return read
