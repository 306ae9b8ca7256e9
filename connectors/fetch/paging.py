"""From one page to the next: which request asks for it, and whether there is one."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from requests.utils import parse_header_links

from connectors.fetch.auth import Params, split_query
from connectors.fetch.body import dig
from connectors.fetch.caller import Answer, joined, same_origin
from connectors.model import InsurerDefinition, RecordMapping
from schemas.delivery import Window
from schemas.errors import IncompleteFetch, SchemaDrift
from schemas.time_zone import SHANGHAI

_COUNT = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Step:
    """One page to ask for; ``number`` counts from 1, ``moving`` are the parameters that change from page to page."""

    number: int
    url: str
    fixed: Params
    moving: Params

    @property
    def params(self) -> Params:
        return self.fixed + self.moving


@dataclass(frozen=True)
class Page:
    """One page as answered; ``is_last`` None when the answer does not say."""

    items: list[Any]
    total: int | None
    page_count: int | None
    is_last: bool | None
    answer: Answer


def first_step(definition: InsurerDefinition, record: RecordMapping, window: Window) -> Step:
    """The request for page 1 of the window."""
    paging = definition.paging
    fixed = window_params(definition, window)
    if paging.size_param:
        fixed.append((paging.size_param, str(paging.size)))
    step = Step(1, definition.base_url + record.path, fixed, [])
    if paging.kind in ("page", "offset"):
        return replace(step, moving=_numbered(definition, 1))
    return step


def next_step(definition: InsurerDefinition, step: Step, page: Page, is_done: bool) -> Step | None:
    """The request for the page after ``page``, or None at the end; ``is_done`` = the proofs say so.

    Raises IncompleteFetch when the answer neither leads on nor can be the last, StopFeed when it leads to another host.
    """
    kind = definition.paging.kind
    if kind in ("page", "offset"):
        return None if is_done else _after_number(definition, step, page)
    if kind == "cursor":
        return _after_cursor(definition, step, page)
    address = _next_address(definition, page) if kind in ("link", "next") else None
    return None if address is None else _to_address(definition, step, address)


def read_page(definition: InsurerDefinition, answer: Answer) -> Page:
    """Items and proofs of one answer. Raises SchemaDrift when the items are no list of objects."""
    response = definition.response
    declared = answer.headers.get(response.total_header) if response.total_header else _at(answer, response.total)
    total = _count(definition, declared, response.total or response.total_header)
    last = _at(answer, response.last_page)
    return Page(
        items=_items(definition, answer, total),
        total=total,
        page_count=_count(definition, _at(answer, response.page_count), response.page_count),
        is_last=_flag(definition, last) if response.last_page else None,
        answer=answer,
    )


def _items(definition: InsurerDefinition, answer: Answer, total: int | None) -> list[Any]:
    """The list of items; null in its place is an empty one where a total of 0 proves it."""
    path = definition.response.items
    items = dig(answer.document, path)
    if items is None and total == 0 and _is_there(answer.document, path):
        return []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SchemaDrift(f"{definition.insurer_id}: {path or 'the body'} is no list of objects")
    return items


def _is_there(document: Any, path: str) -> bool:
    parent, _, name = path.rpartition(".")
    holder = dig(document, parent)
    return isinstance(holder, dict) and name in holder


def window_params(definition: InsurerDefinition, window: Window) -> Params:
    """The window as query parameters, in the definition's names and format; an open beginning is left out."""
    form = definition.window
    pairs = ((form.since_param, window.since), (form.until_param, window.until))
    return [(name, _written(moment, form.format)) for name, moment in pairs if name and moment]


def _written(moment: dt.datetime, form: str) -> str:
    local = moment.astimezone(SHANGHAI)
    if form == "iso":
        return local.isoformat()
    if form in ("epoch_seconds", "epoch_millis"):
        return str(int(local.timestamp() * (1000 if form == "epoch_millis" else 1)))
    return local.strftime(form)


def _at(answer: Answer, path: str | None) -> Any:
    return dig(answer.document, path) if path else None


def _count(definition: InsurerDefinition, value: Any, path: str | None) -> int | None:
    if path is None:
        return None
    if isinstance(value, str) and _COUNT.fullmatch(value):
        return int(value)
    raise IncompleteFetch(f"{definition.insurer_id}: {path} is no count, so completeness cannot be proven")


def _flag(definition: InsurerDefinition, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    path = definition.response.last_page
    raise IncompleteFetch(f"{definition.insurer_id}: {path} is no boolean, so completeness cannot be proven")


def _numbered(definition: InsurerDefinition, number: int) -> Params:
    paging = definition.paging
    if paging.kind == "page" and paging.page_param:
        return [(paging.page_param, str(paging.first + number - 1))]
    return [(paging.offset_param or "", str((number - 1) * paging.size))]


def _after_number(definition: InsurerDefinition, step: Step, page: Page) -> Step:
    if len(page.items) != definition.paging.size:
        found = f"page {step.number} holds {len(page.items)} of {definition.paging.size} items and is not the last"
        raise IncompleteFetch(f"{definition.insurer_id}: {found}")
    return replace(step, number=step.number + 1, moving=_numbered(definition, step.number + 1))


def _after_cursor(definition: InsurerDefinition, step: Step, page: Page) -> Step | None:
    cursor = _pointer(definition, page, definition.paging.cursor_path)
    if cursor is None:
        return None
    return replace(step, number=step.number + 1, moving=[(definition.paging.cursor_param or "", cursor)])


def _next_address(definition: InsurerDefinition, page: Page) -> str | None:
    if definition.paging.kind == "next":
        return _pointer(definition, page, definition.paging.next_path)
    links = parse_header_links(page.answer.headers.get("Link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), None)


def _to_address(definition: InsurerDefinition, step: Step, address: str) -> Step:
    url, params = split_query(same_origin(joined(step.url, address, definition), definition))
    return Step(step.number + 1, url, [], params)


def _pointer(definition: InsurerDefinition, page: Page, path: str | None) -> str | None:
    """The pointer at ``path``; null or empty = the end, and absent = the end only where a total proves it."""
    value = _at(page.answer, path)
    if value is not None and value != "":
        return str(value)
    if page.total is None and not _is_there(page.answer.document, path or ""):
        raise IncompleteFetch(f"{definition.insurer_id}: {path} is absent, so the last page cannot be proven")
    return None
