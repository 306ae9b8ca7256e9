"""From one page to the next: which request asks for it, and whether there is one."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from connectors.fetch.body import Number, canonical, dig
from connectors.fetch.caller import joined, same_origin
from connectors.fetch.links import following
from connectors.fetch.opening import Answer
from connectors.fetch.request import Params, Request, as_texts, split_query
from connectors.model import InsurerDefinition, RecordMapping
from schemas.delivery import Window
from schemas.errors import IncompleteFetch, SchemaDrift
from schemas.time_zone import SHANGHAI

COUNTED = ("page", "offset")
"""Kinds of paging in which a page is asked for by its number or position."""
_COUNT = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Step:
    """One page to ask for; ``number`` counts from 1, ``moving`` are the parameters that change from page to page.

    ``given`` are those of an address that the page before named.
    """

    number: int
    url: str
    fixed: Params
    moving: Params = field(default_factory=list)
    given: Params = field(default_factory=list)

    @property
    def params(self) -> Params:
        return self.fixed + self.moving + self.given


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
    fixed = [*definition.request.fixed.items(), *record.params.items(), *window_params(definition, window)]
    if paging.size_param:
        fixed.append((paging.size_param, Number(paging.size)))
    step = Step(1, definition.base_url + record.path, fixed)
    return numbered(definition, step, 1) if paging.kind in COUNTED else step


def request(definition: InsurerDefinition, step: Step) -> Request:
    """The query for one page, before it is signed: parameters in the address, or in the body of a POST."""
    form = definition.request
    if form.method == "GET":
        return Request("GET", step.url, as_texts(step.params), dict(form.headers))
    body = step.fixed + step.moving
    is_text = form.body == "form" or form.numbers == "text"
    return Request("POST", step.url, step.given, dict(form.headers), as_texts(body) if is_text else body, form.body)


def next_step(definition: InsurerDefinition, step: Step, page: Page, is_done: bool) -> Step | None:
    """The request for the page after ``page``, or None at the end; ``is_done`` = the proofs say so.

    Raises IncompleteFetch when the answer neither leads on nor can be the last, StopFeed when it leads to another host.
    """
    kind = definition.paging.kind
    if page.answer.nothing:
        return None
    if kind in COUNTED:
        return None if is_done else _after_number(definition, step, page)
    if kind == "cursor":
        return _after_cursor(definition, step, page)
    address = _next_address(definition, step, page) if kind in ("link", "next") else None
    return None if address is None else _to_address(definition, step, address)


def numbered(definition: InsurerDefinition, step: Step, number: int) -> Step:
    """The step to the page of that number, where pages or records are counted."""
    paging = definition.paging
    moving: Params
    if paging.kind == "page":
        moving = [(paging.page_param or "", Number(paging.first + number - 1))]
    else:
        moving = [(paging.offset_param or "", Number((number - 1) * paging.size))]
    return replace(step, number=number, moving=moving)


def beyond(definition: InsurerDefinition, step: Step, seen: int) -> Step:
    """The step to what would come after the last page, if the source counted wrong."""
    following = numbered(definition, step, step.number + 1)
    is_short = definition.paging.kind == "offset" and definition.paging.until == "told"
    return replace(following, moving=[(definition.paging.offset_param or "", Number(seen))]) if is_short else following


def read_page(definition: InsurerDefinition, answer: Answer) -> Page:
    """Items and proofs of one answer. Raises SchemaDrift when the items are no list of objects."""
    response = definition.response
    if answer.nothing:
        return Page([], None, None, None, answer)
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
    is_marked = definition.paging.until == "empty" and _is_there(answer.document, path)
    if is_marked and (items if isinstance(items, str) else canonical(items)) in definition.paging.end:
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
    is_epoch = form.format.startswith("epoch")
    texts = [(name, _written(moment, form.format)) for name, moment in pairs if name and moment]
    return [(name, Number(text) if is_epoch else text) for name, text in texts]


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
    path, marks = definition.response.last_page, definition.response.last_marks
    if marks and isinstance(value, str | bool):
        return (value if isinstance(value, str) else canonical(value)) in marks
    if isinstance(value, bool):
        return value
    wanted = f"none of {', '.join(marks)} nor another mark" if marks else "no boolean"
    raise IncompleteFetch(f"{definition.insurer_id}: {path} is {wanted}, so completeness cannot be proven")


def _after_number(definition: InsurerDefinition, step: Step, page: Page) -> Step:
    if len(page.items) != definition.paging.size and definition.paging.until == "told":
        found = f"page {step.number} holds {len(page.items)} of {definition.paging.size} items and is not the last"
        raise IncompleteFetch(f"{definition.insurer_id}: {found}")
    return numbered(definition, step, step.number + 1)


def _after_cursor(definition: InsurerDefinition, step: Step, page: Page) -> Step | None:
    cursor = _pointer(definition, page, definition.paging.cursor_path)
    if cursor is None:
        return None
    return replace(step, number=step.number + 1, moving=[(definition.paging.cursor_param or "", cursor)])


def _next_address(definition: InsurerDefinition, step: Step, page: Page) -> str | None:
    if definition.paging.kind == "next":
        return _pointer(definition, page, definition.paging.next_path)
    asked = request(definition, step)
    base = f"{asked.url}?{urlencode(asked.params)}" if asked.params else asked.url
    return following(page.answer.headers.get("Link", ""), base)


def _to_address(definition: InsurerDefinition, step: Step, address: str) -> Step:
    """The step to an address, which holds all that a GET asks with; a POST keeps its body."""
    url, given = split_query(same_origin(joined(step.url, address, definition), definition))
    fixed = [] if definition.request.method == "GET" else step.fixed
    return Step(step.number + 1, url, fixed, given=given)


def _pointer(definition: InsurerDefinition, page: Page, path: str | None) -> str | None:
    """The pointer at ``path``; null, empty or a declared mark = the end, and absent = the end only where a total proves it.

    Raises IncompleteFetch for what can neither be followed nor is declared as the end.
    """
    value = _at(page.answer, path)
    if value is not None and value != "":
        text = value if isinstance(value, str) else canonical(value)
        if text in definition.paging.end:
            return None
        if not isinstance(value, str):
            shown = text if isinstance(value, bool) else "an object or a list"
            told = f"{path} is {shown}, which leads nowhere and is not listed in paging.end"
            raise IncompleteFetch(f"{definition.insurer_id}: {told}, so the last page cannot be proven")
        return str(value)
    if page.total is None and not _is_there(page.answer.document, path or ""):
        raise IncompleteFetch(f"{definition.insurer_id}: {path} is absent, so the last page cannot be proven")
    return None
