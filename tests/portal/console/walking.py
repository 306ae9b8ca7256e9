"""Walking through what the portal answers: from page to page by its links, as a person or a program would."""

from __future__ import annotations

import collections
import html
import json
import re
from collections.abc import Iterator
from typing import Any

import requests

from tests.portal.front import Session

#: What belongs to other suites, or to none.
ELSEWHERE = ("/static", "/sign", "/submissions", "/rules", "/evidence", "/language", "/console/lists", "/console/enter")
ELSEWHERE_OF_API = ("/api/v1/submissions", "/api/v1/rules", "/api/v1/record-types", "/api/v1/me")
#: Addresses of one shape that are tried: more of them say nothing new.
OF_A_SHAPE = 3


def walk(session: Session, *starts: str) -> Iterator[tuple[str, requests.Response]]:
    """Every answer that links lead to, some of each shape."""
    todo, seen = collections.deque(starts), set(starts)
    shapes: collections.Counter[str] = collections.Counter()
    while todo:
        address = todo.popleft()
        shapes[shape := shape_of(address)] += 1
        if shapes[shape] > OF_A_SHAPE:
            continue
        answer = session.get(address)
        yield address, answer
        for link in links(answer):
            if link not in seen and not link.startswith((*ELSEWHERE, *ELSEWHERE_OF_API)):
                seen.add(link)
                todo.append(link)


def shape_of(address: str) -> str:
    """An address without its numbers and without values of its query."""
    path, _, query = address.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&"))
    return re.sub(r"\d+", "#", path) + "?" + ",".join(names)


def links(answer: requests.Response) -> list[str]:
    """Addresses of this portal in a page or a document."""
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        found = [html.unescape(href) for href in re.findall(r'href="(/[^"]*)"', answer.text)]
    elif "json" in kind:
        found = [text for text in _texts(json.loads(answer.text)) if text.startswith(("/api/", "/console"))]
    else:
        found = []
    return [link.partition("#")[0] for link in found]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def text_of(answer: requests.Response) -> str:
    """What a person reads of a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))
